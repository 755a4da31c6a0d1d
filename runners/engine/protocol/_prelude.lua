-- Shared by all scripts. KEYS[1] is the key prefix; ARGV[1] is '' or the time to believe (tests), in ms;
-- ARGV[2] is the transport, streams or lists. Names of keys are documented in store/keys.py.
-- The texts stay within Redis 3.2: HMSET, no GT/LT flags, no LMOVE; effects are replicated, because TIME is read.
if redis.replicate_commands then redis.replicate_commands() end
local P, now, transport = KEYS[1], tonumber(ARGV[1]), ARGV[2]
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local call = redis.call
local PRIORITIES = {'critical', 'normal', 'low'}
local GROUP = 'workers'

local function K(name) return P .. name end
-- Lua prints large numbers as 1.7e+15; Redis must see every digit
local function int(number) return string.format('%.0f', number) end
local NOW = int(now)

local next_arg = 2
local function arg()
  next_arg = next_arg + 1
  return ARGV[next_arg]
end
local function args(count)
  local list = {}
  for i = 1, count do list[i] = arg() end
  return list
end

local last_event
local function event(kind, job, run, json)
  last_event = last_event or tonumber(call('GET', K'events:last') or '0')
  last_event = math.max(now * 1000, last_event + 1)
  local id = int(last_event)
  call('SET', K'events:last', id)
  call('ZADD', K'events', id, id .. '|' .. kind .. '|' .. job .. '|' .. run .. '|' .. json)
  if job ~= '' then call('ZADD', K('events:job:' .. job), id, id) end
end

local function count(name) call('HINCRBY', K'metrics', name, 1) end
local function count_minute(name, amount)
  local key = K('minute:' .. int(math.floor(now / 60000)))
  if call('HINCRBY', key, name, amount) == amount then call('EXPIRE', key, 93600) end
end

local function strip(job, row)
  call('RPUSH', K('strip:' .. job), row)
  call('LTRIM', K('strip:' .. job), -30, -1)
end

local function depth()
  local sum = 0
  for _, priority in ipairs(PRIORITIES) do sum = sum + call('ZCARD', K('pending:' .. priority)) end
  return sum
end

-- Two marks: on at high, off at low, nothing in between; kept in the store, one truth for all processes.
local function pressed(high, low)
  local on, waiting = call('HGET', K'pressure', 'on') == '1', depth()
  local turns_on, turns_off = not on and waiting >= high, on and waiting <= low
  if turns_on or turns_off then
    call('HMSET', K'pressure', 'on', turns_on and '1' or '0', 'since', NOW, 'changed_depth', waiting)
    event(turns_on and 'scheduler.pressure_mode_enabled' or 'scheduler.pressure_mode_released', '', '',
      '{"depth":' .. waiting .. ',"high":' .. high .. ',"low":' .. low .. '}')
    on = turns_on
  end
  return on, waiting
end

-- Puts a job back in front of the schedulers, so that they look at it at `when`.
local function look_at(job, when)
  local fields = call('HMGET', K('job:' .. job), 'priority', 'enabled')
  if fields[2] ~= '1' then return end
  call('ZADD', K('due:' .. (fields[1] == 'critical' and 'critical' or 'regular')), when, job)
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

local function stop_waiting(job, guard, group)
  if guard == 'flow_limit' then call('ZREM', K('waiting:flow:' .. group), job)
  elseif guard == 'pressure' or guard == 'paused' then call('ZREM', K('waiting:' .. guard), job) end
end

local function push(run, priority)
  if transport == 'streams' then
    local id = call('XADD', K('stream:' .. priority), '*', 'run', run)
    call('HSET', K('run:' .. run), 'message_id', id)
  else
    call('LPUSH', K('list:' .. priority), run)
  end
  if call('LLEN', K'wake') < 64 then call('LPUSH', K'wake', '1') end
end

local function acknowledge(priority, message)
  if transport == 'streams' and message and message ~= '' then
    call('XACK', K('stream:' .. priority), GROUP, message)
    call('XDEL', K('stream:' .. priority), message)
  end
end

local function enqueue(run, priority)
  call('ZADD', K('pending:' .. priority), NOW, run)
  push(run, priority)
end
