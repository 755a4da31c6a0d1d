"""The books of a deployment that has come to rest: what was recorded, what really ran, and what must be left over.

Problems are sentences; none means that the promises of the store held through whatever was done to it. `settle` brings
a deployment to rest, `close` does so through the store alone, where no web process serves.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import accumulate
from urllib.parse import quote

from runners.engine.decision import Decision, decode
from runners.engine.job import Job
from runners.engine.protocol.define import set_enabled
from runners.engine.run import Run, RunStatus
from runners.engine.schedule import next_slot
from runners.engine.store.jobs import all_ids, load_jobs, read_job
from runners.engine.store.keys import PRIORITIES
from runners.engine.store.runs import load_runs
from tests.faults.deployment import SELF, Deployment
from tests.faults.oracle import Start
from tests.waiting import wait_until

ENDS = (RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.CANCELLED)


DRAIN_SEC = 60.0


def settle(deployment: Deployment) -> list[str]:
    """Check every slot, stop the schedules through the API, wait until no run is active; returns the slots' problems.

    Fails when runs are still active after a minute.
    """
    return _settle(deployment, _disable_through_the_door, DRAIN_SEC)


def close(deployment: Deployment, timeout: float = 30.0) -> list[str]:
    """Settle through the store, and return every promise that is broken."""
    return _settle(deployment, _disable, timeout) + run_problems(deployment)


def _settle(deployment: Deployment, disable: Callable[[Deployment, str], object], timeout: float) -> list[str]:
    store = deployment.platform.store
    found = [problem for job_id in all_ids(store) for problem in slot_problems(*_snapshot(deployment, job_id))]
    for job in load_jobs(store, all_ids(store)).values():
        if job.enabled and job.spec.schedule:
            disable(deployment, job.job_id)
    wait_until(lambda: not _active(deployment), timeout, every=0.1)
    return found


def run_problems(deployment: Deployment) -> list[str]:
    """Return every promise about runs that a deployment at rest breaks."""
    runs, starts = _runs(deployment), deployment.oracle.starts()
    jobs = load_jobs(deployment.platform.store, all_ids(deployment.platform.store)).values()
    found = [*_unended(runs.values()), *_miscounted(deployment, runs.values()), *_leftovers(deployment, jobs)]
    if deployment.lossy:  # what really ran is known to the oracle only, when the store has lost its last moments
        return found
    lost = forgotten(starts, _tokens(deployment, runs))
    return [*found, *unrecorded(runs, starts), *unmarked(starts, lost), *crowds(deployment, jobs, starts)]


def _disable(deployment: Deployment, job_id: str) -> None:
    """Disable the job, however often a scheduler changes it meanwhile."""
    store = deployment.platform.store
    wait_until(lambda: set_enabled(store, deployment.job(job_id), False, SELF, store.now()).word == "ok")


def _disable_through_the_door(deployment: Deployment, job_id: str) -> None:
    deployment.client.insist("PUT", f"/jobs/{quote(job_id)}/disable")


def _snapshot(deployment: Deployment, job_id: str) -> tuple[Job, list[Decision]]:
    """Return job and ledger as they stood at one moment."""
    store = deployment.platform.store
    pipe = store.redis.pipeline(transaction=True)
    pipe.hgetall(store.keys.job(job_id))
    pipe.lrange(store.keys.ledger(job_id), 0, -1)
    fields, rows = pipe.execute()
    return read_job(fields), [decode(row) for row in rows]


def slot_problems(job: Job, ledger: Iterable[Decision]) -> Iterator[str]:
    """Yield each slot that was decided twice or not at all, from the first one to the job's cursor."""
    schedule = job.spec.schedule
    if schedule is None or schedule.interval is None or job.next_slot_at is None:
        return
    counted = Counter(slot for decision in ledger if not decision.asked for slot in _slots(decision, schedule.interval))
    if job.held:
        counted[job.held.slot_at] += 1
    expected = next_slot(schedule, job.anchor_at, job.anchor_at)
    while expected is not None and expected < job.next_slot_at:
        if counted[expected] != 1:
            yield f"job {job.job_id}: slot {expected} has {counted[expected]} decisions"
        del counted[expected]
        expected = next_slot(schedule, expected, job.anchor_at)
    yield from (f"job {job.job_id}: {slot} is no slot, or not due yet, but decided" for slot in counted)


def _slots(decision: Decision, interval: timedelta) -> list[datetime]:
    return [decision.slot_at + number * interval for number in range(decision.count)]


def _active(deployment: Deployment) -> int:
    store = deployment.platform.store
    return sum(store.redis.zcard(key) for key in _waiting_keys(deployment))


def _waiting_keys(deployment: Deployment) -> list[str]:
    keys = deployment.platform.store.keys
    return [*(keys.pending(priority) for priority in PRIORITIES), keys.leases, keys.retries]


