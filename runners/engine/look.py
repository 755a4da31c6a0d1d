"""Looking at a job whose time has come: which slot is considered, which slots end, when to look again. Pure.

A job has at most one held slot. When its next slot falls due, the older one ends `skipped` by the guard that held it.
A slot is `missed` only if it fell due in a gap in which no scheduler looked; only then the misfire policy speaks.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from runners.engine.clock import MILLISECOND
from runners.engine.decision import Decision, dispatched, missed, skipped
from runners.engine.guards import Facts, Hold, first_hold, paused
from runners.engine.job import Job
from runners.engine.run import scheduled_run_id
from runners.engine.schedule import Misfire, Schedule, count_between, jitter_offset, next_slot, slots_between
from runners.engine.seen import seen, seen_by_cap

LATE = timedelta(seconds=5)
"""A slot that fell due this short before the schedulers came back counts as looked at in time."""
BEHIND = 2 * LATE
"""A slot whose successor, too, has been due for this long was left by the cap: after a gap nothing lags this far."""
REPLAYED = 100
"""`run_all` replays at most this many missed slots, the newest."""
REASONS = {Misfire.SKIP: "policy_skip", Misfire.RUN_ALL: "not_replayed", Misfire.RUN_ONCE: "coalesced"}
"""Why a missed slot does not run, by policy; one that is too late for any other policy than `run_all` is `too_late`."""
STORE_FULL = "store_full"
"""Why a slot was missed that fell due while the store was full, whatever its policy made of that."""
MISSES = (*dict.fromkeys(REASONS.values()), "too_late", STORE_FULL)
SLOTS_PER_LOOK = 2000
"""More missed slots than this are accounted for over several looks, so that no tick takes long."""
RECHECK = timedelta(seconds=60)
"""A held slot that no clock and no next slot ends is looked at again this often, should its wake-up be lost."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The last stretch of time in which no scheduler looked; from `full_from` on because the store was full, and let none."""

    start_at: datetime
    end_at: datetime
    full_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at `job` (as it was read) decided.

    `next_slot_at` is the job's next undecided slot after this look, None when there is none; `look_at` is when to
    look again. `decisions` are the slots that ended, oldest first. `run_slot_at` goes out as the run that the last
    decision names; or `held_slot_at` waits, and `hold` says why; or neither, when no slot is open. `seen` is what the
    guards saw.
    """

    job: Job
    next_slot_at: datetime | None
    look_at: datetime | None
    decisions: tuple[Decision, ...] = ()
    run_slot_at: datetime | None = None
    held_slot_at: datetime | None = None
    hold: Hold | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The slot to consider now (None: none is open), the slots that ended before it, and the next undecided slot.

    While `replaying`, the next slot waits its turn however long ago it fell due.
    """

    slot_at: datetime | None
    ended: tuple[Decision, ...]
    next_slot_at: datetime | None
    replaying: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The job as if it had been looked at while it was paused, and the slots that ended so; `behind` when some are left."""

    job: Job
    ended: tuple[Decision, ...] = ()
    behind: bool = False


def look(job: Job, facts: Facts, gap: Gap | None) -> Look | None:
    """Decide what becomes of the job's open slot now; None when the dispatch cap leaves it for the next window."""
    counted = count_paused(job, facts.now if paused(job, facts) else _pause_end(job, facts.now), facts.now)
    if counted.behind and counted.job.held:
        held, following = counted.job.held, counted.job.next_slot_at
        return Look(job, following, facts.now, counted.ended, None, held.slot_at, held.hold, held.seen)
    choice = choose(counted.job, facts, gap)
    if counted.ended:
        choice = replace(choice, ended=(*counted.ended, *choice.ended))
    if choice.slot_at is None:
        return Look(job, choice.next_slot_at, _due(job, choice.next_slot_at), choice.ended)
    hold = first_hold(job, facts)
    if hold is None:
        name = scheduled_run_id(job.job_id, job.incarnation, choice.slot_at)
        went = dispatched(choice.slot_at, facts.now, name, seen(job, facts))
        return Look(job, choice.next_slot_at, _due(job, choice.next_slot_at), (*choice.ended, went), choice.slot_at)
    if hold.guard == "dispatch_cap":
        return None
    again = _look_again(job, choice, hold, facts.now)
    return Look(job, choice.next_slot_at, again, choice.ended, None, choice.slot_at, hold, seen(job, facts))


