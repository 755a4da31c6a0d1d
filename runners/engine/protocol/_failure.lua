-- Failures that are alike stand in one group: of one job, one kind and one line of the error (failure.py says which).
local GROUPS_OF_A_JOB, VERSIONS_OF_A_GROUP = 100, 100

-- The group's number; a line too many goes to the others of its kind.
local function group_of(job, kind, line)
  local of_job = K('failures:job:' .. job)
  local known = call('HGET', of_job, kind .. '|' .. line)
  if known then return known end
  if line ~= '*' and call('HLEN', of_job) >= GROUPS_OF_A_JOB then return group_of(job, kind, '*') end
  local group = int(call('INCR', K'failures:last'))
  call('HSET', of_job, kind .. '|' .. line, group)
  call('HMSET', K('failure:' .. group), 'job_id', job, 'kind', kind, 'line', line, 'first_at', NOW)
  return group
end

local function stand_in_group(run, job, kind, line, version, at)
  local group = group_of(job, kind, line)
  call('HSET', K('run:' .. run), 'failure_group', group)
  call('ZADD', K('failure:runs:' .. group), at, run)
  call('ZADD', K('failure:versions:' .. group), at, version)
  call('ZREMRANGEBYRANK', K('failure:versions:' .. group), 0, -VERSIONS_OF_A_GROUP - 1)
  call('ZADD', K'failures', at, group)
end

-- A group without a run is none.
local function leave_group(run, group)
  call('ZREM', K('failure:runs:' .. group), run)
  if call('EXISTS', K('failure:runs:' .. group)) == 1 then return end
  local v = call('HMGET', K('failure:' .. group), 'job_id', 'kind', 'line')
  if v[1] then call('HDEL', K('failures:job:' .. v[1]), (v[2] or '') .. '|' .. (v[3] or '')) end
  call('DEL', K('failure:' .. group), K('failure:versions:' .. group))
  call('ZREM', K'failures', group)
end
