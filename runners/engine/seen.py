"""What the guards saw when they decided, in a few bytes of a ledger row; and from there back to the guards: the replay.

The text is letters with numbers, only of what is not zero: 'c80l180r1t3' is a cap of 80, a low mark of 180, one active run
and a threshold of 3. Times are milliseconds after the moment of the decision. Pure.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from runners.engine.clock import MILLISECOND
from runners.engine.guards import BLOCKERS_KEPT, ONLY_SCHEDULED, PASSED_BY_IGNORE, Facts, Hold, first_hold
from runners.engine.job import Job, spec_from_json
from runners.engine.pause import Pause

UNNAMED = "?"
"""Stands for a run or an approval that counted and was not named."""
PRIORITIES = {"critical": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A decision's job and facts as far as guards look at them, and the guards that were passed over."""

    job: Job
    facts: Facts
    without: frozenset[str]


def passed_over(*, asked: bool, ignored: bool) -> frozenset[str]:
    """Return the guards that do not speak of a run: the cap, when somebody asked for it, and what they chose to ignore."""
    return (ONLY_SCHEDULED if asked else frozenset()) | (PASSED_BY_IGNORE if asked and ignored else frozenset())


def seen(job: Job, facts: Facts, *, ignored: bool = False) -> str:
    """Return what the guards see of `job` now."""
    controls = job.controls
    cooling = (facts.cooldown_until - facts.now) // MILLISECOND if facts.cooldown_until else 0
    numbers = {
        "p": len(facts.pauses) + bool(job.paused),
        "d": facts.dispatched,
        "c": facts.cap,
        "a": len(facts.approvals),
        "f": facts.failures,
        "u": max(cooling, 0),
        "P": int(facts.pressure),
        "q": facts.depth,
        "l": facts.pressure_low,
        "r": facts.active_count,
        "g": facts.flow_count,
        "m": facts.flow_limit,
        "G": int(controls.flow_group is not None),
        "O": int(controls.allow_overlap),
        "N": int(not controls.failure_memory_enabled),
        "t": controls.failure_threshold,
        "C": PRIORITIES.get(controls.priority, 0),
        "I": int(ignored),
    }
    return "".join([f"{letter}{number}" for letter, number in numbers.items() if number])


def seen_by_cap(cap: int) -> str:
    """Return what the cap saw of a slot that it left behind, time and again."""
    return f"d{cap}c{cap}"


def witnessed(text: str, now: datetime, blocked_by: tuple[str, ...], *, asked: bool) -> Witnessed:
    """Return what `seen` wrote at `now`, as the guards take it; `blocked_by` are the blockers that the row names."""
    numbers = {letter: int(number) for letter, number in re.findall(r"([A-Za-z])(\d+)", text)}

    def number(letter: str) -> int:
        return numbers.get(letter, 0)

    named = [*blocked_by, *[UNNAMED] * BLOCKERS_KEPT]
    facts = Facts(
        now=now,
        pauses=tuple(Pause(name, None, "") for name in named[: number("p")]),
        dispatched=number("d"),
        cap=number("c"),
        window_ends_at=None,
        approvals=(*blocked_by, *[UNNAMED] * number("a"))[: number("a")],
        failures=number("f"),
        cooldown_until=now + number("u") * MILLISECOND if number("u") else None,
        pressure=bool(number("P")),
        depth=number("q"),
        pressure_low=number("l"),
        active_runs=tuple(named[: number("r")][:BLOCKERS_KEPT]),
        active_count=number("r"),
        flow_runs=tuple(named[: number("g")][:BLOCKERS_KEPT]),
        flow_count=number("g"),
        flow_limit=number("m"),
    )
    return Witnessed(_job(numbers, now), facts, passed_over(asked=asked, ignored=bool(number("I"))))


def verdict(then: Witnessed) -> Hold | None:
    """Ask the guards of today about what was seen then."""
    return first_hold(then.job, then.facts, then.without)


def _job(numbers: dict[str, int], now: datetime) -> Job:
    controls = {
        "allow_overlap": bool(numbers.get("O")),
        "pressure_priority": next((name for name, code in PRIORITIES.items() if code == numbers.get("C")), "normal"),
        "flow_group": "group" if numbers.get("G") else None,
        "failure_memory_enabled": not numbers.get("N"),
        "failure_threshold": numbers.get("t", 3),
    }
    spec = spec_from_json({"job_id": "replayed", "type": "replayed", "inputs": controls})
    return Job(spec, 1, 1, True, now, now, now)
