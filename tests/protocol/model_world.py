"""What the model of the dispatch protocol is made of: its bounds, its design, a state, and the changes that steps share.

A state is all that the store and the processes know. `Design` says how the protocol decides; each of its fields turned
off is a protocol that somebody might have written, and must be found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

ACTIVE = frozenset({"queued", "running", "retrying", "waiting"})
FINAL = frozenset({"success", "failed", "cancelled"})
MAX_RETRY = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large the world is, and how often each fault may strike.

    `asks` is how often a run may wait for `people`, of whom `agree` must say yes. The runs of job j are of pool j % `pools`, and
    `strays` are messages that somebody puts into the queue of another pool.
    """

    jobs: int = 2
    slots: int = 2
    flow_limit: int = 1
    schedulers: int = 2
    workers: int = 2
    deaths: int = 0
    naps: int = 0
    losses: int = 0
    doubles: int = 0
    cancels: int = 0
    expiries: int = 0
    pauses: int = 0
    asks: int = 0
    people: int = 2
    agree: int = 1
    pools: int = 1
    strays: int = 0


@dataclass(frozen=True, slots=True)
class Design:
    """What the scripts compare and write; all of it in the protocol as it is built."""

    a_slot_is_compared: bool = True
    dispatch_is_one_step: bool = True
    the_script_checks_overlap: bool = True
    the_script_checks_the_flow_limit: bool = True
    the_script_checks_the_pause: bool = True
    a_claim_compares: bool = True
    the_token_rises: bool = True
    a_finish_is_fenced: bool = True
    retries_are_counted: bool = True
    a_retry_is_kept: bool = True
    the_reaper_looks: bool = True
    the_reaper_frees_places: bool = True
    lost_messages_are_pushed_again: bool = True
    a_cancel_compares: bool = True
    an_expiry_compares: bool = True
    an_ask_is_fenced: bool = True
    a_decision_compares: bool = True
    a_decision_names_what_was_shown: bool = True
    a_decision_carries_its_effect: bool = True
    a_cancel_closes_the_approval: bool = True
    silence_decides: bool = True
    agreement_is_counted: bool = True
    a_person_counts_once: bool = True
    a_claim_compares_the_pool: bool = True
    a_run_comes_back_to_its_pool: bool = True


class Run(NamedTuple):
    """A run's record. `asks` is the number of its latest approval, `pool` is whose workers may take it."""

    status: str = "-"
    token: int = 0
    attempt: int = 0
    cancel: bool = False
    asks: int = 0
    pool: int = 0


class State(NamedTuple):
    """Everything. Runs are numbered job * slots + slot; a hand is (run, token, pool of its worker), a message (run, pool of
    its queue), what was read is (job, slot, step).

    An approval is (run, number): `approvals` are those that wait, `shown` what people have read and by whom, `agreed` who
    has said yes to which of those that wait, `verdicts` what was decided, each as often as it was. `fewest` is of how many
    people's yes a run has gone on, at the least.
    """

    cursors: tuple[int, ...]
    decided: tuple[int, ...]
    runs: tuple[Run, ...]
    places: frozenset[int]
    pending: frozenset[int]
    leases: frozenset[int]
    retries: frozenset[int]
    messages: tuple[tuple[int, int], ...]
    reading: tuple[tuple[int, int, str], ...]
    hands: tuple[tuple[int, int, int], ...]
    paused: bool
    approvals: frozenset[tuple[int, int]]
    shown: tuple[tuple[int, int, int], ...]
    agreed: tuple[tuple[int, int, int], ...]
    fewest: int
    verdicts: tuple[tuple[int, int], ...]
    faults: tuple[tuple[str, int], ...]


Step = tuple[str, State]


def start(bounds: Bounds) -> State:
    """Return the state before anything happened."""
    runs = bounds.jobs * bounds.slots
    kinds = ("deaths", "naps", "losses", "doubles", "cancels", "expiries", "pauses", "asks", "strays")
    left = tuple((kind, getattr(bounds, kind)) for kind in kinds)
    none: frozenset[int] = frozenset()
    sets = (none, none, none, none)
    records = tuple(Run(pool=pool_of(run, bounds)) for run in range(runs))
    asked = (frozenset[tuple[int, int]](), (), (), bounds.agree, ())
    return State((0,) * bounds.jobs, (0,) * runs, records, *sets, (), (), (), False, *asked, left)


def pool_of(run: int, bounds: Bounds) -> int:
    """Return the pool that the job of this run names."""
    return run // bounds.slots % bounds.pools


def changed(state: State, run: int, **now: object) -> tuple[Run, ...]:
    return (*state.runs[:run], state.runs[run]._replace(**now), *state.runs[run + 1 :])


def counted(numbers: tuple[int, ...], place: int) -> tuple[int, ...]:
    return (*numbers[:place], numbers[place] + 1, *numbers[place + 1 :])


def without(items: tuple[Any, ...], item: object) -> tuple[Any, ...]:
    place = items.index(item)
    return (*items[:place], *items[place + 1 :])


def with_one(items: tuple[Any, ...], item: object) -> tuple[Any, ...]:
    """Schedulers, workers and messages are alike: in order, states that differ by their names only are one."""
    return tuple(sorted((*items, item)))


def struck(state: State, kind: str) -> tuple[tuple[str, int], ...] | None:
    """Return the faults that are left after one of this kind, None when it may not strike any more."""
    left = dict(state.faults)
    return tuple((name, n - (name == kind)) for name, n in state.faults) if left[kind] else None


def enqueued(state: State, run: int, pool: int | None = None) -> State:
    """One more message of the run, in the queue of its pool, or of another one that somebody names."""
    return state._replace(messages=with_one(state.messages, (run, state.runs[run].pool if pool is None else pool)))


def ended(state: State, run: int, status: str, *, frees: bool = True) -> State:
    return state._replace(
        runs=changed(state, run, status=status),
        places=state.places - {run} if frees else state.places,
        pending=state.pending - {run},
        leases=state.leases - {run},
        retries=state.retries - {run},
    )
