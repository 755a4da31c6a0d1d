"""The jobs of a simulation: made, listed, and taken away again. Touches no job that it has not made."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from runners.simulation import record
from runners.simulation.api import Api, Refused
from runners.simulation.verdict import Scenario

MARK = "simulated-load"
"""The tag that says that a job is one of ours; a job of the same name without it is somebody else's."""
AT_ONCE = 4
LOOK_SEC = 0.5
Given = TypeVar("Given")
Came = TypeVar("Came")


class NotOurs(Exception):
    """A job of this name exists, and no simulation has made it."""


class Fleet:
    """The jobs of one scenario on one server."""

    def __init__(self, api: Api, scenario: Scenario) -> None:
        self.api, self.scenario = api, scenario
        self.names = [job_name(scenario, place) for place in range(scenario.jobs)]
        self.sent: set[str] = set()
        """Jobs that a request was sent for: these may exist now."""
        self.runs: dict[str, record.Run] = {}
        self._began_at = 0.0
        self._before: set[str] = set()
        self._since: str | None = None
        self._newest: dict[str, str] = {}

    def look_first(self) -> None:
        """Remember the runs of an earlier simulation, and refuse names that are taken. Raises NotOurs."""
        self._began_at = parsedate_to_datetime(self.api.ask("GET", "/healthz").headers["date"]).timestamp()
        there = {row["job_id"]: row for row in self.api.rows("/jobs", search=self.scenario.prefix, limit=1000)}
        taken = [name for name in self.names if name in there and MARK not in there[name].get("tags", ())]
        if taken:
            raise NotOurs(f"job '{taken[0]}' exists and is not of a simulation; choose another --prefix")
        newest = self.api.ask("GET", f"/runs?flow_group={self.scenario.prefix}&limit=1").body
        if newest:
            self._since = newest[0]["created_at"]
            self._before = {row["run_id"] for row in self._rows(self._since)}

    def make(self) -> None:
        """Make all jobs, a few at a time."""
        self._each(self._make, self.names)

    def read(self) -> list[record.Run]:
        """Return all runs so far; only those since the oldest that was still open are asked for again."""
        still_open = [self._newest[name] for name, run in self.runs.items() if run.status in record.OPEN]
        since = min(still_open, default=max(self._newest.values(), default=self._since))
        ours = set(self.names)
        for row in self._rows(since):
            if row["run_id"] not in self._before and row["job_id"] in ours:
                self.runs[row["run_id"]] = record.run_of(row)
                self._newest[row["run_id"]] = row["created_at"]
        return list(self.runs.values())

    def skipped(self) -> int:
        """Return how many slots a guard has kept from running since the beginning, by the ledgers of all jobs."""
        return sum(self._each(self._skipped, self.names))

    def disable(self) -> None:
        """Let no job be due any more."""
        self._each(self._disable, sorted(self.sent))

    def settle(self, longest_sec: float) -> int:
        """Wait until no run is open, then cancel what still is; returns how many were cancelled."""
        deadline = time.monotonic() + longest_sec
        while (
            left := [run.run_id for run in self.read() if run.status in record.OPEN]
        ) and time.monotonic() < deadline:
            time.sleep(LOOK_SEC)
        self._each(self._cancel, left)
        return len(left)

    def delete(self) -> None:
        """Take the jobs away; their history stays."""
        self._each(self._delete, sorted(self.sent))

    def _rows(self, since: str | None) -> list[dict[str, Any]]:
        return self.api.rows("/runs", flow_group=self.scenario.prefix, since=since, limit=500)

    def _make(self, name: str) -> None:
        self.sent.add(name)
        self.api.ask("POST", "/jobs", spec(self.scenario, name))

    def _disable(self, name: str) -> None:
        with _gone_is_well():
            self.api.ask("PUT", f"/jobs/{name}/disable")

    def _delete(self, name: str) -> None:
        with _gone_is_well():
            self.api.ask("DELETE", f"/jobs/{name}?cancel=true")

    def _cancel(self, run_id: str) -> None:
        with suppress(Refused):  # it has ended since
            self.api.ask("POST", f"/runs/{run_id}/cancel")

    def _skipped(self, name: str) -> int:
        rows = self.api.ask("GET", f"/jobs/{name}/decisions?limit=1000").body
        ours = (row for row in rows if row["decision"] == "skipped" and row["slot_at"])
        return sum(row["count"] for row in ours if (record.moment(row["slot_at"]) or 0) >= self._began_at)

    def _each(self, act: Callable[[Given], Came], given: Iterable[Given]) -> list[Came]:
        """Do it for each, a few at a time; an interrupt leaves the rest undone and waits for those that are under way."""
        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            return list(pool.map(act, given))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def job_name(scenario: Scenario, place: int) -> str:
    """Return the id of the job at this place, counted from 0."""
    return f"{scenario.prefix}-{place:04d}"


def spec(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return a job as the handbook writes one: it never overlaps, never tries again, and says how long it works."""
    return {
        "job_id": name,
        "type": "simulation.heavy",
        "schedule": {"interval_sec": scenario.interval_sec},
        "timeout_ms": scenario.work_ms + 30_000,
        "retry_policy": {"max_retry": 0, "backoff_sec": [1]},
        "tags": [MARK],
        "inputs": {
            "work_ms": scenario.work_ms,
            "allow_overlap": False,
            "pressure_priority": "normal",
            "flow_group": scenario.prefix,
            "dispatch_jitter_sec": scenario.jitter_sec,
        },
    }


@contextmanager
def _gone_is_well() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        if refusal.status != 404:
            raise
