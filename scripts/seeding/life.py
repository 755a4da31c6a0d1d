"""What became of one job's slots: drawn by chance, with the times at which a scheduler and a worker would have acted. Pure.

A slot runs, is skipped by a guard, or is missed. A skipped slot was held until the next one fell due; a missed one fell due
while no scheduler looked, and the next one is dispatched late. So whatever does not run is followed by a slot that does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

MINUTE_MS = 60_000
LONGEST_RUN_MS = 50_000
"""How long an ordinary run takes at most; one that keeps the next slot waiting takes more than two intervals."""
FAILED, CANCELLED, SKIPPED, MISSED = 0.03, 0.01, 0.03, 0.01
"""How often a slot ends so."""
ERRORS = (
    "connection refused by the upstream server",
    "HTTP 503 from the billing service",
    "row 118: column 'amount' is not a number",
    "the report has no rows for this day",
    "TimeoutError: no answer after 20 s",
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a job: `end` is success, failed, cancelled, skipped or missed, `guard` what skipped it.

    `number` counts from 1. A run was created `late_ms` behind its slot, waited for `wait_ms` and took `took_ms`.
    """

    number: int
    end: str
    guard: str = ""
    late_ms: int = 0
    wait_ms: int = 0
    took_ms: int = 0
    error: str = ""

    @property
    def kind(self) -> str:
        """The failure kind of its run, '' for one that did not fail."""
        return "error" if self.end == "failed" else ""

    @property
    def ran(self) -> bool:
        """Say whether the slot became a run."""
        return self.end not in ("skipped", "missed")


def life(chance: Random, runs: int, guards: tuple[str, ...], failing: int) -> Iterator[Slot]:
    """Yield a job's slots until it has had `runs` runs, of which the last `failing` failed."""
    number = 0
    while runs:
        number += 1
        drawn = chance.random()
        if number > 1 and drawn < SKIPPED + MISSED:
            guard = chance.choice(guards) if drawn < SKIPPED else ""
            yield Slot(number, "skipped" if guard else "missed", guard)
            number += 1
        runs -= 1
        yield _run(chance, number, "failed" if runs < failing else _end(chance))


def _end(chance: Random) -> str:
    drawn = chance.random()
    return "failed" if drawn < FAILED else "cancelled" if drawn < FAILED + CANCELLED else "success"


def _run(chance: Random, number: int, end: str) -> Slot:
    took = min(int(chance.lognormvariate(7.5, 1.0)), LONGEST_RUN_MS)
    error = {"failed": chance.choice(ERRORS), "cancelled": "cancelled on request"}.get(end, "")
    return Slot(number, end, "", chance.randrange(250), 2 + chance.randrange(60), took, error)


def with_blockers(slots: Iterator[Slot], interval_ms: int) -> Iterator[Slot]:
    """Yield the slots with the run before an overlap long enough to hold two slots, and the run behind it as late."""
    before: Slot | None = None
    late_ms = 0
    for slot in slots:
        if before is not None:
            if slot.guard == "overlap":
                before = replace(before, took_ms=2 * interval_ms + 1_000)
                late_ms = before.late_ms + before.wait_ms + 1_000 + 5
            yield before
        before = slot
        if slot.ran and late_ms:
            before, late_ms = replace(slot, late_ms=late_ms), 0
    if before is not None:
        yield before
