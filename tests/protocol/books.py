"""The invariants I1 to I14 as one look at Redis from outside: nothing here asks the engine what it believes.

`check_invariants` returns what it saw; given to the next look, it also proves what must never change or fall.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from runners.engine import retry
from runners.engine.settings import Settings
from runners.engine.store import held as held_index
from runners.engine.store.connection import Store
from tests.protocol import approval_books, pause_books, pool_books

ACTIVE = {"queued", "running", "retrying", "waiting_approval"}
FINAL = {"success", "failed", "cancelled"}
PRIORITIES = ("critical", "normal", "low")
MS = timedelta(milliseconds=1)


@dataclass(slots=True)
class Seen:
    """What one look found: every run and job record, every pause, the last event, and which ends are kept no more."""

    runs: dict[str, dict[str, str]] = field(default_factory=dict)
    jobs: dict[str, dict[str, str]] = field(default_factory=dict)
    flows: dict[str, int] = field(default_factory=dict)
    pauses: dict[str, str] = field(default_factory=dict)
    approvals: dict[str, dict[str, str]] = field(default_factory=dict)
    last_event: int = 0
    forgotten: Counter[str] = field(default_factory=Counter)


class Reader:
    """Reads keys by their names under the prefix."""

    def __init__(self, store: Store) -> None:
        self.redis: Any = store.redis
        self.prefix = store.keys.prefix

    def zset(self, name: str) -> dict[str, int]:
        return {member: int(score) for member, score in self.redis.zrange(self.prefix + name, 0, -1, withscores=True)}

    def hashes(self, kind: str, names: Any) -> dict[str, dict[str, str]]:
        pipe, names = self.redis.pipeline(transaction=False), list(names)
        for name in names:
            pipe.hgetall(f"{self.prefix}{kind}:{name}")
        return dict(zip(names, pipe.execute(), strict=True))

    def matching(self, pattern: str) -> list[str]:
        """Return the rest of every key's name that begins with `pattern`."""
        found = self.redis.keys(f"{self.prefix}{pattern}*")
        return [name.removeprefix(self.prefix + pattern) for name in found]

    def sets(self, pattern: str, read: str = "smembers") -> dict[str, Any]:
        names = self.matching(pattern)
        pipe = self.redis.pipeline(transaction=False)
        for name in names:
            getattr(pipe, read)(
                *([f"{self.prefix}{pattern}{name}"] + ([0, -1] if read in ("zrange", "lrange") else []))
            )
        return dict(zip(names, pipe.execute(), strict=True))


def check_invariants(store: Store, settings: Settings, before: Seen | None = None) -> Seen:
    """Fail with the broken invariant's name; return what was seen."""
    read = Reader(store)
    seen = Seen(read.hashes("run", read.zset("runs")), read.hashes("job", read.zset("jobs")))
    if before:
        seen.forgotten = before.forgotten + _forgotten(seen, before)
    _runs(read, seen)
    _failures(read, seen)
    _logs(read, seen)
    _places(read, seen, before)
    _slots(read, seen)
    seen.approvals = approval_books.check_approvals(read, seen.runs, before.approvals if before else {})
    seen.pauses = pause_books.in_force(read, seen.jobs)
    _holds(read, seen)
    pause_books.check_flow_groups(read, seen.jobs, seen.pauses)
    _limits(read, settings)
    _memory(read, seen)
    seen.last_event = _events(read, before)
    if before:
        _history(seen, before)
    return seen


def _runs(read: Reader, seen: Seen) -> None:
    """I4, I7, I14: every index of runs says what the records say."""
    by_status = defaultdict(set)
    for name, run in seen.runs.items():
        by_status[run["status"]].add(name)
        assert run["status"] in ACTIVE | FINAL, f"I7: run {name} is {run['status']!r}"
        assert int(run["attempt"]) <= int(run["max_retry"]), f"I14: run {name} is at attempt {run['attempt']}"
        assert (run["status"] in FINAL) == bool(run.get("finished_at")), (
            f"I7: {name} ended without a time, or the reverse"
        )
    for priority in PRIORITIES:
        queued = {name for name in by_status["queued"] if seen.runs[name]["priority"] == priority}
        assert set(read.zset(f"pending:{priority}")) == queued, f"I4: pending {priority}"
        pool_books.check_pools(read, seen.runs, priority, queued)
    assert set(read.zset("leases")) == by_status["running"], "I4: leases"
    assert set(read.zset("retries")) == by_status["retrying"], "I14: retries"
    for status in FINAL:
        assert set(read.zset(f"runs:status:{status}")) == by_status[status], f"I7: index of {status}"
    fresh = {
        name
        for name in by_status["queued"]
        if seen.runs[name].get("expires_at") and not seen.runs[name].get("attempts")
    }
    assert set(read.zset("expiries")) == fresh, "I4: expiries"
    rq_jobs = {name.removeprefix("rq:job:") for name in read.redis.keys("rq:job:*")}
    assert rq_jobs == {name for name, run in seen.runs.items() if run["status"] in ACTIVE}, "I3: RQ jobs"
    ended = Counter(f"runs|{run['job_type']}|{run['status']}" for run in seen.runs.values() if run["status"] in FINAL)
    counted = {
        name: int(n) for name, n in read.redis.hgetall(read.prefix + "metrics").items() if name.startswith("runs|")
    }
    assert counted == dict(ended + seen.forgotten), "I7: counted ends"
    for index, field_name in (("job", "job_id"), ("flow", "flow_group"), ("source", "source")):
        named = defaultdict(set)
        for name, run in seen.runs.items():
            if run[field_name] and (index, run[field_name]) != ("source", "schedule"):
                named[run[field_name]].add(name)
        listed = {value: set(runs) for value, runs in read.sets(f"runs:{index}:", "zrange").items()}
        assert listed == named, f"I7: lists of runs by {index}"


