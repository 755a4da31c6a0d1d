"""The invariants that a store can show, as pure judgements over what was read of one run, job or flow group.

Each yields `Broken`: the invariant's number and what breaks it. What was read belongs to one moment of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from runners.engine import retry
from runners.engine.clock import MILLISECOND, to_ms
from runners.engine.decision import Decision
from runners.engine.job import JobSpec
from runners.engine.settings import Settings

ACTIVE = frozenset({"queued", "running", "retrying", "waiting_approval"})
ENDED = frozenset({"success", "failed", "cancelled"})
CLOCK_SLACK_MS = 2_000


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold, and for what: a run, a job, a group."""

    invariant: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run's record, and where it stands. `places` are the names of the sets that have it; `now_ms` the store's time."""

    run_id: str
    record: Mapping[str, str]
    places: frozenset[str]
    lease_ms: int | None
    retry_ms: int | None
    now_ms: int


@dataclass(frozen=True, slots=True)
class JobFacts:
    """A job's record and what stands beside it. `active` maps its overlap slots to their creation; `ledger` is its tail.

    `set_aside` says that a pause holds it, and that the end of this pause wakes it.
    """

    job_id: str
    record: Mapping[str, str]
    spec: JobSpec | None
    active: Mapping[str, int]
    due: frozenset[str]
    held_ms: int | None
    held_by: str
    failing: int
    memory: Mapping[str, str]
    ledger: tuple[Decision, ...]
    last_run: Mapping[str, str]
    set_aside: bool = False


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A flow group: its active runs with their creation, its lowest limit, and when its members were last changed."""

    group: str
    active: Mapping[str, int]
    limit: int
    changed_ms: int


def run_rules(facts: RunFacts, settings: Settings) -> Iterator[Broken]:
    """Judge one run: I3, I4, I6, I7, I9, I13, I14 and I15."""
    record, name = facts.record, f"run {facts.run_id}"
    status = record.get("status", "")
    if status not in ACTIVE | ENDED:
        for place in sorted(facts.places - {"approvals"}):
            yield Broken(_of_place(place), name, f"there is no such run, and it stands in {place}")
        return
    priority = record.get("priority", "")
    if status in ACTIVE:
        for place in {"active:job", *(["active:flow"] if record.get("flow_group") else [])} - facts.places:
            yield Broken("I3", name, f"it is {status}, and {place} lacks it")
    else:
        for place in sorted(facts.places & {"active:job", "active:flow"}):
            yield Broken("I3", name, f"it is {status}, and still stands in {place}")
    wanted = {
        "queued": f"pending:{priority}",
        "running": "leases",
        "retrying": "retries",
        "waiting_approval": "waiting",
    }.get(status)
    for place in sorted(facts.places - {wanted}):
        if place.startswith(("pending:", "leases", "retries", "waiting")):
            yield Broken(_of_place(place), name, f"it is {status}, and stands in {place}")
    if wanted and wanted not in facts.places:
        yield Broken(_of_place(wanted), name, f"it is {status}, and {wanted} lacks it")
    if status == "waiting_approval" and "approvals" not in facts.places:
        yield Broken("I13", name, "it waits for a person, and its job has no open approval")
    yield from _ends(facts, status)
    yield from _numbers(facts, status)
    yield from _overdue(facts, status, settings)


def _of_place(place: str) -> str:
    """Return the invariant that a wrong place breaks."""
    if place.startswith("active:"):
        return "I3"
    return {"waiting": "I13", "retries": "I14"}.get(place, "I7" if "status" in place else "I4")


def _ends(facts: RunFacts, status: str) -> Iterator[Broken]:
    """I7: an end is one end, with its time, in its own list."""
    name, lists = f"run {facts.run_id}", {place for place in facts.places if place.startswith("status:")}
    own = {f"status:{status}"} if status in ENDED else set()
    if lists != own:
        yield Broken("I7", name, f"it is {status}, and stands among the ends {sorted(lists) or 'of none'}")
    if facts.record.get("failure_group") and "failures" not in facts.places:
        yield Broken("I7", name, f"it names group {facts.record['failure_group']} of failures, which lacks it")
    if (status in ENDED) != bool(facts.record.get("finished_at")):
        yield Broken("I7", name, f"it is {status} {'without' if status in ENDED else 'with'} a time of its end")


def _numbers(facts: RunFacts, status: str) -> Iterator[Broken]:
    """I6, I14, I15: tokens, attempts and times are what the scripts can have written."""
    record, name = facts.record, f"run {facts.run_id}"
    attempt, most, token = (_number(record.get(field)) for field in ("attempt", "max_retry", "token"))
    if attempt > most:
        yield Broken("I14", name, f"it is at attempt {attempt} of at most {most}")
    starts = _starts(record) + (1 if record.get("started_at") else 0)
    if token < starts:
        yield Broken("I6", name, f"it was started {starts} times, and its token is {token}")
    if status == "running" and not record.get("started_at"):
        yield Broken("I6", name, "it runs without a start")
    ahead = max(_number(record.get(field)) for field in ("created_at", "started_at", "finished_at"))
    if ahead > facts.now_ms + CLOCK_SLACK_MS:
        yield Broken("I15", name, f"its times are {(ahead - facts.now_ms) / 1000:.0f} s ahead of the store's clock")


