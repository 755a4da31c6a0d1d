"""The load of every scenario: somebody who asks for runs through the HTTP API all the time, repeats, and cancels."""

from collections import Counter
from collections.abc import Callable
from itertools import count, cycle
from typing import Any, Self

from tests.faults.client import Asked, Told
from tests.faults.deployment import Deployment
from tests.faults.meanwhile import Meanwhile

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


class Traffic(Meanwhile):
    """Asks while the block runs; every third run is asked for twice, every seventh cancelled."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(EVERY_SEC)
        self.deployment = deployment
        self.faults: list[str] = []
        self._asked = zip(count(), cycle(JOBS))

    def __enter__(self) -> Self:
        for job_id, spec in JOBS.items():
            self.deployment.put(job_id, **spec)
        return super().__enter__()

    def step(self) -> None:
        """Ask for a run of the next job."""
        number, job_id = next(self._asked)
        self._in_turn(lambda: self._ask(number, job_id))

    def settle(self) -> None:
        """Repeat every other request that nobody answered for sure: a client does, and it must not double anything."""
        unsure = [asked for asked in self.deployment.client.log if asked.told is Told.INDETERMINATE]
        for asked in unsure[::2]:
            self._in_turn(lambda asked=asked: self.deployment.client.repeat(asked))

    def told(self) -> dict[str, int]:
        """Count what the client was told."""
        return dict(Counter(str(asked.told) for asked in self.deployment.client.log))

    def _ask(self, number: int, job_id: str) -> None:
        client = self.deployment.client
        asked: Asked = client.ask(job_id)
        if number % 3 == 0:
            client.repeat(asked)
        if number % 7 == 0 and asked.told is Told.ACKNOWLEDGED:
            client.cancel(asked)

    def _in_turn(self, ask: Callable[[], object]) -> None:
        try:
            with self.deployment.client.turn:
                ask()
        except AssertionError as broken:
            self.faults.append(str(broken))
