"""Which agents' runs stand behind a run.

One that an agent starts carries the id of the run that asked for it as its trace; one of a schedule that an agent gave is of a
version of its job that names that run.
"""

from __future__ import annotations

from runners.agents.tools.tool import ActFailed
from runners.engine.run import Run
from runners.engine.store.connection import Store
from runners.engine.store.runs import load_run
from runners.engine.store.versions import run_behind

LONGEST = 5
"""How many runs may be started one by the other: two agents that start or schedule each other end here."""


def refuse_endless(store: Store, run_id: str, job_id: str) -> None:
    """Raise ActFailed, which names the chain, when no more runs may follow one another and this one is to bring about one of `job_id`."""
    behind = lineage(store, run_id)
    if len(behind) > LONGEST:
        chain = " > ".join((*behind, job_id))
        raise ActFailed(f"{LONGEST} runs started one the other already, and no more may: {chain}")


def lineage(store: Store, run_id: str) -> tuple[str, ...]:
    """Return the jobs of the runs that led to this one, the eldest first and its own last; at most LONGEST + 1 of them."""
    found: list[str] = []
    while len(found) <= LONGEST and (run := load_run(store, run_id)):
        found.append(run.job_id)
        run_id = _asked_by(store, run)
    return tuple(reversed(found))


def _asked_by(store: Store, run: Run) -> str:
    """Return the id of the run that brought about this one, or what is none."""
    return run_behind(store, run.job_id, run.job_version) if run.source == "schedule" else run.trace_id
