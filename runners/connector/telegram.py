"""The Telegram Bot API: reading messages and sending replies. The only room that knows python-telegram-bot.

The bot's token is part of every URL that the library asks for, so its loggers and httpx's are silenced here, and the text of
every fault is masked before anyone sees it.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram import Bot, LinkPreviewOptions, Message, Update
from telegram.constants import ChatType, UpdateType
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from runners.engine.outgoing.address import Gate
from runners.engine.outgoing.async_transport import AsyncGuardedTransport
from runners.engine.words import Language, language_of

LONG_POLL = timedelta(seconds=10)
ANSWER_SEC = 5.0
LARGEST_REPLY = 4096  # UTF-16 units, as the Bot API counts them
SHOWN = 300
TOO_MANY_REQUESTS = 429


class ChannelFault(Exception):
    """The Bot API could not be used. `wait` is how long it asks to be left alone, None when it does not say.

    `refused` means that this very message will never be taken, so that sending it again is useless.
    """

    def __init__(self, message: str, *, wait: timedelta | None = None, refused: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update. `text` is None when it is nothing to answer: edited, forwarded, from a bot or a channel, no text.

    `language` is that of the sender's app, as far as reasons are given in it.
    """

    update_id: int
    chat_id: int = 0
    sender_id: int = 0
    text: str | None = None
    language: Language = Language.EN


class TelegramChannel:
    """One bot. Every method raises ChannelFault and nothing else."""

    def __init__(self, token: str, api_base: str, gate: Gate) -> None:
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._token = token
        passing = {"transport": AsyncGuardedTransport(gate.reaching(api_base)), "trust_env": False}
        self._requests = (
            _Request(1, read_timeout=ANSWER_SEC, httpx_kwargs=passing),
            _Request(1, read_timeout=ANSWER_SEC, httpx_kwargs=passing),
        )
        polling, sending = self._requests
        self._bot = Bot(token, base_url=f"{api_base}/bot", request=sending, get_updates_request=polling)

    async def updates(self, offset: int, *, wait: bool) -> list[Incoming]:
        """Return the updates from `offset` on (0: all that nobody has confirmed).

        With `wait` the call stays open until one comes, for a while; without, it answers at once.
        """
        timeout = LONG_POLL if wait else timedelta()
        try:
            found = await self._bot.get_updates(offset or None, timeout=timeout, allowed_updates=[UpdateType.MESSAGE])
        except Exception as error:  # the library raises what it likes on an answer that it cannot read
            raise self._fault(error) from None
        return [incoming(update) for update in found]

    async def reply(self, chat_id: int, text: str) -> None:
        """Send plain text, cut to what one message may hold."""
        try:
            await self._bot.send_message(chat_id, cut(text), link_preview_options=LinkPreviewOptions(is_disabled=True))
        except Exception as error:
            raise self._fault(error) from None

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()

    def _fault(self, error: Exception) -> ChannelFault:
        match error:
            case _TooManyRequests():
                return ChannelFault(str(error), wait=error.wait)
            case InvalidToken():
                return ChannelFault("the Bot API does not accept the token; check TELEGRAM_BOT_TOKEN")
            case Conflict():
                return ChannelFault("another program reads this bot's messages; stop it")
            case TimedOut():
                return ChannelFault("the Bot API did not answer in time")
        refused = isinstance(error, BadRequest | Forbidden | ChatMigrated)
        text = str(error) if isinstance(error, TelegramError) else f"the answer cannot be read: {type(error).__name__}"
        return ChannelFault(text.replace(self._token, "***")[:SHOWN], refused=refused)


class _TooManyRequests(TelegramError):
    """HTTP 429. The library's own class warns about its units on each use."""

    def __init__(self, wait: timedelta | None) -> None:
        super().__init__("the Bot API asks to wait" + (f" {wait.total_seconds():g} s" if wait else ""))
        self.wait = wait


class _Request(HTTPXRequest):
    """Looks at an answer before the library does: that one puts a whole HTML page into its errors and its log."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*args, **kwargs)
        answer = _answer(payload)
        if status == TOO_MANY_REQUESTS:
            raise _TooManyRequests(_wait(answer))
        if not isinstance(answer.get("ok"), bool) or (status < 300) != answer["ok"]:
            raise NetworkError(f"the Bot API answered {status} with something else than its JSON")
        if isinstance(answer.get("result"), list):
            answer["result"] = [_readable(update) for update in answer["result"] if _is_update(update)]
            return status, json.dumps(answer).encode()
        return status, payload


def _answer(payload: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _is_update(update: Any) -> bool:
    return isinstance(update, dict) and isinstance(update.get("update_id"), int)


def _readable(update: dict[str, Any]) -> dict[str, Any]:
    """Return the update, or its number alone: one that the library cannot read must not hold up all others."""
    try:
        Update.de_json(update, None)
    except Exception:  # whatever the library stumbles over
        return {"update_id": update["update_id"]}
    return update


def _wait(answer: dict[str, Any]) -> timedelta | None:
    parameters = answer.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return timedelta(seconds=seconds) if isinstance(seconds, int) and seconds > 0 else None


def incoming(update: Update) -> Incoming:
    """Return what of an update may be answered."""
    message = update.message
    if message is None or message.from_user is None or not _is_own_words(message):
        return Incoming(update.update_id)
    sender = message.from_user
    return Incoming(update.update_id, message.chat.id, sender.id, message.text, language_of(sender.language_code))


def _is_own_words(message: Message) -> bool:
    """True when a person wrote this message here and now."""
    return not (
        message.chat.type == ChatType.CHANNEL
        or message.sender_chat
        or message.forward_origin
        or message.via_bot
        or message.edit_date
        or (message.from_user and message.from_user.is_bot)
    )


def cut(text: str) -> str:
    """Return `text`, shortened to one message's length with a mark at its end."""
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * LARGEST_REPLY:
        return text
    return units[: 2 * (LARGEST_REPLY - 1)].decode("utf-16-le", "ignore") + "…"
