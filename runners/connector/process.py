"""The connector's process: it beats, serves the account if there is one, and ends when it is asked to."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from contextlib import suppress

import structlog
from redis.exceptions import RedisError

from runners.connector.account import ACCOUNT, CHANNEL, Account
from runners.connector.conversation import Conversation
from runners.connector.health import Health
from runners.connector.telegram import TelegramChannel
from runners.engine.outgoing.address import Gate
from runners.engine.platform import Platform
from runners.notifier import Notifying
from runners.process import EVERY_SEC, Beating

LOG = structlog.get_logger("runners.connector")
LAST_REPLY_SEC = 2.5
NO_ACCOUNT = "no account is configured; set TELEGRAM_BOT_TOKEN"


def run(platform: Platform, stop: threading.Event) -> None:
    """Serve until `stop` is set; in a process of its own, or in a thread of one that is everything."""
    token = platform.settings.telegram_bot_token
    account = Account(platform.store, token.partition(":")[0] if token else "")
    process_id = f"connector-{socket.gethostname()}-{os.getpid()}"
    with Beating(platform, "connector", process_id, doing=lambda: _doing(account.health)), Notifying(platform):
        if token:
            asyncio.run(_serve(platform, account, token, stop))
            account.health = account.health.stopped()
        else:
            _idle(account, stop)
        _beat(account)


def _doing(health: Health) -> str:
    return f"{CHANNEL} {ACCOUNT}: {health.last_error or health.status}"


def _idle(account: Account, stop: threading.Event) -> None:
    """Without an account there is nothing to serve; say so once in the log, and all the time in the state."""
    LOG.info("connector.idle", reason=NO_ACCOUNT)
    account.health = account.health.stopped(NO_ACCOUNT)
    while not stop.is_set():
        _beat(account)
        stop.wait(EVERY_SEC)


async def _serve(platform: Platform, account: Account, token: str, stop: threading.Event) -> None:
    """Talk and beat side by side. At the end a reply on its way is waited for; a long poll is dropped."""
    channel = TelegramChannel(token, platform.settings.telegram_api_base, Gate.of(platform.settings))
    conversation = Conversation(platform, account, channel)
    talk = asyncio.create_task(conversation.run())
    try:
        await _beat_until(account, stop, talk)
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(conversation.taking.acquire(), LAST_REPLY_SEC)
        talk.cancel()
        with suppress(asyncio.CancelledError):
            await talk
        await channel.close()


async def _beat_until(account: Account, stop: threading.Event, talk: asyncio.Task[None]) -> None:
    """Beat until `stop` is set or the talk broke."""
    while not stop.is_set() and not talk.done():
        _beat(account)
        await asyncio.to_thread(stop.wait, EVERY_SEC)


def _beat(account: Account) -> None:
    try:
        account.beat()
    except RedisError as away:
        LOG.warning("store.away", error=str(away))
