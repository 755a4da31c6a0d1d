"""Which agents' runs stand behind a run: each that an agent starts carries the id of the run that asked for it as its trace."""

from __future__ import annotations

from runners.engine.store.connection import Store
from runners.engine.store.runs import load_run

LONGEST = 5
"""How many runs may be started one by the other: two agents that start each other end here."""


def lineage(store: Store, run_id: str) -> tuple[str, ...]:
    """Return the jobs of the runs that led to this one, the eldest first and its own last; at most LONGEST + 1 of them."""
    found: list[str] = []
    while len(found) <= LONGEST and (run := load_run(store, run_id)):
        found.append(run.job_id)
        run_id = run.trace_id
    return tuple(reversed(found))
