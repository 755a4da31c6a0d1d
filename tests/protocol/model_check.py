"""The search through the model, and the invariants that every state and every step of it must keep."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

from tests.protocol.model import steps
from tests.protocol.model_world import ACTIVE, FINAL, MAX_RETRY, Bounds, Design, State, pool_of, start


@dataclass(frozen=True, slots=True)
class Checked:
    """What a search came to: how many states it saw, and the first invariant that broke with the steps that led there."""

    states: int
    broken: str | None = None
    trace: tuple[str, ...] = ()


def check(design: Design, bounds: Bounds) -> Checked:
    """Visit every state; stop at the first that is wrong. Then see that from each one everything can end (I9)."""
    first = start(bounds)
    numbers, states, came_from = {first: 0}, [first], [(-1, "")]
    before: list[list[int]] = [[]]
    ahead = deque([0])
    while ahead:
        here = ahead.popleft()
        for name, after in steps(states[here], design, bounds):
            number = numbers.get(after)
            if number is None:
                number = numbers[after] = len(states)
                states.append(after)
                came_from.append((here, name))
                before.append([])
                ahead.append(number)
                if fault := wrong_state(after, bounds):
                    return Checked(len(states), fault, trace(came_from, number))
            before[number].append(here)
            if fault := wrong_step(states[here], after):
                return Checked(len(states), fault, (*trace(came_from, here), name))
    stuck = first_stuck(states, before)
    if stuck is not None:
        return Checked(len(states), f"I9: {left_over(states[stuck])} can never end", trace(came_from, stuck))
    return Checked(len(states))


def trace(came_from: list[tuple[int, str]], number: int) -> tuple[str, ...]:
    names: list[str] = []
    while number > 0:
        number, name = came_from[number]
        names.append(name)
    return tuple(reversed(names))


def wrong_state(state: State, bounds: Bounds) -> str | None:
    """Return the invariant that this state breaks."""
    by_status: dict[str, set[int]] = {}
    for number, run in enumerate(state.runs):
        by_status.setdefault(run.status, set()).add(number)
        if run.attempt > MAX_RETRY:
            return f"I14: r{number} is at attempt {run.attempt}"
        if run.status == "running" and sum(hand[:2] == (number, run.token) for hand in state.hands) > 1:
            return f"I6: two workers hold the current token of r{number}"
    active = set().union(*(by_status.get(status, set()) for status in ACTIVE))
    jobs = [number // bounds.slots for number in active]
    if len(set(jobs)) < len(jobs):
        return f"I1: a job has two active runs among {sorted(active)}"
    if len(active) > bounds.flow_limit:
        return f"I2: {len(active)} active runs in a group of {bounds.flow_limit}"
    if state.places != active:
        return f"I3: places {sorted(state.places)}, active {sorted(active)}"
    if state.leases != by_status.get("running", set()) or state.pending != by_status.get("queued", set()):
        return "I4: leases or pending runs are not the running or queued ones"
    if state.retries != by_status.get("retrying", set()):
        return "I14: a retry is lost"
    if max(state.decided) > 1:
        return "I8: a slot was decided twice"
    if state.fewest < bounds.agree:
        return f"I13: {state.fewest} agreed where {bounds.agree} must"
    for number, _, pool in state.hands:
        if pool != pool_of(number, bounds):
            return f"I18: a worker of pool {pool} has r{number}"
    return wrong_approvals(state, by_status.get("waiting", set()))


def wrong_approvals(state: State, waiting: set[int]) -> str | None:
    """Each run that waits has its latest approval open, and no other approval is; each was decided on once at most."""
    if state.approvals != {(run, state.runs[run].asks) for run in waiting}:
        return f"I13: open are {sorted(state.approvals)}, and {sorted(waiting)} wait"
    if len(set(state.verdicts)) < len(state.verdicts):
        return f"I13: an approval was decided twice: {state.verdicts}"
    return None


def wrong_step(before: State, after: State) -> str | None:
    """Return the invariant that this step breaks."""
    for number, (old, new) in enumerate(zip(before.runs, after.runs, strict=True)):
        if new is old:
            continue
        if new.token < old.token:
            return f"I6: the token of r{number} fell"
        if old.status in FINAL and new.status != old.status:
            return f"I7: r{number} was {old.status} and is {new.status}"
        if new.status in ("success", "retrying") and new.status != old.status and old.status != "running":
            return f"I7: an end of r{number} was taken that was {old.status}"
        if old.status == "-" and new.status != "-" and before.paused:
            return f"paused: r{number} was created all the same"
    return apart(before, after) or fenced(before, after)


def apart(before: State, after: State) -> str | None:
    """A decision and its effect are one step: what ceases to wait was decided on then, and nothing else was."""
    ceased = [
        (number, old.asks)
        for number, (old, new) in enumerate(zip(before.runs, after.runs, strict=True))
        if new is not old and old.status == "waiting" and new.status != "waiting"
    ]
    if not ceased and after.verdicts == before.verdicts:
        return None  # as nearly every step
    decided = Counter(after.verdicts) - Counter(before.verdicts)
    return (
        None
        if Counter(ceased) == decided
        else f"I13: decided were {sorted(decided)}, and {sorted(ceased)} ceased to wait"
    )


def fenced(before: State, after: State) -> str | None:
    """A worker's word counts only with the current token: the hand that went had it, if its run changed."""
    gone = set(before.hands) - set(after.hands)
    for number, token, _ in gone:
        old, new = before.runs[number], after.runs[number]
        if new.status != old.status and token != old.token:
            return f"I6: r{number} was ended with token {token}, the current one is {old.token}"
    return None


def first_stuck(states: list[State], before: list[list[int]]) -> int | None:
    """Return the earliest state from which not everything can end, None when there is none."""
    can = [left_over(state) == "" for state in states]
    ahead = deque(number for number, well in enumerate(can) if well)
    while ahead:
        for earlier in before[ahead.popleft()]:
            if not can[earlier]:
                can[earlier] = True
                ahead.append(earlier)
    return can.index(False) if False in can else None


def left_over(state: State) -> str:
    """Return what has not ended: active runs, taken places, messages; '' when all has."""
    active = [f"r{number} ({run.status})" for number, run in enumerate(state.runs) if run.status in ACTIVE]
    places = ["its place"] if state.places and not active else []
    return ", ".join(active + places + [f"message of r{run}" for run, _ in state.messages])