def count_paused(job: Job, ended_at: datetime, now: datetime) -> Counted:
    """Count the slots that fell due while a pause kept the job from the schedulers, up to `ended_at`.

    All but the newest end as skipped; that one is held instead. Slots from before the pause stay as they are.
    """
    held, slot, schedule, end = job.held, job.next_slot_at, job.spec.schedule, ended_at - _offset(job)
    if held is None or held.hold.guard != "paused" or slot is None or schedule is None:
        return Counted(job)
    if slot > end or slot + _offset(job) <= held.since:
        return Counted(job)
    if schedule.interval:
        newest = next_slot(schedule, end - schedule.interval, job.anchor_at) or slot
        number, last = count_between(schedule, slot, newest, job.anchor_at), newest - schedule.interval
    else:
        slots = [slot, *slots_between(schedule, slot, end, job.anchor_at, SLOTS_PER_LOOK)]
        newest, number, last = slots[-1], len(slots) - 1, slots[-2] if len(slots) > 1 else held.slot_at
    ended = skipped(held.slot_at, now, held.hold, held.seen)
    ended = replace(ended, last_slot_at=last if number else held.slot_at, count=number + 1)
    following = next_slot(schedule, newest, job.anchor_at)
    moved = replace(job, held=replace(held, slot_at=newest), next_slot_at=following)
    return Counted(moved, (ended,), behind=following is not None and following <= end)


def paused_slots(job: Job, now: datetime) -> Decision | None:
    """Return the decision on all slots that a pause has kept until now, the held one included, when their schedule ends.

    None when no slot has fallen due since the held one.
    """
    counted = count_paused(job, _pause_end(job, now), now)
    if not counted.ended or counted.job.held is None:
        return None
    decision = counted.ended[0]
    while counted.behind:
        counted = count_paused(counted.job, _pause_end(job, now), now)
        decision = replace(decision, count=decision.count + counted.ended[0].count)
    newest = counted.job.held.slot_at if counted.job.held else decision.last_slot_at
    return replace(decision, last_slot_at=newest, count=decision.count + 1)


def _pause_end(job: Job, now: datetime) -> datetime:
    until = job.held.hold.until if job.held else None
    return now if until is None else min(until, now)


def choose(job: Job, facts: Facts, gap: Gap | None) -> Choice:
    """Return the slot to consider now, by the job's cursor, its held slot and the misfire policy."""
    slot, schedule, now = job.next_slot_at, job.spec.schedule, facts.now
    if schedule is None or slot is None or slot + _offset(job) > now:
        return _reconsider(job, now)
    if _in_gap(job, slot, gap) and gap is not None:
        if job.held and schedule.misfire is Misfire.RUN_ALL and not _too_late(job, job.held.slot_at, now):
            return Choice(job.held.slot_at, (), slot, replaying=True)
        return _misfire(job, schedule, slot, now, gap)
    after = next_slot(schedule, slot, job.anchor_at)
    if after is not None and after + _offset(job) <= now - BEHIND and not _before(job, slot, gap):
        return _catch_up(job, schedule, slot, facts)
    return Choice(slot, _superseded(job, now), after)


def _catch_up(job: Job, schedule: Schedule, slot: datetime, facts: Facts) -> Choice:
    """The cap left `slot` until later ones fell due: only the newest waits on, or the job would fall behind for ever."""
    due = slots_between(schedule, slot, facts.now - _offset(job), job.anchor_at, SLOTS_PER_LOOK)
    passed, newest = [slot, *due[:-1]], due[-1]
    left = Hold("dispatch_cap", observed=facts.cap, limit=facts.cap)
    ended = replace(skipped(slot, facts.now, left, seen_by_cap(facts.cap)), last_slot_at=passed[-1], count=len(passed))
    return Choice(newest, (*_superseded(job, facts.now), ended), next_slot(schedule, newest, job.anchor_at))


