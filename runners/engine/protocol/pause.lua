-- Pauses or resumes one thing, with its event: a job, a flow group, a queue (one priority), everything, or a worker (drain, stop).
-- Answers {word, pause}: ok, same (it was so before), or gone (there is no such thing); pause is what is in force now,
-- 'since|by', or ''. What was held goes back to the schedulers: a job at once, others as many in each tick as it can take.
local action, kind, name, by, json = arg(), arg(), arg(), arg(), arg()
local blocker = kind == 'everything' and kind or kind .. ':' .. name
local EVENTS = {drain = 'system.worker_draining', stop = 'system.worker_stopping', everything = 'queue.' .. action .. 'd'}

local function exists()
  if kind == 'job' then return call('EXISTS', K('job:' .. name)) == 1 end
  if kind == 'flow' then return call('ZSCORE', K'flows', name) end
  return kind ~= 'drain' and kind ~= 'stop' or call('EXISTS', K('process:' .. name)) == 1
end

local function read()
  if kind == 'everything' then return call('GET', 'rq:suspended') end
  if kind == 'job' then return call('HGET', K('job:' .. name), 'paused') end
  return call('HGET', K'paused', blocker)
end

local function write(text)
  if kind == 'everything' then call('SET', 'rq:suspended', text)
  elseif kind == 'job' then
    call('HSET', K('job:' .. name), 'paused', text)
    call('ZADD', K'paused:jobs', NOW, name)
  else
    call('HSET', K'paused', blocker, text)
    if kind == 'flow' then call('ZADD', K'paused:flows', NOW, name) end
  end
end

local function erase()
  if kind == 'everything' then call('DEL', 'rq:suspended')
  elseif kind == 'job' then
    call('HDEL', K('job:' .. name), 'paused')
    call('ZREM', K'paused:jobs', name)
  else
    call('HDEL', K'paused', blocker)
    if kind == 'flow' then
      call('ZREM', K'paused:flows', name)
      forget_flow(name)
    end
  end
end

local function give_back()
  if kind == 'job' then
    local v = call('HMGET', K('job:' .. name), 'held_guard', 'held_by')
    if v[1] == 'paused' then look_at(name, NOW) end
    if v[2] == 'job' then call('HSET', K('job:' .. name), 'held_until', NOW) end
  elseif call('ZCARD', K('waiting:paused:' .. blocker)) > 0 then call('ZADD', K'resumed', NOW, blocker) end
  wakes[''] = 1
  for _, pool in ipairs(call('SMEMBERS', K'pools')) do wakes[pool] = 1 end
end

if not exists() then return {'gone', ''} end
local before = read()
local is_paused = before and before ~= ''
if is_paused == (action == 'pause') then return {'same', is_paused and before or ''} end
call('ZREM', K'resumed', blocker) -- a first write that a full Redis allows, and with it the others
put_down()
local text = action == 'pause' and NOW .. '|' .. by or ''
if action == 'pause' then
  write(text)
  if kind == 'job' and (call('HGET', K('job:' .. name), 'held_guard') or '') ~= '' then look_at(name, NOW) end
else
  give_back()
  erase()
end
event(EVENTS[kind] or kind .. '.' .. action .. 'd', kind == 'job' and name or '', '', json)
return {'ok', text}
