"""What every process says of itself: that it started, that it lives and what it does, that it stopped."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType

import structlog
from redis.exceptions import RedisError

from runners.engine.errors import ModeRefused
from runners.engine.events import EventType
from runners.engine.platform import Platform
from runners.engine.protocol import events, presence
from runners.engine.store import processes
from runners.engine.store.pauses import STAYS, leaving
from runners.engine.version import VERSION
from runners.repeating import Repeating

LOG = structlog.get_logger("runners.process")
EVERY_SEC = 2.0
LIFE = ExitStack()
"""What ends with this process, closed while it is whole: at the exit of the interpreter no pool of threads takes work."""
STARTED = {
    "web": EventType.SYSTEM_API_STARTED,
    "worker": EventType.SYSTEM_WORKER_STARTED,
    "scheduler": EventType.SYSTEM_SCHEDULER_STARTED,
    "connector": EventType.SYSTEM_CONNECTOR_STARTED,
}
STOPPED = {
    "web": EventType.SYSTEM_API_STOPPED,
    "worker": EventType.SYSTEM_WORKER_STOPPED,
    "scheduler": EventType.SYSTEM_SCHEDULER_STOPPED,
    "connector": EventType.SYSTEM_CONNECTOR_STOPPED,
}


class Beating(Repeating):
    """Beats every two seconds while the block runs, and says goodbye after it.

    A store that is away is waited for. One that has forgotten this process (it was emptied), or that others use in
    another mode by now (this process slept), is joined again; if it refuses, this process ends, and its next start
    finds out what to do.
    """

    every_sec = EVERY_SEC

    def __init__(
        self,
        platform: Platform,
        kind: str,
        process_id: str,
        doing: Callable[[], str],
        slots: int = 0,
        on_drain: Callable[[], None] | None = None,
        on_stop: Callable[[], None] | None = None,
    ) -> None:
        """`on_drain` is called at each beat once somebody has asked this process to drain, `on_stop` once when somebody has
        asked it to end; None for what cannot.
        """
        self.platform = platform
        self.kind = kind
        self.process_id = process_id
        self.doing = doing
        self.slots = slots
        self.on_drain = on_drain
        self.on_stop = on_stop
        super().__init__(f"beat-{kind}")
        self._started_at: datetime | None = None
        self._known = False

    def __enter__(self) -> "Beating":
        """Start to beat; raises ModeRefused while another process uses another queue mode."""
        self._beat()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        try:
            self._say(STOPPED[self.kind])
            presence.goodbye(self.platform.store, self.process_id)
        except RedisError as away:
            LOG.warning("store.away", error=str(away))

    def step(self) -> None:
        """Beat once, or end this process when it is refused."""
        try:
            self._beat()
        except ModeRefused as refusal:
            LOG.error("mode.refused", error=str(refusal))
            os.kill(os.getpid(), signal.SIGTERM)

    def _beat(self) -> None:
        try:
            self._started_at = self._started_at or self.platform.store.now()
            said = self._said(self._started_at)
            if self._known and not presence.beat(self.platform.store, said):
                LOG.warning("store.joined_again", process_id=self.process_id)
                self._known = False
            if not self._known:
                self._join(said)
            if self.on_drain or self.on_stop:
                self._obey()
        except RedisError as error:
            LOG.warning("store.away", error=str(error))

    def _obey(self) -> None:
        asked = leaving(self.platform.store, [self.process_id]).get(self.process_id, STAYS)
        if asked.drain and self.on_drain:
            self.on_drain()
        if asked.stop and self.on_stop:
            self.on_stop()
            self.on_stop = None

    def _join(self, said: processes.ProcessBeat) -> None:
        """Become known to the store: mode and first beat, a word in the event log, a worker's handlers."""
        presence.join(self.platform.store, said)
        self._say(STARTED[self.kind])
        if self.kind == "worker":
            catalog = self.platform.catalog
            schemas = {name: catalog.input_schema(name) for name in catalog.types()}
            processes.publish_handlers(self.platform.store, self.process_id, schemas)
        self._known = True

    def _said(self, started_at: datetime) -> processes.ProcessBeat:
        return processes.ProcessBeat(
            id=self.process_id,
            type=self.kind,
            host=socket.gethostname(),
            pid=os.getpid(),
            version=VERSION,
            started_at=started_at,
            doing=self.doing(),
            slots=self.slots,
            pool=self.platform.settings.worker_pool if self.kind == "worker" else "",
        )

    def _say(self, kind: EventType) -> None:
        said = {"process_id": self.process_id, "pid": os.getpid(), "host": socket.gethostname()}
        events.append(self.platform.store, kind, said)
