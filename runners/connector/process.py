"""The connector's process: it beats, serves every account that there is side by side, and ends when it is asked to."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import threading

import structlog
from redis.exceptions import RedisError

from runners.connector.account import TELEGRAM, Account
from runners.connector.accounts import Wanted, wanted
from runners.connector.serving import Served
from runners.engine.errors import StoreAway
from runners.engine.integrations.telegram_account import OF_ENVIRONMENT
from runners.engine.platform import Platform
from runners.engine.store.connectors import forget_connector
from runners.notifier import Notifying
from runners.process import EVERY_SEC, Beating

LOG = structlog.get_logger("runners.connector")
NO_ACCOUNT = "no account is configured; set TELEGRAM_BOT_TOKEN, or add one under Connectors"


def run(platform: Platform, stop: threading.Event) -> None:
    """Serve until `stop` is set; in a process of its own, or in a thread of one that is everything."""
    process_id = f"connector-{socket.gethostname()}-{os.getpid()}"
    connector = Connector(platform, f"{process_id}/{secrets.token_hex(4)}")
    with Beating(platform, "connector", process_id, doing=connector.doing), Notifying(platform):
        asyncio.run(connector.serve(stop))


class Connector:
    """All accounts that this process serves, each by a talk of its own."""

    def __init__(self, platform: Platform, owner: str) -> None:
        self._platform = platform
        self._owner = owner
        self._served: dict[str, Served] = {}
        self._nobody = Account(platform.store, "")
        self._looked = False

    def doing(self) -> str:
        """Return in a line how each account does."""
        said = [f"{place.replace(':', ' ')}: {one.doing}" for place, one in self._all()]
        return "; ".join(said)[:200] or (NO_ACCOUNT if self._looked else "starting")

    async def serve(self, stop: threading.Event) -> None:
        """Look every other second which accounts there are, until `stop` is set; then end them all at once."""
        while not stop.is_set():
            self._look()
            await asyncio.to_thread(stop.wait, EVERY_SEC)
        for _, one in self._all():
            one.end()
        for _, one in self._all():
            await one.ended()
            one.account.health = one.account.health.stopped()
            one.beat()

    def _look(self) -> None:
        """Take up what is new or has changed, let go of what is gone, and beat for all; while the store is away go on."""
        try:
            now = wanted(self._platform)
            self._adjust(now)
            self._looked = True
            if not now and not self._served:
                self._idle()
            elif self._nobody.health.last_error and self._nobody.place not in now:
                self._nobody = Account(self._platform.store, "")
                forget_connector(self._platform.store, TELEGRAM, OF_ENVIRONMENT)
        except (RedisError, StoreAway) as away:
            LOG.warning("store.away", error=str(away))
        for _, one in self._all():
            one.beat()

    def _adjust(self, now: dict[str, Wanted]) -> None:
        for place, one in self._all():
            if one.asked != now.get(place):
                one.end()
            if one.is_over:
                del self._served[place]
                if place not in now:
                    forget_connector(self._platform.store, one.asked.channel, one.asked.account_id)
        for place in now.keys() - self._served.keys():
            asked = now[place]
            LOG.info("connector.account_taken_up", channel=asked.channel, account_id=asked.account_id)
            self._served[place] = Served(self._platform, asked, self._owner)
            self._served[place].begin()

    def _idle(self) -> None:
        """Without an account there is nothing to serve; say so once in the log, and all the time in the state."""
        if self._nobody.health.last_error is None:
            LOG.info("connector.idle", reason=NO_ACCOUNT)
            self._nobody.health = self._nobody.health.stopped(NO_ACCOUNT)
        self._nobody.beat()

    def _all(self) -> list[tuple[str, Served]]:
        return list(self._served.items())
