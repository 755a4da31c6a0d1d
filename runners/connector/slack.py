"""Slack, and whatever speaks like it, as a channel: signed commands come in, answers go out by token or by webhook.

By token (chat.postMessage) messages have numbers and are edited in place; a webhook only adds messages. A file becomes its
caption, which leads to the page. Bodies never hold markup: what is sent is escaped, so that no text mentions anybody.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from runners.connector.channel import ChannelFault, Incoming, Shown
from runners.connector.inbox import Inbox
from runners.connector.reply import Document
from runners.connector.slack_updates import incoming
from runners.engine.known_secrets import hidden
from runners.engine.outgoing.address import Gate
from runners.engine.outgoing.async_transport import AsyncGuardedTransport

LOOK_FOR = timedelta(seconds=10)
ANSWER_SEC = 10.0
READ_BYTES = 256 * 1024
LARGEST_MESSAGE = 3000  # characters of the text of a section block
LABEL_KEPT = 75  # characters of a button
PLAIN = {"mrkdwn": False, "parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}
NEVER = re.compile(r"(channel|message|not_in|is_|msg_|no_text|invalid_blocks|restricted|edit_window|cant_|user_)\w*")
"""Errors of the Web API that are about this very message or its chat; those of the token pass when it is changed."""


@dataclass(frozen=True, slots=True)
class SlackWire:
    """By what an account is reached: the workspace, and a token with the API's address, or a webhook's address."""

    team: str
    api_base: str
    token: str = field(default="", repr=False)
    webhook_url: str = field(default="", repr=False)


class SlackChannel:
    """One account. Every method raises ChannelFault, and `updates` RedisError, too."""

    longest = LARGEST_MESSAGE

    def __init__(self, wire: SlackWire, gate: Gate, inbox: Inbox) -> None:
        for name in ("httpx", "httpcore"):  # a webhook's address is a secret, and they would log it
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._wire, self._inbox = wire, inbox
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {wire.token}"} if wire.token else {})
        self._client = httpx.AsyncClient(transport=AsyncGuardedTransport(gate), trust_env=False, headers=headers)

    async def open(self) -> None:
        """Ask whose token it is: answers must not go to another workspace."""
        if self._wire.token:
            team = (await self._asked("auth.test", {})).get("team_id")
            if team != self._wire.team:
                raise ChannelFault(f"the token is of another workspace than {self._wire.team!r}")

    async def updates(self, offset: int, *, wait: bool) -> list[Incoming]:
        """Return the signed commands that are not settled; they have no order of numbers, so that `offset` says nothing."""
        found = await self._inbox.updates(LOOK_FOR if wait else timedelta())
        return [incoming(update, self._wire.team, edits=bool(self._wire.token)) for update in found]

    async def send(self, chat: str, message: Shown) -> str:
        """Send a message; return its number in the chat, '' by a webhook."""
        return str((await self._asked("chat.postMessage", {"channel": chat, **_shown(message)})).get("ts", ""))

    async def edit(self, chat: str, number: str, message: Shown) -> None:
        """Put another text and other buttons in the place of a message of ours."""
        await self._asked("chat.update", {"channel": chat, "ts": number, **_shown(message)})

    async def answer_button(self, query: str, text: str, *, alone: bool) -> None:
        """Tell the one who pressed a button that it does nothing; what it does is seen by itself."""
        chat, _, user = query.partition(" ")
        if alone and "." not in chat:  # in another workspace nobody is reached
            await self._asked("chat.postEphemeral", {"channel": chat, "user": user, **_shown(Shown(text))})

    async def send_document(self, chat: str, document: Document, caption: str) -> str:
        """Send what stands under the file: it leads to the page that has all of it."""
        return await self.send(chat, Shown(caption))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _asked(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{self._wire.api_base}/{method}" if self._wire.token else self._wire.webhook_url
        try:
            async with asyncio.timeout(ANSWER_SEC), self._client.stream("POST", url, json=body) as answer:
                read = bytearray()
                async for part in answer.aiter_raw():
                    if len(read) <= READ_BYTES:
                        read += part
        except TimeoutError:
            raise ChannelFault(f"{httpx.URL(url).host} did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise ChannelFault(f"{httpx.URL(url).host}: {str(fault) or type(fault).__name__}"[:300]) from None
        return self._judged(answer, bytes(read))

    def _judged(self, answer: httpx.Response, body: bytes) -> dict[str, Any]:
        """Return what was answered. Raises ChannelFault unless it says that it was taken."""
        status, host = answer.status_code, answer.request.url.host
        if status == httpx.codes.TOO_MANY_REQUESTS:
            seconds = answer.headers.get("retry-after", "")
            wait = timedelta(seconds=int(seconds)) if re.fullmatch("[0-9]{1,5}", seconds) else None
            raise ChannelFault(f"{host} asks to wait" + (f" {seconds} s" if wait else ""), wait=wait)
        if not self._wire.token:
            if 200 <= status < 300:
                return {}
            raise ChannelFault(f"{host} answered {status}", refused=status in (400, 403, 404, 410, 413))
        try:
            said = json.loads(body)
            is_ok, error = said["ok"] is True, str(said.get("error", ""))
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            raise ChannelFault(f"{host} answered {status} with something else than its JSON") from None
        if not is_ok:
            raise ChannelFault(f"{host} answers {hidden(error)[:64]!a}", refused=NEVER.fullmatch(error) is not None)
        return dict(said)


def _shown(message: Shown) -> dict[str, Any]:
    """Return a message as Slack takes it: the text plain, each row of buttons a block."""
    plain = message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body: dict[str, Any] = {"text": plain, **PLAIN, "blocks": []}
    if message.buttons:
        rows = [{"type": "actions", "elements": [_button(*button) for button in row]} for row in message.buttons]
        body["blocks"] = [
            {"type": "section", "text": {"type": "plain_text", "text": message.text, "emoji": False}},
            *rows,
        ]
    return body


def _button(label: str, back: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label[:LABEL_KEPT], "emoji": False}
    return {"type": "button", "text": text, "action_id": back, "value": back}