def _starts(record: Mapping[str, str]) -> int:
    try:
        return len(json.loads(f"[{record.get('attempts', '')}]"))
    except ValueError:
        return 0


def _overdue(facts: RunFacts, status: str, settings: Settings) -> Iterator[Broken]:
    """I9: a lease that ran out long ago, or a retry that is long due, is a run that nobody ends."""
    patience = 2 * settings.reaper_tick + timedelta(seconds=1)
    if status == "running" and facts.lease_ms is not None:
        late = (facts.now_ms - facts.lease_ms) * MILLISECOND
        if late > settings.lease + patience:
            yield Broken("I9", f"run {facts.run_id}", f"its lease ran out {late.total_seconds():.0f} s ago")
    if status == "retrying" and facts.retry_ms is not None:
        late = (facts.now_ms - facts.retry_ms) * MILLISECOND
        if late > settings.lease + patience:
            yield Broken("I9", f"run {facts.run_id}", f"its next attempt was due {late.total_seconds():.0f} s ago")


def job_rules(facts: JobFacts) -> Iterator[Broken]:
    """Judge one job: I1, I8, I9 and I12."""
    name, record = f"job {facts.job_id}", facts.record
    changed = _number(record.get("updated_at"))
    alone = facts.spec is not None and not facts.spec.controls.allow_overlap
    # runs from before the last change may overlap, if that forbade it
    if alone and len(facts.active) > 1 and max(facts.active.values()) >= changed:
        yield Broken("I1", name, f"{len(facts.active)} runs are active: {', '.join(sorted(facts.active)[:3])}")
    yield from _slots(facts)
    yield from _holds(facts)
    yield from _cooling(facts)


def _slots(facts: JobFacts) -> Iterator[Broken]:
    """I8: the slots in the ledger only go on, and the open one comes after them. Runs that were asked for have none."""
    name, last = f"job {facts.job_id}", -1
    for decision in facts.ledger:
        if decision.asked:
            continue
        first, end = to_ms(decision.slot_at), to_ms(decision.last_slot_at)
        if first <= last:
            yield Broken("I8", name, f"the slot at {first} ms was decided after the one at {last} ms")
        last = max(last, end)
    opened = facts.record.get("held_slot") or facts.record.get("next_slot") or ""
    if opened.isdigit() and int(opened) <= last:
        yield Broken("I8", name, f"the slot at {opened} ms is open, and was decided already")


def _holds(facts: JobFacts) -> Iterator[Broken]:
    """I9: an open slot is looked at again; what is held stands among the held."""
    name, record = f"job {facts.job_id}", facts.record
    if not record:
        if facts.due or facts.held_ms is not None:
            yield Broken("I9", name, "there is no such job, and its slots are looked at")
        return
    lane = "critical" if record.get("priority") == "critical" else "regular"
    is_open = bool(record.get("next_slot") or record.get("held_slot"))
    if record.get("enabled") == "1" and is_open and lane not in facts.due and not facts.set_aside:
        yield Broken("I9", name, f"it has an open slot, and due:{lane} lacks it")
    held = record.get("held_slot") or ""
    if (str(facts.held_ms) if facts.held_ms is not None else "") != held:
        yield Broken("I9", name, f"its held slot is {held or 'none'}, and the held jobs say {facts.held_ms or 'none'}")
    if facts.held_by and facts.held_by != record.get("held_guard"):
        yield Broken(
            "I9", name, f"guard {record.get('held_guard') or 'none'} holds it, and the held jobs say {facts.held_by}"
        )


def _cooling(facts: JobFacts) -> Iterator[Broken]:
    """I12: who fails stands among the failing, and rests as long as the formula says."""
    name, memory = f"job {facts.job_id}", facts.memory
    failures = _number(memory.get("failures"))
    if failures != facts.failing:
        yield Broken("I12", name, f"it failed {failures} times in a row, and the failing jobs say {facts.failing}")
    until = memory.get("cooldown_until") or ""
    if not until or facts.spec is None:
        return
    wait = (_number(until) - _number(memory.get("last_failure_at"))) * MILLISECOND
    controls = facts.spec.controls
    right = retry.cooldown(controls.failure_threshold, controls.cooldown_base, controls.cooldown_max, failures)
    if wait != right and _by_this_spec(facts):
        yield Broken(
            "I12",
            name,
            f"it cools for {wait.total_seconds():g} s; {failures} failures mean {right.total_seconds():g} s",
        )


def _by_this_spec(facts: JobFacts) -> bool:
    """Say whether the failure that is remembered is the last run's, and that run was made by the present spec."""
    run = facts.last_run
    same = run.get("finished_at") == facts.memory.get("last_failure_at")
    return same and _number(run.get("created_at")) >= _number(facts.record.get("updated_at"))


def group_rules(facts: GroupFacts) -> Iterator[Broken]:
    """Judge one flow group: I2. A limit that was lowered holds for runs made after that."""
    above = facts.limit and len(facts.active) > facts.limit
    if above and max(facts.active.values()) >= facts.changed_ms:
        yield Broken(
            "I2", f"flow group {facts.group}", f"{len(facts.active)} runs are active, its limit is {facts.limit}"
        )


def _number(text: str | None) -> int:
    return int(text) if text and text.lstrip("-").isdigit() else 0
