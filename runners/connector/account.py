"""An account that this process serves: how it does and how far it came, kept in the store."""

from __future__ import annotations

import structlog

from runners.connector.health import Health
from runners.engine.integrations.telegram_account import OF_ENVIRONMENT
from runners.engine.store.connection import Store
from runners.engine.store.connectors import ConnectorState, beat_connector, load_connector

LOG = structlog.get_logger("runners.connector")
CHANNEL = "telegram"


class Account:
    """`identity` is the bot's own number, '' without one; `offset` is the next update to ask for.

    Every method that touches the store raises RedisError when it is away.
    """

    def __init__(self, store: Store, identity: str, account_id: str = OF_ENVIRONMENT) -> None:
        self.identity = identity
        self.account_id = account_id
        self.health = Health()
        self.offset = 0
        self._store = store
        self._resumed = False

    def resume(self) -> None:
        """Go on where the last process stopped, if it served the same bot; only the first call does anything."""
        if self._resumed:
            return
        known = load_connector(self._store, CHANNEL, self.account_id)
        if known and known.identity == self.identity:
            self.offset = known.offset
        self._resumed = True

    def beat(self) -> None:
        """Put the state in the store, but never over an offset that was not read yet."""
        self.resume()
        state = ConnectorState(
            channel=CHANNEL,
            account_id=self.account_id,
            status=self.health.status,
            last_heartbeat_at=self._store.now(),
            last_error=self.health.last_error,
            reconnect_count=self.health.reconnects,
            offset=self.offset,
            identity=self.identity,
        )
        beat_connector(self._store, state)

    def move_to(self, offset: int) -> None:
        """Remember that everything before `offset` is done."""
        self.offset = offset
        self.beat()

    def note(self, health: Health) -> None:
        """Take the new health; a change of status is logged and reaches the store at once."""
        before, self.health = self.health, health
        if health.status is not before.status:
            LOG.info(f"connector.{health.status}", channel=CHANNEL, account_id=self.account_id, error=health.last_error)
            self.beat()
