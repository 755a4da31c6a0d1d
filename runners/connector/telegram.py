"""The Telegram Bot API as a channel. The rooms that begin with its name are the only ones that know python-telegram-bot.

The bot's token is part of every URL that the library asks for, so its loggers and httpx's are silenced here, and the text of
every fault is masked before anyone sees it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from telegram import Bot, InputFile, LinkPreviewOptions, Update
from telegram.constants import UpdateType
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError, TimedOut

from runners.connector.channel import ChannelFault, Incoming, Shown
from runners.connector.reply import Document
from runners.connector.telegram_http import BotRequest, TooManyRequests
from runners.connector.telegram_messages import keyboard, quoted
from runners.connector.telegram_updates import addressee, incoming
from runners.engine.outgoing.address import Gate
from runners.engine.outgoing.async_transport import AsyncGuardedTransport

LONG_POLL = timedelta(seconds=10)
ANSWER_SEC = 5.0
LARGEST_MESSAGE = 4096  # UTF-16 units, as the Bot API counts them
SHOWN = 300
WANTED = (UpdateType.MESSAGE, UpdateType.CALLBACK_QUERY)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
UNCHANGED = "message is not modified"

Answer = TypeVar("Answer")


class TelegramChannel:
    """One bot. Every method raises ChannelFault and nothing else."""

    longest = LARGEST_MESSAGE

    def __init__(self, token: str, api_base: str, gate: Gate) -> None:
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._token, self._name = token, ""
        passing = {"transport": AsyncGuardedTransport(gate.reaching(api_base)), "trust_env": False}
        self._requests = (
            BotRequest(1, read_timeout=ANSWER_SEC, httpx_kwargs=passing),
            BotRequest(1, read_timeout=ANSWER_SEC, httpx_kwargs=passing),
        )
        polling, sending = self._requests
        self._bot = Bot(token, base_url=f"{api_base}/bot", request=sending, get_updates_request=polling)

    async def updates(self, offset: int, *, wait: bool) -> list[Incoming]:
        """Return the updates from `offset` on, as `Channel` has it."""
        timeout = LONG_POLL if wait else timedelta()
        found = await self._asked(self._bot.get_updates(offset or None, timeout=timeout, allowed_updates=WANTED))
        return await self._heard(found)

    async def send(self, chat: str, message: Shown) -> str:
        """Send a message; return its number in the chat."""
        sending = self._bot.send_message(int(chat), message.text, **_under(message))
        return str((await self._asked(sending)).message_id)

    async def edit(self, chat: str, number: str, message: Shown) -> None:
        """Put another text and other buttons in the place of a message of ours; the same again is no fault."""
        editing = self._bot.edit_message_text(message.text, int(chat), int(number), **_under(message))
        try:
            await self._asked(editing)
        except ChannelFault as fault:
            if UNCHANGED not in str(fault).lower():
                raise

    async def answer_button(self, query: str, text: str, *, alone: bool) -> None:
        """Tell the one who pressed a button that it was heard."""
        await self._asked(self._bot.answer_callback_query(query, text))

    async def send_document(self, chat: str, document: Document, caption: str) -> str:
        """Send a text as a file; return the number of its message."""
        content = InputFile(document.text.encode(errors="replace"), filename=document.name)
        sending = self._bot.send_document(int(chat), content, caption=caption, caption_entities=quoted(caption))
        return str((await self._asked(sending)).message_id)

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()

    async def _heard(self, updates: Iterable[Update]) -> list[Incoming]:
        """Return what may be answered; a command for another bot of the same group is nobody's here."""
        heard = [incoming(update) for update in updates]
        named = {addressee(one.text or "") for one in heard} - {""}
        if named and not self._name:
            self._name = ((await self._asked(self._bot.get_me())).username or "").lower()
        others = named - {self._name}
        return [Incoming(one.update_id) if addressee(one.text or "") in others else one for one in heard]

    async def _asked(self, asking: Awaitable[Answer]) -> Answer:
        try:
            return await asking
        except Exception as error:  # the library raises what it likes on an answer that it cannot read
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> ChannelFault:
        match error:
            case TooManyRequests():
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


def _under(message: Shown) -> dict[str, Any]:
    """Return what goes along with the text of a message."""
    return {
        "entities": quoted(message.text),
        "reply_markup": keyboard(message),
        "link_preview_options": NO_PREVIEW,
    }
