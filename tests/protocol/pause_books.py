"""The invariants of pauses and flow groups, as one look at Redis from outside.

I16 what is paused starts nothing, and nothing that was held by a pause is forgotten · I17 the index of flow groups is
the groups that jobs name, or for which a person has set something.
"""

from collections import defaultdict
from typing import Any

Runs = dict[str, dict[str, str]]


def in_force(read: Any, jobs: Runs) -> dict[str, str]:
    """Return every pause by its blocker; a job's is `job:ID`."""
    found = dict(read.redis.hgetall(read.prefix + "paused"))
    found |= {f"job:{job}": record["paused"] for job, record in jobs.items() if record.get("paused")}
    everything = read.redis.get("rq:suspended")
    return found | ({"everything": everything} if everything else {})


def waits_aside(read: Any, jobs: Runs, pauses: dict[str, str]) -> set[str]:
    """I16: return the jobs that no scheduler looks at, because a pause holds them; each is woken when that one ends."""
    aside, resumed = set(), read.zset("resumed")
    for blocker, waiting in read.sets("waiting:paused:", "zrange").items():
        for job in waiting:
            record = jobs[job]
            first = record["held_by"].split(",")[0]
            assert (record["held_guard"], first) == ("paused", blocker), f"I16: {job} waits for {blocker}"
            awaited = blocker in pauses or blocker in resumed or blocker == "everything"
            assert awaited, f"I16: {job} waits for {blocker}, which is not paused"
            aside.add(job)
    for job, record in jobs.items():
        if record.get("held_guard") == "paused" and record["held_by"] == "job" and f"job:{job}" in pauses:
            aside.add(job)
    listed = {f"job:{name}" for name in read.zset("paused:jobs")} | {
        f"flow:{name}" for name in read.zset("paused:flows")
    }
    assert listed == {name for name in pauses if name.startswith(("job:", "flow:"))}, "I16: lists of what is paused"
    return aside


def nothing_began(runs: Runs, before: Runs, still: set[str]) -> None:
    """I16: between two looks nothing began of what was paused at both."""
    for name, run in runs.items():
        old = before.get(name)
        own = {"everything", f"queue:{run['priority']}", f"flow:{run['flow_group']}", f"job:{run['job_id']}"}
        assert old or not own & still, f"I16: run {name} was made while {own & still} is paused"
        began = run["status"] == "running" and int(run["token"]) > int(old["token"] if old else 0)
        stopped = still & {"everything", f"queue:{run['priority']}"}
        assert not (began and stopped), f"I16: run {name} was taken while {stopped} is paused"


def check_flow_groups(read: Any, jobs: Runs, pauses: dict[str, str]) -> None:
    """I17: members, and the index of groups."""
    members = defaultdict(set)
    for job, record in jobs.items():
        if record.get("flow_group"):
            members[record["flow_group"]].add(job)
    assert read.sets("members:flow:") == members, "I17: members of flow groups"
    limits = {group for group in read.matching("flow:") if ":group" in read.zset(f"flow:{group}")}
    paused = {name.removeprefix("flow:") for name in pauses if name.startswith("flow:")}
    assert set(read.zset("flows")) == set(members) | limits | paused, "I17: index of flow groups"
