"""Notices in a chat, by an account that allows that chat; what asks for a decision comes with its buttons."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

from runners.engine.events import EventType
from runners.engine.platform import Platform
from runners.engine.store import chats
from runners.engine.store.chats import Turn
from runners.notifier.fault import NotSent

if TYPE_CHECKING:
    from runners.connector.accounts import Wanted
    from runners.connector.reply import Reply
    from runners.notifier.sending import Outgoing

ASKING = (EventType.APPROVAL_REQUEST_CREATED, EventType.APPROVAL_REMINDER)


def send(platform: Platform, outgoing: Outgoing) -> None:
    """Write the notice into its rule's chat. Raises NotSent; final when the account may not, or never will be able to."""
    from runners.connector.accounts import wanted  # the connector tells too, and imports this room

    channel, account_id, chat = outgoing.rule.content.place.split(":")
    account = wanted(platform).get(f"{channel}:{account_id}")
    if account is None:
        raise NotSent(f"{channel.title()} account '{account_id}' does not exist, or is disabled", final=True)
    if account.fault:
        raise NotSent(f"{channel.title()} account '{account_id}': {account.fault}", final=True)
    if chat not in account.allowed.chats:
        raise NotSent(f"account '{account_id}' does not allow chat {chat}; add it there", final=True)
    asyncio.run(_write(platform, account, chat, _notice(platform, outgoing)))


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
    from runners.connector.account import TURN_LASTS
    from runners.connector.channel import ChannelFault
    from runners.connector.outbox import ANSWERABLE_FOR
    from runners.connector.telling import Teller

    store, place = platform.store, account.place
    channel = account.open(platform.settings, Turn(store, place, "notifier", TURN_LASTS))  # which is never taken
    saying, changes = Teller(platform, place, channel.longest).message(chat, "", reply)
    chats.do(store, *changes)  # before it is sent, so that a press that comes at once finds its card
    try:
        number = await channel.send(chat, saying.shown)
    except ChannelFault as fault:
        raise NotSent(str(fault), final=fault.refused, wait=fault.wait) from None
    finally:
        await channel.close()
    if reply.awaits and number:
        key = store.keys.chat_answerable(place, chat, number)
        chats.do(store, chats.keeping(key, asdict(reply.awaits), ANSWERABLE_FOR))
