"""What a simulation came to: the criteria, and how many runs at once its load needs. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from statistics import fmean
from typing import Any

from runners.simulation import record

DEEPEST = 200
HEADROOM = 0.7
"""The part of its slots that a worker should need on average: above it, waiting grows faster than the load."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """The load: so many jobs, each every `interval_sec`, whose runs work for `work_ms`."""

    jobs: int
    interval_sec: int
    work_ms: int
    jitter_sec: int
    duration_sec: float
    tick_sec: float
    prefix: str


@dataclass(frozen=True, slots=True)
class Tick:
    """One look: counts of runs so far, how many wait in the whole queue, and how many jobs have overlapped so far."""

    at_sec: float
    runs: int
    queued: int
    running: int
    success: int
    failed: int
    q_depth: int
    overlap_jobs: int

    def line(self) -> str:
        """Return it in one line."""
        words = " ".join(f"{name}={value}" for name, value in asdict(self).items() if name != "at_sec")
        return f"[{self.at_sec:5.0f}s] {words}"


def tick(at_sec: float, counts: Mapping[str, int], q_depth: int, overlap_jobs: int) -> Tick:
    """Return one look out of the counts of the runs so far."""
    states = {name: counts[name] for name in ("runs", "queued", "running", "success", "failed")}
    return Tick(round(at_sec, 1), **states, q_depth=q_depth, overlap_jobs=overlap_jobs)


def recommend(scenario: Scenario, runs: Sequence[record.Run]) -> dict[str, Any]:
    """Return how many runs at once the load needs, and how that was computed: arrivals times duration (Little), with headroom."""
    lengths = [run.work_sec for run in runs if run.work_sec is not None]
    seconds = round(fmean(lengths), 3) if lengths else scenario.work_ms / 1000
    arrivals = scenario.jobs / scenario.interval_sec
    needed = max(1, ceil(arrivals * seconds / HEADROOM))
    what = "mean of the runs" if lengths else "work_ms: no run has ended"
    how = f"{scenario.jobs} jobs / {scenario.interval_sec} s x {seconds:g} s ({what}) / {HEADROOM} of the slots busy"
    return {"worker_concurrency": needed, "how": how}


def judge(ticks: Sequence[Tick], runs: Sequence[record.Run]) -> list[dict[str, Any]]:
    """Return the criteria: what each saw, what it allows, and whether it holds."""
    found, successes = record.counts(runs), [each.success for each in ticks]
    deepest = max([record.peak(runs), *(each.q_depth for each in ticks)])
    overlapped = record.overlaps(runs)
    return [
        _criterion("success > 0", found["success"], "> 0", found["success"] > 0),
        _criterion("success rises", successes, "grows, never falls", record.rises(successes)),
        _criterion("failed = 0", found["failed"], "0", found["failed"] == 0),
        _criterion(f"depth <= {DEEPEST}", deepest, f"<= {DEEPEST}", deepest <= DEEPEST),
        _criterion("overlap = 0, by the record", len(overlapped), "0", not overlapped),
    ]


def summary(runs: Sequence[record.Run]) -> dict[str, Any]:
    """Return what the records say when all is over."""
    return {
        **record.counts(runs),
        "peak_depth": record.peak(runs),
        "busy_at_once": record.busy(runs),
        "wait_sec": record.spread([run.wait_sec for run in runs if run.wait_sec is not None]),
        "work_sec": record.spread([run.work_sec for run in runs if run.work_sec is not None]),
        "overlaps": [list(each) for each in record.overlaps(runs)[: record.NAMED]],
    }


def report(scenario: Scenario, ticks: Sequence[Tick], runs: Sequence[record.Run], **more: Any) -> dict[str, Any]:
    """Return the whole report as JSON has it; `more` is what only one way to simulate knows."""
    criteria = judge(ticks, runs)
    return {
        "scenario": asdict(scenario),
        **more,
        "ticks": [asdict(each) for each in ticks],
        "record": summary(runs),
        "recommended": recommend(scenario, runs),
        "criteria": criteria,
        "ok": all(one["holds"] for one in criteria),
    }


def lines(told: Mapping[str, Any]) -> list[str]:
    """Return the end of the report as people read it."""
    found, wanted = told["record"], told["recommended"]
    wait, work = found["wait_sec"], found["work_sec"]
    head = [
        f"runs {found['runs']}, success {found['success']}, failed {found['failed']}, cancelled {found['cancelled']}, "
        f"slots skipped {told.get('skipped', 'unknown')}, deepest queue {found['peak_depth']}, busy at once {found['busy_at_once']}",
        f"waited p50 {wait['p50']} s, p95 {wait['p95']} s, longest {wait['max']} s; worked p50 {work['p50']} s, p95 {work['p95']} s",
        f"recommended WORKER_CONCURRENCY, all workers together: {wanted['worker_concurrency']} = {wanted['how']}",
    ]
    return head + [
        f"{'ok    ' if one['holds'] else 'FAILED'} {one['name']}: {_short(one['observed'])}" for one in told["criteria"]
    ]


def _short(observed: object) -> str:
    if isinstance(observed, list) and len(observed) > 10:
        return f"{observed[0]} … {observed[-1]} in {len(observed)} looks"
    return str(observed)


def _criterion(name: str, observed: object, allowed: str, holds: bool) -> dict[str, Any]:
    return {"name": name, "observed": observed, "allowed": allowed, "holds": holds}
