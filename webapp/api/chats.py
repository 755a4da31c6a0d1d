"""Chats: who is who in them, and the updates that a channel sends by itself."""

from __future__ import annotations

from flask import Response, request

from runners.engine import operations
from runners.engine.access import hooks, signatures
from runners.engine.operations import Role
from runners.engine.store.away import reported
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RowQuery
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.roles import PUBLIC
from webapp.wire.chats import LinkCodeRow, LinkRow, TakenInRow, UnlinkedRow, link_code_row, link_row

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@endpoint("GET", "/chats", Role.ADMIN, query=RowQuery, answers={200: list[LinkRow]}, paged=True)
def list_chats(query: RowQuery) -> Response:
    """List who is who in chats, by channel and sender."""
    return many(operations.list_chats(platform(), actor(), query.limit, query.offset, query.cursor), link_row)


@endpoint("POST", "/people/{person_name}/link", Role.ADMIN, answers={201: LinkCodeRow}, shown_once=("code",))
def link_chat(person_name: str) -> Response:
    """Make a one-time code that makes a chat this person's.

    It counts once, for ten minutes; written in an allowed chat as `/link CODE` it makes its writer the person there.
    """
    return one(link_code_row(person_name, operations.link_chat(platform(), actor(), person_name)), 201)


@endpoint("DELETE", "/chats/{channel}/{sender}", Role.ADMIN, answers={200: UnlinkedRow})
def unlink_chat(channel: str, sender: str) -> Response:
    """Remove a link; who wrote by it is nobody at once."""
    operations.unlink_chat(platform(), actor(), channel, sender)
    row: UnlinkedRow = {"channel": channel, "sender": sender, "status": "unlinked"}
    return one(row)


@endpoint(
    "POST", "/connector/telegram/webhook/{account_id}", PUBLIC, body=dict, answers={200: TakenInRow}, refusals=(401,)
)
def take_update(account_id: str) -> Response:
    """Take in an update that Telegram sends by itself, with TELEGRAM_WEBHOOK.

    Public by secret: it counts only with the secret that the connector agreed with Telegram, in the header
    X-Telegram-Bot-Api-Secret-Token. The connector handles it like one that it asked for.
    """
    secret = request.headers.get(SECRET_HEADER, "")
    with reported():
        hooks.take_in(platform(), f"telegram:{account_id}", secret, json_object())
    return one({"ok": True})


@endpoint(
    "POST",
    "/connector/slack/commands/{account_id}",
    PUBLIC,
    body=dict,
    answers={200: "text/plain"},
    refusals=(401, 413),
)
def take_command(account_id: str) -> Response:
    """Take in a command that a Slack app sends, or a program that signs as one.

    Public by signature: it counts only when X-Slack-Signature is `v0=` and the HMAC-SHA256 of `v0:TIMESTAMP:BODY` by the
    account's signing secret, and X-Slack-Request-Timestamp is of the last five minutes. The body is Slack's form of a slash
    command or of a pressed button (`payload`), or JSON with the same names: `team_id`, `channel_id`, `user_id`, `text`. The
    answer is empty; the connector replies in the chat. What is sent twice is done once.
    """
    signed = [request.headers.get(f"X-Slack-{name}", "") for name in ("Request-Timestamp", "Signature")]
    with reported():
        signatures.take_in(platform(), account_id, request.mimetype, request.get_data(), *signed)
    return Response(mimetype="text/plain")
