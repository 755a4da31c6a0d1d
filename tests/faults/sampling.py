"""Looks at a running deployment again and again, each time at one instant of its store.

What a look finds is wrong whatever else happens: an active run without an owner and a deadline, two runs of a job
that allows one, more runs in a flow group than its lowest limit. Of a job with very many active runs it takes as many at
random as keep nobody waiting: a server that only answers looks would show nothing of a long queue.
"""

from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from tests.faults.meanwhile import Meanwhile

EVERY_SEC = 0.1
KEPT = 20
AT_ONCE = 500
LOOK = """
local P, found, at_once = KEYS[1], {}, tonumber(ARGV[1])
local function say(text) if #found < 20 then found[#found + 1] = text end end
local function score(key, id) return redis.call('ZSCORE', P .. key, id) end

-- who has to see to it that this run goes on, and by when
local function check(id, job)
  local v = redis.call('HMGET', P .. 'run:' .. id, 'status', 'priority', 'worker_id', 'job_id', 'timeout_ms')
  local status = v[1] or 'not recorded'
  if status == 'queued' then
    if not score('pending:' .. (v[2] or ''), id) then say('run ' .. id .. ' is queued, and in no queue') end
  elseif status == 'running' then
    if (v[3] or '') == '' then say('run ' .. id .. ' is running, and has no worker') end
    if not score('leases', id) then say('run ' .. id .. ' is running without a lease') end
    if not tonumber(v[5]) then say('run ' .. id .. ' is running without a timeout') end
  elseif status == 'retrying' then
    if not score('retries', id) then say('run ' .. id .. ' is retrying, and no time is set for it') end
  elseif status == 'waiting_approval' then
    local approval = redis.call('HGET', P .. 'run:' .. id, 'approval_id') or ''
    if not score('approvals:deadlines', approval) then say('run ' .. id .. ' waits for a person, and nobody is asked until any time') end
  else
    say('run ' .. id .. ' keeps a place of job ' .. job .. ', and is ' .. status)
  end
end

local flows = {}
for _, job in ipairs(redis.call('ZRANGE', P .. 'jobs', 0, -1)) do
  local v = redis.call('HMGET', P .. 'job:' .. job, 'spec', 'flow_group')
  local active = redis.call('SCARD', P .. 'active:job:' .. job)
  local readable, spec = pcall(cjson.decode, v[1] or '')
  if readable and not spec.inputs.allow_overlap and active > 1 then say('job ' .. job .. ' has ' .. active .. ' active runs') end
  for _, id in ipairs(redis.call('SRANDMEMBER', P .. 'active:job:' .. job, at_once)) do check(id, job) end
  if v[2] and v[2] ~= '' then flows[v[2]] = true end
end
for group in pairs(flows) do
  local lowest = tonumber(redis.call('ZRANGE', P .. 'flow:' .. group, 0, 0, 'WITHSCORES')[2] or '0')
  local count = redis.call('SCARD', P .. 'active:flow:' .. group)
  if lowest > 0 and count > lowest then say('flow group ' .. group .. ' has ' .. count .. ' active runs, ' .. lowest .. ' allowed') end
end
return found
"""


def look(client: Redis, prefix: str) -> list[str]:
    """Return what is wrong at this instant, in sentences. Raises RedisError."""
    found: Any = client.eval(LOOK, 1, prefix, AT_ONCE)
    return list(found)


class Sampling(Meanwhile):
    """Looks while the block runs.

    `looks` counts those that were answered; a store that is away is looked at later. `problems` are kept once each.
    """

    def __init__(self, look: Callable[[], list[str]]) -> None:
        """`look` raises RedisError or OSError when nobody answers."""
        super().__init__(EVERY_SEC)
        self._look = look
        self.looks = 0
        self.problems: list[str] = []

    def found(self) -> list[str]:
        """Return what was wrong; a play without a single look proves nothing."""
        return [*self.problems] if self.looks else ["no look at the running deployment was answered"]

    def step(self) -> None:
        """Look once."""
        try:
            found = self._look()
        except (RedisError, OSError):
            return
        self.looks += 1
        fresh = [f"seen while it ran: {one}" for one in found]
        self.problems += [one for one in fresh if one not in self.problems][: KEPT - len(self.problems)]
