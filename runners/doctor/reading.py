"""Reading what the rules judge: small batches, each in one transaction, so that a busy store never shows half a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from runners.doctor.rules import ENDED, GroupFacts, JobFacts, RunFacts
from runners.engine.clock import EPOCH, to_ms
from runners.engine.decision import Decision, decode
from runners.engine.job import JobSpec
from runners.engine.pause import JOB
from runners.engine.store import jobs
from runners.engine.store.connection import Store
from runners.engine.store.held import guard_of, slot_of
from runners.engine.store.keys import LANES, PRIORITIES

T = TypeVar("T")
AT_ONCE = 50
LEDGER_TAIL = 50
OWN_LIMIT = ":group"
READ_OF_A_RUN = (
    *("status", "priority", "flow_group", "attempt", "max_retry", "token", "attempts"),
    *("created_at", "started_at", "finished_at", "failure_group"),
)
Owner = tuple[str, str]
"""The job and the flow group whose sets a run is looked for in; '' for none."""


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield the items a few at a time."""
    rest = iter(items)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch


def read_runs(store: Store, found: Mapping[str, Owner]) -> Iterator[RunFacts]:
    """Yield the facts of runs; each comes with the job and group in whose sets it was found, if it was."""
    for batch in batches(found.items()):
        names = [run_id for run_id, _ in batch]
        owners, groups = _owners(store, batch), _groups(store, names)
        pipeline = store.redis.pipeline(transaction=True)
        for run_id, owner, group in zip(names, owners, groups, strict=True):
            _ask_of_run(pipeline, store, run_id, owner, group)
        now_ms = to_ms(store.now())
        answers = iter(pipeline.execute())
        for run_id, owner in zip(names, owners, strict=True):
            yield _run_facts(store, run_id, owner, answers, now_ms)


def _owners(store: Store, batch: list[tuple[str, Owner]]) -> list[Owner]:
    """Return each run's own job and group; they never change, so they may be read before the rest."""
    pipeline = store.redis.pipeline(transaction=False)
    for run_id, _ in batch:
        pipeline.hmget(store.keys.run(run_id), "job_id", "flow_group")
    return [
        (job or owner[0], flow or owner[1]) for (job, flow), (_, owner) in zip(pipeline.execute(), batch, strict=True)
    ]


def _groups(store: Store, names: list[str]) -> list[str]:
    """Return the group of failures that each run says it stands in, '' for none; one that has ended stays in its own."""
    pipeline = store.redis.pipeline(transaction=False)
    for run_id in names:
        pipeline.hget(store.keys.run(run_id), "failure_group")
    return [group or "" for group in pipeline.execute()]


def _scored(store: Store) -> dict[str, str]:
    """Return the sorted sets that a run may stand in, by the names that the rules use."""
    keys = store.keys
    pending = {f"pending:{priority}": keys.pending(priority) for priority in PRIORITIES}
    ends = {f"status:{status}": keys.runs_of("status", status) for status in sorted(ENDED)}
    return {"leases": keys.leases, "retries": keys.retries, "waiting": keys.waiting_runs} | pending | ends


def _ask_of_run(pipeline: Any, store: Store, run_id: str, owner: Owner, group: str) -> None:
    pipeline.hmget(store.keys.run(run_id), READ_OF_A_RUN)
    for key in _scored(store).values():
        pipeline.zscore(key, run_id)
    pipeline.sismember(store.keys.active_of_job(owner[0]), run_id)
    pipeline.sismember(store.keys.active_of_flow(owner[1]), run_id)
    pipeline.exists(store.keys.approvals(owner[0]))
    pipeline.zscore(store.keys.failure_runs(group), run_id)


def _run_facts(store: Store, run_id: str, owner: Owner, answers: Iterator[Any], now_ms: int) -> RunFacts:
    record = {name: value for name, value in zip(READ_OF_A_RUN, next(answers), strict=True) if value}
    scores = {name: next(answers) for name in _scored(store)}
    places = {name for name, score in scores.items() if score is not None}
    places |= {name for name in ("active:job", "active:flow", "approvals") if next(answers)}
    places |= {"failures"} if next(answers) is not None else set()
    lease, due = scores["leases"], scores["retries"]
    return RunFacts(run_id, record, frozenset(places), _whole(lease), _whole(due), now_ms)


