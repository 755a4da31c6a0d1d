"""Typed calls of dispatch, admit and tick: from due slots to runs."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from runners.engine import clock
from runners.engine.audit import Author
from runners.engine.clock import MILLISECOND
from runners.engine.decision import encode, skipped
from runners.engine.guards import Hold
from runners.engine.look import LATE, RECHECK, Gap, Look
from runners.engine.pause import encode as encode_pause
from runners.engine.protocol.audit import audited
from runners.engine.protocol.creation import Creation, scheduled, slot_ms
from runners.engine.protocol.scripts import call
from runners.engine.run import at
from runners.engine.settings import Settings
from runners.engine.store import held
from runners.engine.store.connection import Store
from runners.engine.store.guard_facts import World, read_pauses


@dataclass(frozen=True, slots=True)
class Tick:
    """What holds for all jobs at the start of a tick, and who is due (critical, regular), oldest first."""

    world: World
    gap: Gap | None
    critical: tuple[str, ...]
    regular: tuple[str, ...]


def tick(store: Store, settings: Settings, limit: int, full_for: timedelta = timedelta(0)) -> Tick:
    """Start a tick: at most `limit` due jobs of each lane. Turns pressure mode on or off by its two marks.

    `full_for` is how long the store has refused the caller's ticks because it was full.
    """
    marks = (settings.pressure_high, settings.pressure_low)
    spans = (LATE // MILLISECOND, full_for // MILLISECOND)
    answer = call(store, "tick", settings.tick // MILLISECOND, *marks, limit, *spans)
    now, depth, on, dispatched, (everything, ends_at, *queues), gap_start, gap_end, gap_full, critical, regular = answer
    start, end = at(gap_start), at(gap_end)
    gap = Gap(start, end, at(gap_full)) if start and end else None
    pauses = read_pauses(everything, at(ends_at), queues)
    world = World(clock.from_ms(int(now)), depth, bool(on), dispatched, pauses)
    return Tick(world, gap, tuple(critical), tuple(regular))


def dispatch(store: Store, settings: Settings, looks: Sequence[Look]) -> list[str]:
    """Carry out a batch of looks in one step each. Returns one word per look: ok, stale, or the refusing guard."""
    if not looks:
        return []
    arguments = [argument for look in looks for argument in _arguments(look)]
    marks = (
        settings.max_dispatch_per_tick,
        settings.tick // MILLISECOND,
        settings.pressure_high,
        settings.pressure_low,
    )
    return [str(word) for word in call(store, "dispatch", *marks, len(looks), *arguments)]


def set_aside(store: Store, job_ids: Collection[str]) -> None:
    """Look at due jobs that cannot be read only after a while again, so that they keep no other from its turn."""
    call(store, "set_aside", RECHECK // MILLISECOND, len(job_ids), *job_ids)


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to a run that somebody asked for.

    `word` is ok, exists (the same request came before), gone, stale (the job was changed after it was read), or the
    name of the guard that refuses; `run_id` names the run of the first two, and is '' else.
    """

    word: str
    run_id: str


def admit(
    store: Store,
    settings: Settings,
    creation: Creation,
    version: int,
    author: Author,
    once: str = "",
    saw: str = "",
) -> Admission:
    """Create a run that somebody asked for, of a job that was read at `version`, and its row in the ledger.

    `once` names a request that has one effect within a day, however often it is repeated; `saw` is what the guards saw
    when they let it pass.
    """
    marks = (settings.pressure_high, settings.pressure_low)
    word, run_id = audited(store, creation.entry(author), "admit", *marks, version, once, saw, *creation.arguments())
    return Admission(str(word), str(run_id))


def refuse(store: Store, job_id: str, source: str, hold: Hold, saw: str) -> None:
    """Put down that a run was asked for and refused; what is refused again for the same reason is counted in one row."""
    now = store.now()
    call(store, "refuse", job_id, encode(skipped(now, now, hold, saw, source)))


def _arguments(look: Look) -> list[str | int]:
    """Return the script's arguments for one look, in the order of `read_entry`."""
    rows = [encode(decision) for decision in look.decisions]
    missed = sum(decision.count for decision in look.decisions if decision.outcome == "missed")
    return [
        look.job.job_id,
        look.job.version,
        slot_ms(look.job.next_slot_at),
        slot_ms(look.job.held.slot_at if look.job.held else None),
        slot_ms(look.next_slot_at),
        slot_ms(look.look_at),
        "run" if look.run_slot_at else "hold" if look.hold else "none",
        len(rows),
        *rows,
        json.dumps({"count": missed}) if missed else "",
        *_outcome(look),
    ]


def _outcome(look: Look) -> list[str | int]:
    if look.run_slot_at:
        return scheduled(look.job, look.run_slot_at, str(look.decisions[-1].run_id)).arguments()
    hold = look.hold
    if hold is None:
        return []
    blockers = ",".join(hold.blocked_by)
    slot, until = slot_ms(look.held_slot_at), slot_ms(hold.until)
    pause = encode_pause(hold.pause) if hold.pause else ""
    place = held.score(hold.guard, int(slot))
    return [slot, hold.guard, hold.observed, hold.limit, blockers, hold.blocked_count, until, look.seen, pause, place]
