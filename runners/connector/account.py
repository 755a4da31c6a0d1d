"""An account that this process serves, or stands by to serve: whose turn it is, how it does and how far it came."""

from __future__ import annotations

from datetime import timedelta

import structlog

from runners.connector.health import Health
from runners.engine.integrations.telegram_account import OF_ENVIRONMENT
from runners.engine.store import chats
from runners.engine.store.chats import Change, Turn
from runners.engine.store.connection import Store
from runners.engine.store.connectors import ConnectorState, beat_connector, load_connector, moving

LOG = structlog.get_logger("runners.connector")
TELEGRAM = "telegram"
TURN_LASTS = timedelta(seconds=6)


class Account:
    """`identity` is the bot's own number, '' without one; `offset` is the next update to ask for.

    Of several processes one has the turn; the others stand by, and say nothing about how the account does. `holder` is the
    one that has it as far as is known, '' nobody; None for an account of which there is no talk, and so no turn. Every
    method that touches the store raises RedisError when it is away.
    """

    def __init__(
        self,
        store: Store,
        identity: str,
        account_id: str = OF_ENVIRONMENT,
        owner: str = "nobody",
        channel: str = TELEGRAM,
    ) -> None:
        self.channel = channel
        self.identity = identity
        self.account_id = account_id
        self.place = f"{channel}:{account_id}"
        self.health = Health()
        self.offset = 0
        self.holder: str | None = None
        self._store = store
        self.turn = Turn(store, self.place, owner, TURN_LASTS)

    @property
    def has_turn(self) -> bool:
        """Whether this process serves the account, as far as it knows."""
        return self.holder == self.turn.owner

    def take_turn(self) -> bool:
        """Take the turn, or keep it; say whether it is ours. Who takes it goes on where the last one stopped."""
        had, self.holder = self.has_turn, self.turn.take()
        if self.has_turn and not had:
            known = load_connector(self._store, self.channel, self.account_id)
            self.offset = known.offset if known and known.identity == self.identity else 0
            LOG.info("connector.turn_taken", channel=self.channel, account_id=self.account_id)
        return self.has_turn

    def give_up_turn(self) -> None:
        """Let another process have it at once."""
        if self.has_turn:
            self.turn.give_up()
            self.holder = ""

    def lose_turn(self) -> None:
        """Note that another process has it."""
        self.holder = ""

    def beat(self) -> None:
        """Keep the turn, and put the state in the store; who stands by says nothing."""
        if self.holder is not None and not (self.has_turn and self.take_turn()):
            return
        state = ConnectorState(
            channel=self.channel,
            account_id=self.account_id,
            status=self.health.status,
            last_heartbeat_at=self._store.now(),
            last_error=self.health.last_error,
            reconnect_count=self.health.reconnects,
        )
        beat_connector(self._store, state)

    def change(self, *changes: Change) -> None:
        """Make the changes in one step, if it is our turn. Raises TurnLost."""
        self.turn.change(*changes)

    def settle(self, update_id: int, *changes: Change) -> None:
        """Remember the update as heard together with what follows from it. Raises TurnLost."""
        offset = update_id + 1
        moved = moving(self._store, self.channel, self.account_id, offset, self.identity)
        self.change(chats.hearing(self._store, self.place, update_id), moved, *changes)
        self.offset = offset

    def note(self, health: Health) -> None:
        """Take the new health; a change of status is logged and reaches the store at once."""
        before, self.health = self.health, health
        if health.status is not before.status:
            LOG.info(
                f"connector.{health.status}", channel=self.channel, account_id=self.account_id, error=health.last_error
            )
            self.beat()
