"""Every invariant that a living store can show, looked at in small batches; what looks broken is looked at twice.

A look at a busy store may meet a run between two steps of its life. So each suspicion is read again a little later, and
only one that still stands is told. A message may be missing for as long as reconcile needs to push it again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from runners.doctor.finding import Finding
from runners.doctor.kinds import STATUSES, each
from runners.doctor.queue import message_rules, queue_rules
from runners.doctor.reading import Owner, read_groups, read_jobs, read_runs
from runners.doctor.rules import Broken, GroupFacts, JobFacts, group_rules, job_rules, run_rules
from runners.engine.platform import Platform
from runners.engine.store.keys import PRIORITIES

NAMES = {
    "I0": "every key is of its kind",
    "I1": "at most one active run of a job, unless overlap is allowed",
    "I2": "a flow group's active runs stay within its limit",
    "I3": "slot sets are the active runs",
    "I4": "leases are the running runs, pending sets the queued ones",
    "I5": "every queued run has a message, or is pushed again",
    "I6": "tokens only rise, one holder each",
    "I7": "an end is final, and one",
    "I8": "each slot is decided once",
    "I9": "every run can end, every open slot is looked at again",
    "I10": "pressure follows its two marks",
    "I11": "dispatches per tick stay within the cap",
    "I12": "cooldowns follow their formula",
    "I13": "what waits for a person has an open approval",
    "I14": "no more attempts than allowed, no retry lost",
    "I15": "all times are the store's",
}
PAUSE = timedelta(seconds=0.5)
TOLD_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is looked at: of jobs and of each set of runs the oldest `members`, of each end the newest `ends`.

    What a larger deployment has beyond is said.
    """

    members: int = 20_000
    ends: int = 1_000


THOROUGH = Bounds()


@dataclass(slots=True)
class Looked:
    """What one look found to look at, and what seems broken."""

    jobs: list[str] = field(default_factory=list)
    runs: dict[str, Owner] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    passed_over: int = 0


def invariants(platform: Platform, bounds: Bounds = THOROUGH) -> Iterator[Finding]:
    """Yield a finding for each invariant that is broken twice in a row, then what was looked at."""
    looked = _gather(platform, bounds)
    suspects = set(_judge(platform, looked.jobs, looked.runs, looked.groups))
    messages = set(message_rules(platform.store))
    if suspects:
        time.sleep(PAUSE.total_seconds())
        suspects = _still(suspects, _again(platform, suspects, looked))
    if messages:
        time.sleep(3 * platform.settings.reaper_tick.total_seconds() + PAUSE.total_seconds())
        messages = _still(messages, message_rules(platform.store))
    broken = sorted(suspects | messages, key=lambda one: (int(one.invariant[1:]), one.subject))
    for one in broken[:TOLD_AT_MOST]:
        yield Finding(one.invariant, False, f"{NAMES[one.invariant]}: {one.subject}: {one.why}")
    if len(broken) > TOLD_AT_MOST:
        yield Finding("invariants", False, f"{len(broken) - TOLD_AT_MOST} more are broken")
    yield Finding("invariants", not broken, _summary(looked, bounds))


def _gather(platform: Platform, bounds: Bounds) -> Looked:
    """Collect every job, every active run, and the newest ended ones; sets are read in parts."""
    store, keys, looked, most = platform.store, platform.store.keys, Looked(), bounds.members
    looked.groups = set(_members(platform, keys.flows, looked, most))
    looked.jobs = [
        *_members(platform, keys.jobs, looked, most),
        *_members(platform, keys.gone_jobs, looked, most),
    ]
    for key in (keys.leases, keys.retries, *(keys.pending(priority) for priority in PRIORITIES)):
        for run_id in _members(platform, key, looked, most):
            looked.runs.setdefault(run_id, ("", ""))
    for status in STATUSES:
        for run_id in _newest(store.redis, keys.runs_of("status", status), bounds.ends):
            looked.runs.setdefault(run_id, ("", ""))
    for facts in each(read_jobs, store, dict.fromkeys(looked.jobs)):
        if isinstance(facts, JobFacts):
            looked.runs |= dict.fromkeys(facts.active, (facts.job_id, ""))
    for group in each(read_groups, store, dict.fromkeys(looked.groups)):
        if isinstance(group, GroupFacts):
            for run_id in group.active:
                looked.runs[run_id] = (looked.runs.get(run_id, ("", ""))[0], group.group)
    return looked


def _newest(redis: Any, key: str, count: int) -> list[str]:
    return list(redis.zrevrange(key, 0, count - 1)) if redis.type(key) == "zset" else []


def _members(platform: Platform, key: str, looked: Looked, most: int) -> list[str]:
    """Return the first members of a sorted set, and count those behind; none of a key of another kind (`kinds`)."""
    redis: Any = platform.store.redis
    if redis.type(key) not in ("zset", "none"):
        return []
    looked.passed_over += max(0, int(redis.zcard(key)) - most)
    parts = (redis.zrange(key, start, start + 999) for start in range(0, most, 1000))
    found: list[str] = []
    for part in parts:
        found += part
        if len(part) < 1000:
            break
    return found


def _judge(platform: Platform, jobs: Iterable[str], runs: dict[str, Owner], groups: Iterable[str]) -> Iterator[Broken]:
    store, settings = platform.store, platform.settings
    for run in each(read_runs, store, runs):
        yield from [run] if isinstance(run, Broken) else run_rules(run, settings)
    for job in each(read_jobs, store, dict.fromkeys(jobs)):
        yield from [job] if isinstance(job, Broken) else job_rules(job)
    for group in each(read_groups, store, dict.fromkeys(groups)):
        yield from [group] if isinstance(group, Broken) else group_rules(group)
    yield from queue_rules(store, settings)


def _again(platform: Platform, suspects: set[Broken], looked: Looked) -> Iterator[Broken]:
    """Look once more at those that seemed broken, and at the queue."""
    named = {one.subject.rpartition(" ")[2] for one in suspects}
    runs = {run_id: owner for run_id, owner in looked.runs.items() if run_id in named}
    return _judge(platform, [job for job in looked.jobs if job in named], runs, looked.groups & named)


def _still(before: set[Broken], now: Iterable[Broken]) -> set[Broken]:
    """Return what is broken now and was before, in the words of now."""
    known = {(one.invariant, one.subject) for one in before}
    return {one for one in now if (one.invariant, one.subject) in known}


def _summary(looked: Looked, bounds: Bounds) -> str:
    seen = f"I1 to I15 looked at in {len(looked.jobs)} jobs and {len(looked.runs)} runs"
    left = f"; {looked.passed_over} more were passed over" if looked.passed_over else ""
    return f"{seen} (all that are active, and the newest {bounds.ends} of each end){left}"
