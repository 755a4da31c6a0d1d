"""I13: an approval is decided once, and what it is about waits exactly as long as it does; seen from outside."""

import hashlib
import json
from collections import defaultdict
from typing import Any

Records = dict[str, dict[str, str]]
STATUSES = ("pending", "approved", "rejected", "expired", "void")


def check_approvals(read: Any, runs: Records, before: Records) -> Records:
    """Fail when an index, a waiting run or an earlier decision does not agree; return every approval's record."""
    found: Records = read.hashes("approval", read.zset("approvals"))
    by_status, by_job, pending_of = defaultdict(set), defaultdict(set), defaultdict(set)
    for name, record in found.items():
        by_status[record["status"]].add(name)
        by_job[record["job_id"]].add(name)
        if record["status"] == "pending":
            pending_of[record["job_id"]].add(name)
    for status in STATUSES:
        assert set(read.zset(f"approvals:status:{status}")) == by_status[status], f"I13: index of {status} approvals"
    assert read.sets("approvals:job:") == pending_of, "I13: pending approvals of jobs"
    assert {job: set(names) for job, names in read.sets("approvals:of:", "zrange").items()} == by_job, "I13: of jobs"
    due = {name: int(found[name]["expires_at"]) for name in by_status["pending"]}
    assert read.zset("approvals:deadlines") == due, "I13: deadlines"
    assert set(read.zset("approvals:reminders")) <= set(due), "I13: reminders"
    _runs_wait(read, runs, found)
    for name, old in before.items():
        now = found.get(name)
        assert now or old["status"] != "pending", f"I13: {name} vanished undecided"
        assert now is None or old["status"] == "pending" or now == old, f"I13: {name} was decided twice"
    return found


def _runs_wait(read: Any, runs: Records, found: Records) -> None:
    waiting = {name: run for name, run in runs.items() if run["status"] == "waiting_approval"}
    assert set(read.zset("approvals:runs")) == set(waiting), "I13: runs that wait for people"
    awaited = {record["run_id"] for record in found.values() if record["status"] == "pending" and record["run_id"]}
    assert awaited == set(waiting), "I13: a run waits for nobody, or an approval for no run"
    for name, run in waiting.items():
        approval = found[run["approval_id"]]
        assert (approval["status"], approval["run_id"]) == ("pending", name), (
            f"I13: {name} waits for a decided approval"
        )
        assert run["decide_by"] == approval["expires_at"], f"I9: {name} waits without its deadline"
    for name, run in runs.items():
        for row in json.loads(f"[{run.get('granted', '')}]"):
            record = found[row["id"]]
            assert record["status"] == "approved", f"I13: {name} goes on with {row['id']}, which is {record['status']}"
            assert record["digest"] == _digest(name, run, record), f"I13: {row['id']} is not what was shown"


def _digest(name: str, run: dict[str, str], record: dict[str, str]) -> str:
    shown = [record["job_id"], name, run["job_type"], int(run["job_version"]), run["inputs"]]
    shown += [json.loads(record["summary"]), json.loads(record["requests"])]
    return hashlib.sha256(json.dumps(shown, separators=(",", ":")).encode()).hexdigest()
