"""Who held places in the past: of a job, and of the flow group that it is in, as far as the runs' records are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runners.engine import clock
from runners.engine.run import FailureKind, RunStatus, at
from runners.engine.store.connection import Store
from runners.engine.what_if.past import Claim

MOST_OWN, MOST_OTHERS = 2000, 5000
FIELDS = ("job_id", "created_at", "finished_at", "status", "failure_kind")


@dataclass(frozen=True, slots=True)
class Claims:
    """The job's runs, the group's other runs, and the lowest limit that anybody but the job states for the group (0 for none).

    From `complete_since` on no run is missing; None when all that there are were read.
    """

    own: tuple[Claim, ...]
    others: tuple[Claim, ...]
    other_limit: int
    complete_since: datetime | None


def read_claims(store: Store, job_id: str, group: str | None, since: datetime) -> Claims:
    """Return the newest claims from `since` on; two round trips, whatever there is. Records that cannot be read are left out."""
    pipe, least = store.redis.pipeline(transaction=False), clock.to_ms(since)
    pipe.zrevrangebyscore(store.keys.runs_of("job", job_id), "+inf", least, 0, MOST_OWN, withscores=True)
    if group:
        pipe.zrevrangebyscore(store.keys.runs_of("flow", group), "+inf", least, 0, MOST_OTHERS, withscores=True)
        pipe.zrange(store.keys.flow_limits(group), 0, 1, withscores=True)
    own, others, limits = (*pipe.execute(), [], [])[:3]
    mine = {run_id for run_id, _ in own}
    read = _read(store, [*mine, *(run_id for run_id, _ in others if run_id not in mine)])
    cut = [places[-1][1] for places, most in ((own, MOST_OWN), (others, MOST_OTHERS)) if len(places) == most]
    return Claims(
        own=tuple(claim for owner, claim in read if owner == job_id),
        others=tuple(claim for owner, claim in read if owner != job_id),
        other_limit=next((int(limit) for who, limit in limits if who != job_id), 0),
        complete_since=clock.from_ms(int(max(cut))) if cut else None,
    )


def _read(store: Store, run_ids: Sequence[str]) -> list[tuple[str, Claim]]:
    pipe = store.redis.pipeline(transaction=False)
    for run_id in run_ids:
        pipe.hmget(store.keys.run(run_id), FIELDS)
    found = zip(run_ids, pipe.execute() if run_ids else [], strict=True)
    return [claim for run_id, values in found if (claim := _claim(run_id, values))]


def _claim(run_id: str, values: Sequence[Any]) -> tuple[str, Claim] | None:
    job_id, created, finished, status, kind = values
    try:
        began = at(created)
        if began is None or not job_id:
            return None
        return job_id, Claim(run_id, began, at(finished), RunStatus(status), FailureKind(kind) if kind else None)
    except ValueError:
        return None