def _failures(read: Reader, seen: Seen) -> None:
    """I7: every failed run stands in its group, with the time of its end, and every group has a run."""
    failed = {name: run for name, run in seen.runs.items() if run["status"] == "failed"}
    groups = defaultdict(dict)
    for name, run in failed.items():
        groups[run.get("failure_group")][name] = int(run["finished_at"])
    listed = {group: read.zset(f"failure:runs:{group}") for group in read.zset("failures")}
    assert listed == groups, "I7: groups of failures"
    assert set(read.matching("failure:runs:")) == set(groups), "I7: runs of a group that is not listed"
    known = read.hashes("failure", groups)
    for group, runs in groups.items():
        about = known[group]
        assert {(failed[name]["job_id"], failed[name]["failure_kind"]) for name in runs} == {
            (about["job_id"], about["kind"])
        }, f"I7: group {group} has failures of another kind"
        assert {failed[name]["job_version"] for name in runs} <= set(read.zset(f"failure:versions:{group}")), (
            "I7: versions"
        )
    registered = {
        (job, word): group
        for job, words in read.sets("failures:job:", "hgetall").items()
        for word, group in words.items()
    }
    assert registered == {
        (about["job_id"], f"{about['kind']}|{about['line']}"): group for group, about in known.items()
    }, "I7: numbers of groups"


def _logs(read: Reader, seen: Seen) -> None:
    """I6: a run's log holds what its claims told, in their order, and goes with the run."""
    logs = read.sets("log:", "get")
    assert set(read.zset("logs")) == set(logs) <= set(seen.runs), "I6: logs of runs that are not there"
    for name, text in logs.items():
        tokens = [line for line in text.splitlines() if line.isdigit()]
        assert tokens == sorted(tokens, key=int), f"I6: the log of {name} has words of a lost claim"


def _forgotten(seen: Seen, before: Seen) -> Counter[str]:
    """Return the ends that retention dropped since the last look."""
    gone = [before.runs[name] for name in before.runs.keys() - seen.runs.keys()]
    return Counter(f"runs|{run['job_type']}|{run['status']}" for run in gone)


def _places(read: Reader, seen: Seen, before: Seen | None) -> None:
    """I1, I2, I3: slot sets are the active runs, and within their limits."""
    by_job, by_flow = defaultdict(set), defaultdict(set)
    for name, run in seen.runs.items():
        if run["status"] in ACTIVE:
            by_job[run["job_id"]].add(name)
            if run["flow_group"]:
                by_flow[run["flow_group"]].add(name)
    assert read.sets("active:job:") == by_job, "I3: overlap slots"
    assert read.sets("active:flow:") == by_flow, "I3: flow slots"
    for job, active in by_job.items():
        allowed = not seen.jobs.get(job) or json.loads(seen.jobs[job]["spec"])["inputs"].get("allow_overlap")
        assert allowed or len(active) <= 1, f"I1: job {job} has {active}"
    seen.flows = {group: len(active) for group, active in by_flow.items()}
    for group, count in seen.flows.items():
        lowest = min(read.zset(f"flow:{group}").values(), default=0)
        lowered = before is not None and count <= before.flows.get(group, 0)
        assert not lowest or count <= lowest or lowered, f"I2: flow group {group} has {count} of {lowest}"


def _slots(read: Reader, seen: Seen) -> None:
    """I8: each slot is decided once."""
    slots = Counter((run["job_id"], run["incarnation"], run["slot_at"]) for run in seen.runs.values() if run["slot_at"])
    assert not slots or max(slots.values()) == 1, f"I8: {slots.most_common(1)} became two runs"
    for job, rows in read.sets("ledger:", "lrange").items():
        last = -1
        for row in rows:
            verdict, first, end, *_, source, _ = row.split("|")
            assert verdict in "dsm" and len(row.encode()) <= 200, f"job {job}: {row}"
            if source:  # somebody asked for a run: the row is about no slot
                continue
            assert last < int(first) <= int(end), f"I8: job {job}: {row} after a slot at {last}"
            last = int(end)
        held, cursor = seen.jobs.get(job, {}).get("held_slot", ""), seen.jobs.get(job, {}).get("next_slot", "")
        assert last < int(held or cursor or last + 1), f"I8: job {job}: slot {held or cursor} is open and decided"


