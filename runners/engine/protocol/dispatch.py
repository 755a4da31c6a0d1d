"""Typed calls of dispatch, admit and tick: from due slots to runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runners.engine import clock
from runners.engine.decision import Decision, encode
from runners.engine.guards import Hold
from runners.engine.job import Job
from runners.engine.protocol.creation import Creation, slot_ms
from runners.engine.protocol.scripts import call
from runners.engine.settings import Settings
from runners.engine.store.connection import Store


@dataclass(frozen=True, slots=True)
class Look:
    """What a scheduler decided when it looked at one job; compared and set against `job` as it was read.

    `next_slot_at` is the job's next undecided slot after this look, None when there is none; `look_at` is when to
    look again, None when only an event (a freed place, a person) can change anything. `decisions` are the slots that
    ended. Either `creation` or `held_slot_at` with `hold` says what became of the slot that was considered.
    """

    job: Job
    next_slot_at: datetime | None
    look_at: datetime | None
    decisions: tuple[Decision, ...] = ()
    creation: Creation | None = None
    held_slot_at: datetime | None = None
    hold: Hold | None = None

    def arguments(self) -> list[str | int]:
        """Return the script's arguments, in the order of `read_entry`."""
        rows = [encode(decision) for decision in self.decisions]
        missed = sum(decision.count for decision in self.decisions if decision.outcome == "missed")
        return [
            self.job.job_id,
            self.job.incarnation,
            slot_ms(self.job.next_slot_at),
            slot_ms(self.job.held.slot_at if self.job.held else None),
            slot_ms(self.next_slot_at),
            slot_ms(self.look_at),
            self._kind(),
            len(rows),
            *rows,
            json.dumps({"count": missed}) if missed else "",
            *self._outcome(),
        ]

    def _kind(self) -> str:
        return "run" if self.creation else "hold" if self.hold else "none"

    def _outcome(self) -> list[str | int]:
        if self.creation:
            return self.creation.arguments()
        if not self.hold:
            return []
        hold = self.hold
        until = slot_ms(hold.until)
        return [
            slot_ms(self.held_slot_at),
            hold.guard,
            hold.observed,
            hold.limit,
            ",".join(hold.blocked_by),
            hold.blocked_count,
            until,
            self._order(),
        ]

    def _order(self) -> int:
        """The place in a waiting set: critical jobs first, then the oldest slot."""
        slot = clock.to_ms(self.held_slot_at) if self.held_slot_at else 0
        return slot - 10**14 if self.job.controls.priority == "critical" else slot


@dataclass(frozen=True, slots=True)
class Tick:
    """What holds for all jobs at the start of a tick, and who is due (critical, regular), oldest first."""

    now: datetime
    depth: int
    pressure: bool
    dispatched: int
    paused: bool
    critical: tuple[str, ...]
    regular: tuple[str, ...]


def tick(store: Store, settings: Settings, limit: int) -> Tick:
    """Start a tick: at most `limit` due jobs of each lane. Turns pressure mode on or off by its two marks."""
    tick_ms = settings.tick // timedelta(milliseconds=1)
    answer = call(store, "tick", tick_ms, settings.pressure_high, settings.pressure_low, limit)
    now, depth, on, dispatched, paused, critical, regular = answer
    return Tick(clock.from_ms(int(now)), depth, bool(on), dispatched, bool(paused), tuple(critical), tuple(regular))


def dispatch(store: Store, settings: Settings, now: datetime, looks: Sequence[Look]) -> list[str]:
    """Carry out a batch of looks in one step each. Returns one word per look: ok, stale, or the refusing guard."""
    if not looks:
        return []
    window = clock.to_ms(now) // (settings.tick // timedelta(milliseconds=1))
    arguments = [argument for look in looks for argument in look.arguments()]
    marks = (settings.max_dispatch_per_tick, window, settings.pressure_high, settings.pressure_low)
    return [str(word) for word in call(store, "dispatch", *marks, len(looks), *arguments)]


def admit(store: Store, settings: Settings, creation: Creation) -> str:
    """Create a run that somebody asked for. Returns ok, exists, gone, or the name of the guard that refuses."""
    return str(call(store, "admit", settings.pressure_high, settings.pressure_low, *creation.arguments()))
