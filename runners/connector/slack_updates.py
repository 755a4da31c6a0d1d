"""From a signed command, as a form or as JSON, to what of it may be answered. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from runners.connector.cards import brought_back
from runners.connector.channel import Incoming, Press
from runners.engine.access.signatures import fields_of
from runners.engine.integrations.slack_account import ID, sender_of

NAME_KEPT = 64


def incoming(update: Mapping[str, Any], team: str, *, edits: bool) -> Incoming:
    """Return what of an update may be answered: all that is from another workspace than `team` is from no allowed chat."""
    number = update["update_id"]
    try:
        said = fields_of(update["kind"], update["body"])
        return _pressed(number, said, team, edits) if said.get("type") else _written(number, said, team)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError):
        return Incoming(number)


def _written(number: int, said: Mapping[str, Any], team: str) -> Incoming:
    if said.get("bot_id"):
        return Incoming(number)
    chat, sender = _where(said["team_id"], said["channel_id"], said["user_id"], team)
    return Incoming(number, chat, sender, _line(str(said.get("text", "")).strip()), name=_name(said.get("user_name")))


def _line(text: str) -> str:
    """Return what is written behind the name of the slash command as it is written in any chat."""
    return text if text.startswith("/") else f"/{text or 'help'}"


def _pressed(number: int, said: Mapping[str, Any], team: str, edits: bool) -> Incoming:
    if said["type"] != "block_actions":
        return Incoming(number)
    home = said["user"].get("team_id", team)  # in a shared channel not always that of the channel
    of_team = said["team"]["id"] if home == team else home
    chat, sender = _where(of_team, said["channel"]["id"], said["user"]["id"], team)
    card, place = brought_back(str(said["actions"][0]["value"]))
    message = str(said["container"]["message_ts"]) if edits else ""
    press = Press(f"{chat} {said['user']['id']}", card, place, message)
    return Incoming(number, chat, sender, name=_name(said["user"].get("username")), press=press)


def _where(of_team: str, chat: str, user: str, team: str) -> tuple[str, str]:
    if not all(re.fullmatch(ID, part, re.ASCII) for part in (of_team, chat, user)):
        raise ValueError("these are no ids")
    return chat if of_team == team else f"{of_team}.{chat}", sender_of(of_team, user)


def _name(said: object) -> str:
    """Return what somebody calls himself, on one line."""
    return "".join(char if char.isprintable() else " " for char in str(said or ""))[:NAME_KEPT]