def _holds(read: Reader, seen: Seen) -> None:
    """I9: every open slot will be looked at again; nobody waits who is not held."""
    held = {job: record["held_guard"] for job, record in seen.jobs.items() if record.get("held_slot")}
    slots = {job: int(seen.jobs[job]["held_slot"]) for job in held}
    assert read.zset("held") == {job: held_index.score(held[job], slots[job]) for job in held}, "I9: index of held jobs"
    due = {"critical": set(read.zset("due:critical")), "regular": set(read.zset("due:regular"))}
    open_jobs = {"critical": set(), "regular": set()}
    aside = pause_books.waits_aside(read, seen.jobs, seen.pauses)
    for job, record in seen.jobs.items():
        lane = "critical" if record["priority"] == "critical" else "regular"
        if record["enabled"] == "1" and (record.get("next_slot") or record.get("held_slot")) and job not in aside:
            open_jobs[lane].add(job)
        if record["enabled"] != "1":
            assert not record.get("next_slot") and not record.get("held_slot"), f"I9: {job} is disabled and has a slot"
    assert due["critical"] >= open_jobs["critical"] and due["regular"] >= open_jobs["regular"], (
        "I9: due index lacks a job"
    )
    assert due["critical"] | due["regular"] <= {job for job, record in seen.jobs.items() if record["enabled"] == "1"}, (
        "I9: due"
    )
    for blocker, waiting in read.sets("waiting:flow:", "zrange").items():
        assert blocker in read.redis.smembers(read.prefix + "waiting:flows"), "I9: waiting flow groups"
        for job in waiting:
            assert held.get(job) == "flow_limit" and seen.jobs[job]["flow_group"] == blocker, (
                f"I9: {job} waits for {blocker}"
            )
    assert {held.get(job) for job in read.zset("waiting:pressure")} <= {"pressure"}, "I9: waiting for pressure"


def _limits(read: Reader, settings: Settings) -> None:
    """I10, I11: the two marks and the cap."""
    pressure = read.redis.hgetall(read.prefix + "pressure")
    if pressure:
        depth = int(pressure["changed_depth"])
        right = depth >= settings.pressure_high if pressure["on"] == "1" else depth <= settings.pressure_low
        assert right, f"I10: pressure is {pressure['on']} since depth {depth}"
    for window in read.matching("window:"):
        assert int(read.redis.get(f"{read.prefix}window:{window}") or 0) <= settings.max_dispatch_per_tick, "I11: cap"


def _memory(read: Reader, seen: Seen) -> None:
    """I12: the cooldown's formula, and who is failing; a job that is gone is not remembered."""
    failing = {}
    for job in read.matching("memory:"):
        memory = read.redis.hgetall(f"{read.prefix}memory:{job}")
        assert job in seen.jobs, f"I12: memory of {job}, which is gone"
        failures = int(memory.get("failures", 0))
        if failures:
            failing[job] = failures
        spec = json.loads(seen.jobs[job]["spec"])["inputs"]
        base = timedelta(seconds=spec.get("failure_cooldown_sec", 120))
        most = timedelta(seconds=spec.get("failure_cooldown_max_sec", 3600))
        wait = retry.cooldown(spec.get("failure_threshold", 3), base, most, failures)
        expected = str(int(memory["last_failure_at"]) + wait // MS) if wait else ""
        assert memory.get("cooldown_until", "") == expected, f"I12: {job} cools until {memory.get('cooldown_until')}"
    assert read.zset("failing") == failing, "I12: failing jobs"


def _events(read: Reader, before: Seen | None) -> int:
    """Event ids only rise, are their scores, and are indexed by job."""
    rows = read.redis.zrange(read.prefix + "events", 0, -1, withscores=True)
    by_job = defaultdict(list)
    for row, score in rows:
        number, _, job, _, text = row.split("|", 4)
        assert int(number) == int(score) and isinstance(json.loads(text), dict), row
        if job:
            by_job[job].append(number)
    assert len({row.split("|")[0] for row, _ in rows}) == len(rows), "two events with one id"
    assert read.sets("events:job:", "zrange") == by_job, "index of events"
    last = int(rows[-1][1]) if rows else 0
    assert last == int(read.redis.get(read.prefix + "events:last") or 0), "last event"
    assert before is None or last >= before.last_event, "event ids fell"
    return last


def _history(seen: Seen, before: Seen) -> None:
    """I6, I7, I16: tokens only rise, ends are final, no run vanishes, and nothing begins that is paused."""
    still = {blocker for blocker, text in seen.pauses.items() if before.pauses.get(blocker) == text}
    pause_books.nothing_began(seen.runs, before.runs, still)
    for name, old in before.runs.items():
        run = seen.runs.get(name)
        if run is None:
            assert old["status"] in FINAL, f"I9: run {name} vanished"
            continue
        assert int(run["token"]) >= int(old["token"]), f"I6: token of {name} fell"
        if old["status"] in FINAL:
            assert run == old, f"I7: {name} changed after its end"
        elif old["status"] == "running" and run["status"] == "running" and run["worker_id"] != old["worker_id"]:
            assert int(run["token"]) > int(old["token"]), f"I6: {name} changed hands without a new token"