def _reconsider(job: Job, now: datetime) -> Choice:
    """The next slot is not due: the held one goes on waiting, unless its grace has ended."""
    if job.held is None:
        return Choice(None, (), job.next_slot_at)
    grace_end = _grace_end(job, job.held.slot_at)
    if grace_end is not None and now > grace_end:
        return Choice(None, _superseded(job, now), job.next_slot_at)
    return Choice(job.held.slot_at, (), job.next_slot_at)


def _misfire(job: Job, schedule: Schedule, slot: datetime, now: datetime, gap: Gap) -> Choice:
    last_due = gap.end_at - LATE - _offset(job)
    slots = [slot, *slots_between(schedule, slot, last_due, job.anchor_at, SLOTS_PER_LOOK)]
    after = next_slot(schedule, slots[-1], job.anchor_at)
    ended, reason = list(_superseded(job, now)), REASONS[schedule.misfire]
    left = slots[-REPLAYED:] if len(slots) > SLOTS_PER_LOOK else []
    slots = slots[: len(slots) - len(left)]
    old = [each for each in slots if _too_late(job, each, now)]
    fresh = slots[len(old) :]
    miss = partial(_missed, job, gap, now)
    if schedule.misfire is Misfire.RUN_ALL:  # the rest is one row, whatever keeps a slot from being replayed
        replayed = [] if left else fresh[-REPLAYED:]
        ended += miss(slots[: len(slots) - len(replayed)], reason)
        following = left[0] if left else replayed[1] if len(replayed) > 1 else after
        return Choice(replayed[0] if replayed else None, tuple(ended), following, replaying=bool(replayed))
    ended += miss(old, "too_late")
    if left:  # the newest may still run, which the next look decides
        return Choice(None, (*ended, *miss(fresh, reason)), left[0])
    if schedule.misfire is Misfire.SKIP:
        return Choice(None, (*ended, *miss(fresh, reason)), after)
    ended += miss(fresh[:-1], reason)
    return Choice(fresh[-1] if fresh else None, tuple(ended), after)


def _missed(job: Job, gap: Gap, now: datetime, slots: list[datetime], reason: str) -> list[Decision]:
    """Return one row for what a policy does not let run, and one for what fell due while the store was full."""
    began = gap.full_from or now
    full = [slot for slot in slots if slot + _offset(job) > began]
    parts = ((slots[: len(slots) - len(full)], reason), (full, STORE_FULL))
    return [missed(part[0], part[-1], len(part), now, why) for part, why in parts if part]


def _superseded(job: Job, now: datetime) -> tuple[Decision, ...]:
    return (skipped(job.held.slot_at, now, job.held.hold, job.held.seen),) if job.held else ()


def _too_late(job: Job, slot: datetime, now: datetime) -> bool:
    end = _grace_end(job, slot)
    return end is not None and now > end


def _in_gap(job: Job, slot: datetime, gap: Gap | None) -> bool:
    return gap is not None and gap.start_at < slot + _offset(job) <= gap.end_at - LATE


def _before(job: Job, slot: datetime, gap: Gap | None) -> bool:
    return gap is not None and slot + _offset(job) <= gap.start_at


def _offset(job: Job) -> timedelta:
    return jitter_offset(job.job_id, job.controls.jitter)


def _due(job: Job, slot: datetime | None) -> datetime | None:
    return None if slot is None else slot + _offset(job)


def _grace_end(job: Job, slot: datetime) -> datetime | None:
    grace = job.spec.schedule.misfire_grace if job.spec.schedule else None
    return None if grace is None else slot + _offset(job) + grace


def _look_again(job: Job, choice: Choice, hold: Hold, now: datetime) -> datetime | None:
    """A hold ends by an event that wakes the job, or at one of these times, whichever comes first.

    What is paused costs nothing: None, and its slots are counted when it goes on.
    """
    assert choice.slot_at is not None
    if hold.guard == "paused":
        return None
    grace_end = _grace_end(job, choice.slot_at)
    just_after = None if grace_end is None else grace_end + MILLISECOND
    superseded = None if choice.replaying else _due(job, choice.next_slot_at)
    times = [each for each in (superseded, hold.until, just_after) if each is not None]
    return min(times, default=now + RECHECK)
