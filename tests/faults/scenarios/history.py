"""A long history: every page and list takes as long as ever, and the work goes on."""

import os
import statistics
import time

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import ask_for, schedule_jobs, wait_for_starts

COPIES_A_SECOND, MOST_COPIES = 20_000, 1_000_000
AT_ONCE = 500
PATHS = (
    "/runs",
    "/runs?status=failed",
    "/runs?job_id=past",
    "/events",
    "/jobs",
    "/queue",
    "/ui",
    "/ui/runs",
    "/ui/jobs",
)
COPY = """
-- makes copies of one ended run, with its places in every index, or takes them away again
local P, model, first, count, make = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local fields = redis.call('HGETALL', P .. 'run:' .. model)
local of = {}
for i = 1, #fields, 2 do of[fields[i]] = fields[i + 1] end
local created = tonumber(of.created_at)
for n = first, first + count - 1 do
  local id, at = 'run_2' .. string.format('%09d', n) .. '_copied', string.format('%.0f', created - 1000000000 + n)
  if make then
    redis.call('HMSET', P .. 'run:' .. id, unpack(fields))
    redis.call('HSET', P .. 'run:' .. id, 'created_at', at)
  else
    redis.call('DEL', P .. 'run:' .. id)
  end
  for _, index in ipairs({'runs', 'runs:job:' .. of.job_id, 'runs:status:' .. of.status, 'runs:source:' .. of.source}) do
    if make then redis.call('ZADD', P .. index, at, id) else redis.call('ZREM', P .. index, id) end
  end
end
return count
"""


def long(deployment: Deployment, seconds: float) -> int:
    """Copy a run that has ended up to a million times, then read every list, examine all, and run on; counts the copies."""
    deployment.start_all("scheduler", "worker")
    deployment.put("past", type="simulation.heavy", inputs={"work_ms": 100, "allow_overlap": True})
    model = ask_for(deployment, "past")
    deployment.wait_for(model, "success")
    short = _measure(deployment)
    copied = _copy(deployment, model, min(MOST_COPIES, int(COPIES_A_SECOND * seconds)), make=True)
    long_ago = _measure(deployment)
    for path in PATHS:
        print(
            f"{path}: {short[path] * 1000:.1f} ms with a short history, {long_ago[path] * 1000:.1f} ms with {copied} runs more"
        )
    _examine(deployment)
    schedule_jobs(deployment)
    wait_for_starts(deployment, 20)
    _copy(deployment, model, copied, make=False)
    return copied


def _copy(deployment: Deployment, model: str, count: int, *, make: bool) -> int:
    """Make copies in steps that block nobody for long, or take them away again: the books know nothing of them."""
    prefix = deployment.platform.store.keys.prefix
    with deployment.server.client() as client:
        copy = client.register_script(COPY)
        starts = range(0, count, AT_ONCE)
        return sum(copy([prefix], [model, start, min(AT_ONCE, count - start), int(make)]) for start in starts)


def _examine(deployment: Deployment) -> None:
    """Let the doctor look at all of it, and print what that took. The copies stand in no ledger and no counter; he may say so."""
    started = time.perf_counter()
    spawned = deployment.spawn("doctor", env=deployment.env)
    _, code, used = os.wait4(spawned.process.pid, 0)
    spawned.process.returncode = os.waitstatus_to_exitcode(code)
    deployment.spawn.spawned.remove(spawned)
    took, held = time.perf_counter() - started, used.ru_maxrss / 1024
    print(
        f"multijob doctor: {took:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of its own processor time, {held:.0f} MB"
    )
    print(spawned.text())
    assert spawned.process.returncode in (0, 1), f"the doctor ended with {spawned.process.returncode}"


def _measure(deployment: Deployment) -> dict[str, float]:
    """Return the median time of each path; fails when an answer is no success."""
    return {path: statistics.median(_ask(deployment, path) for _ in range(7)) for path in PATHS}


def _ask(deployment: Deployment, path: str) -> float:
    started = time.perf_counter()
    answer = deployment.client.send("GET", path)
    took = time.perf_counter() - started
    assert answer is not None and answer.status == 200, f"{path}: {answer}"
    return took
