"""Notices in a Telegram chat, by the bot of an account that allows that chat."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from runners.engine.notifications.rule import Telegram
from runners.engine.outgoing.address import Gate
from runners.engine.platform import Platform
from runners.engine.settings import Settings
from runners.notifier.fault import NotSent

if TYPE_CHECKING:
    from runners.notifier.sending import Outgoing


def send(platform: Platform, to: Telegram, outgoing: Outgoing) -> None:
    """Write the notice into the chat. Raises NotSent; final when the bot may not, or the Bot API never will."""
    from runners.connector.serving import wanted  # the connector tells too, and imports this room

    account = wanted(platform).get(to.account_id)
    if account is None:
        raise NotSent(f"Telegram account '{to.account_id}' does not exist, or is disabled", final=True)
    if account.fault:
        raise NotSent(f"Telegram account '{to.account_id}': {account.fault}", final=True)
    if str(to.chat_id) not in account.allowed.chats:
        raise NotSent(f"account '{to.account_id}' does not allow chat {to.chat_id}; add it there", final=True)
    asyncio.run(_write(platform.settings, account.token, to.chat_id, outgoing.text.body))


async def _write(settings: Settings, token: str, chat_id: int, text: str) -> None:
    from runners.connector.channel import ChannelFault, Shown  # the connector tells too, and imports this room
    from runners.connector.fitting import fit
    from runners.connector.telegram import TelegramChannel

    channel = TelegramChannel(token, settings.telegram_api_base, Gate.of(settings))
    try:
        await channel.send(str(chat_id), Shown(fit(text, channel.longest)))
    except ChannelFault as fault:
        raise NotSent(str(fault), final=fault.refused, wait=fault.wait) from None
    finally:
        await channel.close()
