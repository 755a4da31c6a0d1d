-- Shared by all scripts: how much waits, who is looked at next, and the messages that say so.
local known_depth -- read once; what this script has queued since is counted, because it is only collected
local function depth()
  if known_depth then return known_depth end
  known_depth = 0
  for _, priority in ipairs(PRIORITIES) do known_depth = known_depth + call('ZCARD', K('pending:' .. priority)) end
  return known_depth
end

-- Two marks: on at high, off at low, nothing in between; kept in the store, one truth for all processes.
local pressure_on
local function pressed(high, low)
  if pressure_on == nil then pressure_on = call('HGET', K'pressure', 'on') == '1' end
  local on, waiting = pressure_on, depth()
  local turns_on, turns_off = not on and waiting >= high, on and waiting <= low
  if turns_on or turns_off then
    call('HMSET', K'pressure', 'on', turns_on and '1' or '0', 'since', NOW, 'changed_depth', waiting)
    event(turns_on and 'scheduler.pressure_mode_enabled' or 'scheduler.pressure_mode_released', '', '',
      '{"depth":' .. waiting .. ',"high":' .. high .. ',"low":' .. low .. '}')
    pressure_on = turns_on
  end
  return pressure_on, waiting
end

-- Puts a job back in front of the schedulers, so that they look at it at `when`. Answers whether it is enabled.
local function look_at(job, when)
  local fields = call('HMGET', K('job:' .. job), 'priority', 'enabled')
  if fields[2] ~= '1' then return false end
  call('ZADD', K('due:' .. (fields[1] == 'critical' and 'critical' or 'regular')), when, job)
  return true
end

-- What pauses a job first: everything, queue:PRIORITY, flow:GROUP or job (the order of guards.paused); nil when nothing does.
-- No script that asks changes a pause, so each is read once.
local suspended
local pauses = {}
local function is_paused(blocker)
  if pauses[blocker] == nil then pauses[blocker] = call('HEXISTS', K'paused', blocker) == 1 end
  return pauses[blocker]
end
local function pause_of(job, flow, priority)
  if suspended == nil then suspended = call('EXISTS', 'rq:suspended') == 1 end
  if suspended then return 'everything' end
  if is_paused('queue:' .. priority) then return 'queue:' .. priority end
  if flow ~= '' and is_paused('flow:' .. flow) then return 'flow:' .. flow end
  return call('HEXISTS', K('job:' .. job), 'paused') == 1 and 'job' or nil
end
local function first_of(blockers) return string.match(blockers, '^[^,]+') end

-- A group is known while jobs name it, or a person has set something for it.
local function forget_flow(group)
  if call('EXISTS', K('members:flow:' .. group)) == 1 or call('ZSCORE', K('flow:' .. group), ':group')
    or call('HEXISTS', K'paused', 'flow:' .. group) == 1 then return end
  call('ZREM', K'flows', group)
end

local function flow_limit(group)
  local lowest = call('ZRANGE', K('flow:' .. group), 0, 0, 'WITHSCORES')
  return tonumber(lowest[2] or '0')
end

-- Wakes as many jobs that wait for the group as it has room for, oldest slot first, critical before others.
local function wake_flow(group)
  local waiting, limit = K('waiting:flow:' .. group), flow_limit(group)
  local room = limit == 0 and 1000 or limit - call('SCARD', K('active:flow:' .. group))
  if room > 0 then
    for _, job in ipairs(call('ZRANGE', waiting, 0, room - 1)) do
      call('ZREM', waiting, job)
      look_at(job, NOW)
    end
  end
  if call('ZCARD', waiting) == 0 then call('SREM', K'waiting:flows', group) end
end

-- Wakes the group once, when all of its runs that end in this script have left it.
local freed_flows = {}
local function free_flow(group)
  if not freed_flows[group] then freed_flows[#freed_flows + 1] = group end
  freed_flows[group] = true
end

local function stop_waiting(job, guard, group, by)
  if guard == 'flow_limit' then call('ZREM', K('waiting:flow:' .. group), job)
  elseif guard == 'pressure' then call('ZREM', K'waiting:pressure', job)
  elseif guard == 'paused' then call('ZREM', K('waiting:paused:' .. (first_of(by) or '')), job) end
end

-- Takes a message that still waits out of its stream. Before a new one goes out: in a stream that was deleted it may get the same id.
local function drop_message(priority, pool, message)
  if transport == 'streams' and message and message ~= '' then call('XDEL', K('stream:' .. own(priority, pool)), message) end
end

-- Returns the message's id in Streams, '' in lists. The waiting workers are woken when the script settles.
local function send(run, priority, pool)
  wakes[pool] = (wakes[pool] or 0) + 1
  if transport == 'streams' then return call('XADD', K('stream:' .. own(priority, pool)), '*', 'run', run) end
  call('LPUSH', K('list:' .. own(priority, pool)), run)
  return ''
end

local function push(run, priority, pool)
  local id = send(run, priority, pool)
  if id ~= '' then call('HSET', K('run:' .. run), 'message_id', id) end
end

-- Every run that waits is in its priority's pending set, which tells the depth; those of another pool than the default one
-- are also in that of their pool.
local function wait_in_queue(run, priority, pool)
  known_depth = depth() + 1
  collect('ZADD', K('pending:' .. priority), NOW, run)
  if pool == '' then return end
  collect('ZADD', K('pending:' .. own(priority, pool)), NOW, run)
  collect('SADD', K'pools', pool)
end

local function leave_queue(run, priority, pool)
  call('ZREM', K('pending:' .. priority), run)
  if pool ~= '' then call('ZREM', K('pending:' .. own(priority, pool)), run) end
end

local function enqueue(run, priority, pool)
  wait_in_queue(run, priority, pool)
  push(run, priority, pool)
end