def _runs(deployment: Deployment) -> dict[str, Run]:
    store = deployment.platform.store
    return load_runs(store, store.redis.zrange(store.keys.runs, 0, -1))


def _unended(runs: Iterable[Run]) -> Iterator[str]:
    return (f"run {run.run_id} is still {run.status}" for run in runs if run.status not in ENDS)


def _miscounted(deployment: Deployment, runs: Iterable[Run]) -> Iterator[str]:
    """Each run must have been counted once, when it ended: a second accepted end would show here."""
    store = deployment.platform.store
    recorded = Counter(f"runs|{run.job_type}|{run.status}" for run in runs)
    counted = {name: int(value) for name, value in store.redis.hgetall(store.keys.metrics).items()}
    for name in {name for name in counted if name.startswith("runs|")} | recorded.keys():
        if counted.get(name, 0) != recorded[name]:
            yield f"{name}: counted {counted.get(name, 0)} ends, recorded {recorded[name]}"


def unrecorded(runs: Mapping[str, Run], starts: list[Start]) -> Iterator[str]:
    """Yield each run that ran and is not recorded, or is recorded as a success and never ended."""
    ended = {start.run_id for start in starts if start.ended_at is not None}
    yield from (f"run {start.run_id} ran and is not recorded" for start in starts if start.run_id not in runs)
    for run in runs.values():
        if run.status == RunStatus.SUCCESS and run.job_type == "oracle.write" and run.run_id not in ended:
            yield f"run {run.run_id} is recorded as success and never ended"


def unmarked(starts: list[Start], lost: Collection[str] = ()) -> Iterator[str]:
    """Yield each run whose second start did not know that it was one; of `lost` ones nobody could have known."""
    first: set[str] = set()
    for start in starts:
        if start.run_id in first and not (start.attempt or start.redelivered):
            because = ": the server had forgotten a claim that it had answered" if start.run_id in lost else ""
            yield f"run {start.run_id} started again without a mark{because}"
        first.add(start.run_id)


def forgotten(starts: list[Start], tokens: Mapping[str, int]) -> set[str]:
    """Return the runs of which the server forgot a claim, by their fencing tokens at the end.

    A claim raises the token in the step that answers it, and nothing lowers it: fewer than there were claims proves it.
    """
    claims: dict[str, set[str]] = defaultdict(set)
    for start in starts:
        claims[start.run_id].add(start.claimed_at)
    return {run_id for run_id, times in claims.items() if run_id in tokens and tokens[run_id] < len(times)}


def _tokens(deployment: Deployment, run_ids: Iterable[str]) -> dict[str, int]:
    store, pipe = deployment.platform.store, deployment.platform.store.redis.pipeline(transaction=False)
    names = list(run_ids)
    for run_id in names:
        pipe.hget(store.keys.run(run_id), "token")
    return {run_id: int(token or 0) for run_id, token in zip(names, pipe.execute(), strict=True)}


def crowds(deployment: Deployment, jobs: Iterable[Job], starts: list[Start]) -> Iterator[str]:
    """Yield each moment at which more of a job, or of a flow group, ran than its guards allow."""
    intervals = _intervals(deployment, starts)
    jobs = list(jobs)
    for job in jobs:
        if not job.controls.allow_overlap and _most_at_once(intervals[job.job_id]) > 1:
            yield f"job {job.job_id}: {_most_at_once(intervals[job.job_id])} runs at once"
    for group in {job.controls.flow_group for job in jobs} - {None}:
        members = [job for job in jobs if job.controls.flow_group == group]
        most = _most_at_once([one for job in members for one in intervals[job.job_id]])
        limits = [job.controls.flow_max_active_runs for job in members if job.controls.flow_max_active_runs]
        if limits and most > min(limits):
            yield f"flow group {group}: {most} runs at once, {min(limits)} allowed"


def _intervals(deployment: Deployment, starts: list[Start]) -> dict[str, list[tuple[float, float]]]:
    """Return when each job really ran. A process that was put to sleep is left out: it could not know the time."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for start in starts:
        end = start.ended_at or deployment.killed.get(start.pid)
        if start.pid not in deployment.asleep and end is not None:
            found[start.job_id].append((start.started_at, end))
    return found


def _most_at_once(intervals: list[tuple[float, float]]) -> int:
    changes = sorted([(begin, 1) for begin, _ in intervals] + [(end, -1) for _, end in intervals])
    return max(accumulate(step for _, step in changes), default=0)


def _leftovers(deployment: Deployment, jobs: Iterable[Job]) -> Iterator[str]:
    store = deployment.platform.store
    for key in _waiting_keys(deployment):
        yield from (f"{key} still holds {run}" for run in store.redis.zrange(key, 0, 4))
    for job in jobs:
        places = store.keys.active_of_job(job.job_id)
        yield from (f"job {job.job_id}: place kept by {run}" for run in store.redis.smembers(places))
    yield from (f"{key} was left behind" for key in store.redis.scan_iter("rq:job:*", count=1000))