def _whole(score: float | None) -> int | None:
    return None if score is None else int(score)


def read_jobs(store: Store, job_ids: Iterable[str]) -> Iterator[JobFacts]:
    """Yield the facts of jobs, of deleted ones too; a record that cannot be read comes without its spec."""
    for batch in batches(job_ids):
        pipeline = store.redis.pipeline(transaction=True)
        for job_id in batch:
            _ask_of_job(pipeline, store, job_id)
        answers = iter(pipeline.execute())
        for job_id in batch:
            yield _job_facts(store, job_id, [next(answers) for _ in range(8)])


def _ask_of_job(pipeline: Any, store: Store, job_id: str) -> None:
    keys = store.keys
    pipeline.hgetall(keys.job(job_id))
    pipeline.smembers(keys.active_of_job(job_id))
    for lane in LANES:
        pipeline.zscore(keys.due(lane), job_id)
    pipeline.zscore(keys.held, job_id)
    pipeline.zscore(keys.failing, job_id)
    pipeline.hgetall(keys.memory(job_id))
    pipeline.lrange(keys.ledger(job_id), -LEDGER_TAIL, -1)


def _job_facts(store: Store, job_id: str, answers: list[Any]) -> JobFacts:
    record, active, critical, regular, held, failing, memory, ledger = answers
    due = {lane for lane, score in zip(LANES, (critical, regular), strict=True) if score is not None}
    last: Any = (
        store.redis.hmget(store.keys.run(record.get("last_run_id", "")), "created_at", "finished_at") if memory else []
    )
    return JobFacts(
        job_id=job_id,
        record=record,
        spec=_spec(record),
        active=created(store, active),
        due=frozenset(due),
        held_ms=None if held is None else slot_of(held),
        held_by=guard_of(held or 0),
        failing=int(failing or 0),
        memory=memory,
        ledger=tuple(decision for row in ledger if (decision := _decision(row))),
        last_run={name: value for name, value in zip(("created_at", "finished_at"), last, strict=False) if value},
        set_aside=_set_aside(store, job_id, record),
    )


def _set_aside(store: Store, job_id: str, record: Mapping[str, str]) -> bool:
    if record.get("held_guard") != "paused":
        return False
    blocker = record.get("held_by", "").partition(",")[0]
    if blocker == JOB:
        return bool(record.get("paused"))
    return store.redis.zscore(store.keys.waiting(f"paused:{blocker}"), job_id) is not None


def _decision(row: str) -> Decision | None:
    try:
        return decode(row)
    except (KeyError, ValueError):
        return None


def _spec(record: Mapping[str, str]) -> JobSpec | None:
    try:
        return jobs.read_job(record).spec
    except (KeyError, ValueError):
        return None


def created(store: Store, run_ids: Iterable[str]) -> dict[str, int]:
    """Return when each run was created, 0 for one without a record."""
    wanted = sorted(run_ids)
    pipeline = store.redis.pipeline(transaction=False)
    for run_id in wanted:
        pipeline.hget(store.keys.run(run_id), "created_at")
    return {run_id: int(text or 0) for run_id, text in zip(wanted, pipeline.execute(), strict=True)}


def read_groups(store: Store, groups: Iterable[str]) -> Iterator[GroupFacts]:
    """Yield the facts of flow groups. When a group's own limit was set is not known: only what is made from now on counts."""
    begun = to_ms(store.now())
    for group in groups:
        pipeline = store.redis.pipeline(transaction=True)
        pipeline.smembers(store.keys.active_of_flow(group))
        pipeline.zrange(store.keys.flow_limits(group), 0, -1, withscores=True)
        active, limits = pipeline.execute()
        members = jobs.load_jobs(store, [member for member, _ in limits if member != OWN_LIMIT]).values()
        changed = to_ms(max((job.updated_at for job in members), default=EPOCH))
        lowest = int(limits[0][1]) if limits else 0
        own = any(member == OWN_LIMIT for member, _ in limits)
        yield GroupFacts(group, created(store, active), lowest, max(changed, begun) if own else changed)
