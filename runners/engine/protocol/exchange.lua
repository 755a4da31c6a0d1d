-- One call of a worker: finishes what it has done, then takes and claims what is next.
-- Answers {words for what was finished, {the values of TOLD_FIELDS, id, payload, those of LATER_FIELDS} for what was taken, refused
-- messages, the time of the claims}.
local worker, lease_ms, pool = arg(), tonumber(arg()), arg() -- '' is the default pool

-- `ending` makes what ends runs, which takes as long as to claim one: only where something has ended.
local finish, expire
local function make_ends()
  if not finish then finish, expire = ending() end
end

-- Taking and claiming are one step, so a message need not wait for an acknowledgement: it leaves the stream when it is
-- read, and from then on the run's lease says who has it. Redis 5 lets no script read as a group: there the oldest are read.
local function read_stream(key, number)
  local answer = redis.pcall('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', number, 'NOACK', 'STREAMS', key, '>')
  if type(answer) ~= 'table' or not answer.err then return answer and answer[1] and answer[1][2] or {} end
  if string.find(answer.err, 'NOGROUP') then return 'no group' end
  if string.find(answer.err, 'not allowed from script') then return call('XRANGE', key, '-', '+', 'COUNT', number) end
  error(answer.err)
end

local function pop_stream(key, number)
  local entries = read_stream(key, number)
  if entries == 'no group' then
    if call('EXISTS', key) == 0 then return {} end -- nobody has sent anything
    call('XGROUP', 'CREATE', key, GROUP, '0', 'MKSTREAM')
    entries = read_stream(key, number)
  end
  if #entries == 0 then return entries end
  -- the oldest so many: at least these were read, and nothing that was not; XDEL would look for each by itself
  call('XTRIM', key, 'MAXLEN', call('XLEN', key) - #entries)
  for i, entry in ipairs(entries) do entries[i] = entry[2] and entry[2][1] == 'run' and entry[2][2] or '?' end
  return entries
end

local function pop_list(key, number)
  local messages, oldest_last = {}, call('LRANGE', key, -number, -1)
  for i = 1, #oldest_last do messages[i] = oldest_last[#oldest_last + 1 - i] end
  if #messages > 0 then call('LTRIM', key, 0, -#messages - 1) end
  return messages
end

-- Returns the run ids of up to `number` messages, oldest first; the messages are gone now.
local function pop(priority, number)
  if transport == 'lists' then return pop_list(K('list:' .. own(priority, pool)), number) end
  return pop_stream(K('stream:' .. own(priority, pool)), number)
end

-- What the worker is told of a run, and what only its claim decides by (work.py knows the order); each costs time in every run, and
-- one that is not there the most: it is looked for among all.
local TOLD_FIELDS = {'token', 'priority', 'job_id', 'attempt', 'attempts', 'job_type', 'slot_at', 'created_at', 'scheduled_at', 'inputs',
  'timeout_ms', 'max_retry', 'backoff_sec', 'on_worker_lost', 'job_version', 'pool'}
local TOLD = #TOLD_FIELDS
local READ_FIELDS = {unpack(TOLD_FIELDS)}
for i, name in ipairs({'status', 'expires_at'}) do READ_FIELDS[TOLD + i] = name end
-- Only a run that has been back in the queue may have these; it has `attempts` then, if only ''.
local LATER_FIELDS = {'redelivered', 'granted'}

-- What the worker is told of a run, out of the values that were read of it: its id and payload take the places of the last two.
local function row_of(run, values, token, payload)
  values[1], values[TOLD + 1], values[TOLD + 2] = token, run.id, payload
  if run.later then values[TOLD + 3], values[TOLD + 4] = unpack(run.later) end
  return values
end

local LEASE_ENDS, LEASES = int(now + lease_ms), K'leases'
local function claim(run, values)
  -- the first time a run waits since it was created
  local since = tonumber(run.later and call('ZSCORE', K_of('pending:', run.priority), run.id) or run.created_at) or now
  if run.expires_at ~= '' then collect('ZREM', K'expiries', run.id) end
  local token = int(tonumber(run.token) + 1)
  call('HMSET', run.key, 'status', 'running', 'token', token, 'started_at', NOW, 'worker_id', worker, 'message_id', '')
  collect('ZADD', LEASES, LEASE_ENDS, run.id)
  local rq_job = 'rq:job:' .. run.id
  local payload = call('HGET', rq_job, 'data') or ''
  call('HMSET', rq_job, 'status', 'started', 'worker_name', worker)
  local wait = math.max(0, now - since)
  if wait > 0 then
    count_minute('wait_ms', wait)
    add(METRICS, 'wait_ms', wait)
  end
  count_within('wait', wait)
  event('run.started', run.job_id, run.id, '{"attempt":' .. run.attempt .. ',"worker_id":"' .. worker .. '"}')
  return row_of(run, values, token, payload)
end

-- The expiry of a run that has started once is in the index no more.
local function has_expired(run)
  local expires_at = run.expires_at ~= '' and call('ZSCORE', K'expiries', run.id)
  return expires_at and tonumber(expires_at) <= now
end

local function read_queued(id)
  local key = K('run:' .. id)
  local v = call('HMGET', key, unpack(READ_FIELDS))
  local run = {id = id, key = key, token = tonumber(v[1]) and v[1] or '0', priority = v[2] or '', job_id = v[3] or '',
    attempt = tonumber(v[4]) and v[4] or '0', later = v[5] and call('HMGET', key, unpack(LATER_FIELDS)), created_at = v[8] or '',
    pool = v[TOLD] or '', status = v[TOLD + 1] or '', expires_at = v[TOLD + 2] or ''}
  return run, v
end

local refused, taken = {}, {}
-- Claims the run that a message names, or drops the message; returns the run's id if it was claimed.
local function open(priority, id)
  if transport == 'lists' and string.match(id, '^#%d+$') then
    call('HSET', K'markers', 'passed:' .. own(priority, pool), string.sub(id, 2))
    call('HDEL', K'markers', 'open:' .. own(priority, pool))
    return nil
  end
  local run, values = read_queued(id)
  local waits = run.status == 'queued' and run.priority == priority and run.pool == pool
  local expired = waits and has_expired(run)
  if waits and not expired then
    taken[#taken + 1] = claim(run, values)
    return id
  end
  if expired then
    make_ends()
    expire(id)
  elseif run.status == '' then
    refused[#refused + 1] = id
    count('refused_messages')
  end
end

local looked, LOOKED_AT_ONCE = 0, 1000 -- messages of one call, so that dead ones never block the server for long
-- Takes up to `number` runs, in this order of priorities. Returns how many there were.
local function take(number, priorities)
  local before = #taken
  for _, priority in ipairs(priorities) do
    local claimed = {}
    while #taken - before < number and looked < LOOKED_AT_ONCE do
      local asked = number - (#taken - before)
      local messages = pop(priority, asked)
      if #messages == 0 then break end
      looked = looked + #messages
      for _, id in ipairs(messages) do claimed[#claimed + 1] = open(priority, id) end
      if #messages < asked then break end -- these were all
    end
    if #claimed > 0 then call('ZREM', K('pending:' .. priority), unpack(claimed)) end
    if #claimed > 0 and pool ~= '' then call('ZREM', K('pending:' .. own(priority, pool)), unpack(claimed)) end
  end
  return #taken - before
end

-- The priorities that are served now: none while everything is paused or this worker drains.
local function not_paused()
  local found = {}
  if call('EXISTS', 'rq:suspended') == 1 then return found end
  local paused = call('HMGET', K'paused', 'queue:critical', 'queue:normal', 'queue:low', 'drain:' .. worker)
  if paused[4] then return found end
  for place, priority in ipairs(PRIORITIES) do
    if not paused[place] then found[#found + 1] = priority end
  end
  return found
end

-- When the run that is next of a priority came into the queue; what names nobody comes first, so that it goes.
local function waits_since(priority)
  local next_one
  if transport == 'lists' then next_one = call('LINDEX', K('list:' .. own(priority, pool)), -1) or nil
  else
    local entry = call('XRANGE', K('stream:' .. own(priority, pool)), '-', '+', 'COUNT', 1)[1]
    next_one = entry and (entry[2][2] or '')
  end
  return next_one and tonumber(call('ZSCORE', K('pending:' .. priority), next_one) or '0') or math.huge
end

-- The oldest heads of the priorities first.
local function by_age(among)
  local heads, names = {}, {}
  for place, priority in ipairs(among) do heads[place] = {priority, waits_since(priority)} end
  table.sort(heads, function(a, b) return a[2] < b[2] end)
  for place, head in ipairs(heads) do names[place] = head[1] end
  return names
end

-- Those of the priorities that have messages.
local function waiting_of(among)
  local found = {}
  for _, priority in ipairs(among) do
    local messages
    if transport == 'lists' then messages = call('LLEN', K('list:' .. own(priority, pool)))
    else messages = call('XLEN', K('stream:' .. own(priority, pool))) end
    if messages > 0 then found[#found + 1] = priority end
  end
  return found
end

-- Critical first; every eighth take serves the oldest head whatever its priority, so that nothing starves. While a single
-- priority waits there is nothing to choose, and all that is wanted is read in one go.
local function take_all(wanted, open_now)
  local takes = K(own('takes', pool))
  local served = tonumber(call('GET', takes) or '0')
  while #taken < wanted and looked < LOOKED_AT_ONCE do
    local number, priorities, until_eighth = wanted - #taken, waiting_of(open_now), 7 - served % 8
    if #priorities > 1 then
      if until_eighth == 0 then number, priorities = 1, by_age(priorities) else number = math.min(number, until_eighth) end
    end
    local got = take(number, priorities)
    served = served + got
    if got < number then break end
  end
  if #taken > 0 then call('SET', takes, int(served)) end
end

-- the first write is one that a full Redis allows: what runs can always end, also behind a stale result that is counted
call('ZREM', K'leases', '')
local finished, number = {}, tonumber(arg())
if number > 0 then make_ends() end
for i = 1, number do finished[i] = finish(worker) end
local wanted = tonumber(arg())
local open_now = wanted > 0 and not_paused() or {}
if #open_now > 0 then
  settle()
  take_all(wanted, open_now)
end
return {finished, taken, refused, NOW}
