"""Notices in a Telegram chat, by the bot of an account that allows that chat; what asks for a decision comes with its buttons."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

from runners.engine.events import EventType
from runners.engine.notifications.rule import Telegram
from runners.engine.outgoing.address import Gate
from runners.engine.platform import Platform
from runners.engine.store import chats
from runners.notifier.fault import NotSent

if TYPE_CHECKING:
    from runners.connector.accounts import Wanted
    from runners.connector.reply import Reply
    from runners.notifier.sending import Outgoing

ASKING = (EventType.APPROVAL_REQUEST_CREATED, EventType.APPROVAL_REMINDER)


def send(platform: Platform, to: Telegram, outgoing: Outgoing) -> None:
    """Write the notice into the chat. Raises NotSent; final when the bot may not, or the Bot API never will."""
    from runners.connector.accounts import wanted  # the connector tells too, and imports this room

    account = wanted(platform).get(f"telegram:{to.account_id}")
    if account is None:
        raise NotSent(f"Telegram account '{to.account_id}' does not exist, or is disabled", final=True)
    if account.fault:
        raise NotSent(f"Telegram account '{to.account_id}': {account.fault}", final=True)
    if str(to.chat_id) not in account.allowed.chats:
        raise NotSent(f"account '{to.account_id}' does not allow chat {to.chat_id}; add it there", final=True)
    asyncio.run(_write(platform, account, str(to.chat_id), _notice(platform, outgoing)))


def _notice(platform: Platform, outgoing: Outgoing) -> Reply:
    """Return the notice with its buttons: one that asks for a decision shows all that is decided on, one of a run that failed
    leads to its log and to another try.
    """
    from runners.connector.commands.runs import after_failure
    from runners.connector.deciding import request
    from runners.connector.reply import Reply

    event, text = outgoing.taken.event, outgoing.text.body
    if event is not None and event.type == EventType.RUN_FAILED and event.data.get("run_id"):
        return after_failure(str(event.data["run_id"]), text, outgoing.rule.language)
    if event is None or event.type not in ASKING:
        return Reply(text)
    return request(platform, str(event.data.get("approval_id")), text, outgoing.rule.language)


async def _write(platform: Platform, account: Wanted, chat: str, reply: Reply) -> None:
    from runners.connector.channel import ChannelFault
    from runners.connector.outbox import ANSWERABLE_FOR
    from runners.connector.telegram import TelegramChannel
    from runners.connector.telling import Teller

    store, place = platform.store, account.place
    channel = TelegramChannel(account.wire.token, platform.settings.telegram_api_base, Gate.of(platform.settings))
    saying, changes = Teller(platform, place, channel.longest).message(chat, "", reply)
    chats.do(store, *changes)  # before it is sent, so that a press that comes at once finds its card
    try:
        number = await channel.send(chat, saying.shown)
    except ChannelFault as fault:
        raise NotSent(str(fault), final=fault.refused, wait=fault.wait) from None
    finally:
        await channel.close()
    if reply.awaits:
        key = store.keys.chat_answerable(place, chat, number)
        chats.do(store, chats.keeping(key, asdict(reply.awaits), ANSWERABLE_FOR))
