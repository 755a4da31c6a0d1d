"""The load of every scenario: somebody who asks for runs through the HTTP API all the time, repeats, and cancels."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any

from tests.faults.client import Asked, Told
from tests.faults.deployment import Deployment

EVERY_SEC = 0.1
OPEN = {"allow_overlap": True}
JOBS: dict[str, dict[str, Any]] = {
    "asked-open": {"inputs": OPEN | {"work_ms": 20}},
    "asked-urgent": {"inputs": OPEN | {"work_ms": 5, "pressure_priority": "critical"}},
    "asked-alone": {"inputs": {"work_ms": 150}},
    "asked-narrow": {"inputs": OPEN | {"work_ms": 100, "flow_group": "asked", "flow_max_active_runs": 2}},
    "asked-twice": {
        "type": "oracle.raise",
        "inputs": OPEN | {"how": "failure", "until_attempt": 1, "failure_memory_enabled": False},
        "retry_policy": {"max_retry": 9, "backoff_sec": [1]},
    },
}
"""Runs that overlap, that may not, that share two places, and that fail once before they end well."""


@dataclass(slots=True)
class Traffic:
    """Asks while the block runs; every third run is asked for twice, every seventh cancelled."""

    deployment: Deployment
    every_sec: float = EVERY_SEC
    faults: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Traffic":
        for job_id, spec in JOBS.items():
            self.deployment.put(job_id, **spec)
        self._threads = [threading.Thread(target=self._keep_asking, daemon=True)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def settle(self) -> None:
        """Repeat every other request that nobody answered for sure: a client does, and it must not double anything."""
        unsure = [asked for asked in self.deployment.client.log if asked.told is Told.INDETERMINATE]
        for asked in unsure[::2]:
            self._step(lambda asked=asked: self.deployment.client.repeat(asked))

    def told(self) -> dict[str, int]:
        """Count what the client was told."""
        return dict(Counter(str(asked.told) for asked in self.deployment.client.log))

    def _keep_asking(self) -> None:
        names = list(JOBS)
        for number in count():
            if self._over.wait(self.every_sec):
                return
            self._step(lambda number=number: self._ask(number, names[number % len(names)]))

    def _ask(self, number: int, job_id: str) -> None:
        client = self.deployment.client
        asked: Asked = client.ask(job_id)
        if number % 3 == 0:
            client.repeat(asked)
        if number % 7 == 0 and asked.told is Told.ACKNOWLEDGED:
            client.cancel(asked)

    def _step(self, step: Any) -> None:
        try:
            with self.deployment.client.turn:
                step()
        except AssertionError as broken:
            self.faults.append(str(broken))
