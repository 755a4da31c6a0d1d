-- Pushes queued runs again whose message is gone, and heals lost wake-ups. Never touches a run's queued-at score.
-- Looks at so many runs of each priority, and flow groups, in one call. Answers the number of messages pushed. A message is a hint: one too many is dropped by the claim.
local limit = tonumber(arg())
local pushed = 0

local function again(id, priority, pool)
  if call('HGET', K('run:' .. id), 'status') ~= 'queued' then
    leave_queue(id, priority, pool) -- a ghost: nothing waits under this id
    return
  end
  push(id, priority, pool)
  pushed = pushed + 1
end

local function later(a, b) -- stream ids 'ms-sequence'
  local a_ms, a_seq = string.match(a, '(%d+)-(%d+)')
  local b_ms, b_seq = string.match(b, '(%d+)-(%d+)')
  if a_ms ~= b_ms then return tonumber(a_ms) > tonumber(b_ms) end
  return tonumber(a_seq) > tonumber(b_seq)
end

local function delivered_up_to(key)
  local groups = redis.pcall('XINFO', 'GROUPS', key)
  if groups.err or not groups[1] then return nil end
  for _, group in ipairs(groups) do
    local facts = {}
    for i = 1, #group, 2 do facts[group[i]] = group[i + 1] end
    if facts.name == GROUP then return facts['last-delivered-id'] end
  end
end

local delivered = {}
local function delivered_in(key)
  if not delivered[key] then
    delivered[key] = delivered_up_to(key)
    if not delivered[key] then
      call('XGROUP', 'CREATE', key, GROUP, '0', 'MKSTREAM')
      delivered[key] = '0-0'
    end
  end
  return delivered[key]
end

-- The next part of all that wait, those of other pools among them, who may be very many and wait for long. Answers whether
-- it was the last one, too.
local function next_part(name, highest)
  local start = tonumber(call('HGET', K'markers', 'place:' .. name) or '0')
  local ids = call('ZRANGEBYSCORE', K('pending:' .. name), '-inf', highest, 'LIMIT', start, limit)
  if start > 0 and #ids == 0 then
    start = 0
    ids = call('ZRANGEBYSCORE', K('pending:' .. name), '-inf', highest, 'LIMIT', start, limit)
  end
  local is_last = #ids < limit
  call('HSET', K'markers', 'place:' .. name, is_last and 0 or start + limit)
  return ids, is_last
end

-- A queued run's message is good when it is in the stream and not delivered yet: taking and claiming are one step.
local function check_stream(priority)
  for _, id in ipairs(next_part(priority, '+inf')) do
    local v = call('HMGET', K('run:' .. id), 'message_id', 'pool')
    local message, pool = v[1], v[2] or ''
    local key = K('stream:' .. own(priority, pool))
    local is_there = message and message ~= '' and later(message, delivered_in(key))
    local entry = is_there and call('XRANGE', key, message, message)[1]
    if not entry then
      drop_message(priority, pool, message)
      again(id, priority, pool)
    elseif entry[2][2] ~= id then -- a stream that was deleted and filled again in the same millisecond repeats its ids
      again(id, priority, pool)
    end
  end
end

-- Pushes those of the pool that came into the queue until `highest`. Answers whether these were all.
local function push_again(priority, pool, highest)
  local ids, is_last = next_part(own(priority, pool), highest)
  for _, id in ipairs(ids) do
    if (call('HGET', K('run:' .. id), 'pool') or '') == pool then again(id, priority, pool) end
  end
  return is_last
end

-- A marker travels through the list; when it has passed, every run queued before it that still waits has lost its message.
-- Markers get lost, too: after a while another one follows.
local MARKER_LOST_MS = 600000
local function check_list(priority, pool)
  local name = own(priority, pool)
  local passed = call('HGET', K'markers', 'passed:' .. name)
  if call('LLEN', K('list:' .. name)) == 0 then
    push_again(priority, pool, '+inf')
    call('HDEL', K'markers', 'open:' .. name, 'passed:' .. name)
  elseif passed and tonumber(passed) > now then -- the clock was set back: that time says nothing about those that wait
    call('HDEL', K'markers', 'passed:' .. name)
  elseif passed then
    if push_again(priority, pool, '(' .. passed) then call('HDEL', K'markers', 'passed:' .. name) end
  elseif math.abs(now - tonumber(call('HGET', K'markers', 'open:' .. name) or '0')) > MARKER_LOST_MS then
    call('LPUSH', K('list:' .. name), '#' .. NOW)
    call('HSET', K'markers', 'open:' .. name, NOW)
  end
end

-- A pool is known while runs wait in it; what it leaves behind are hints.
local function forget_pool(pool)
  for _, priority in ipairs(PRIORITIES) do
    if call('ZCARD', K('pending:' .. own(priority, pool))) > 0 then return end
  end
  for _, priority in ipairs(PRIORITIES) do
    local name = own(priority, pool)
    call('DEL', K('stream:' .. name), K('list:' .. name))
    call('HDEL', K'markers', 'place:' .. name, 'open:' .. name, 'passed:' .. name)
  end
  call('DEL', K('wake:' .. pool), K('takes:' .. pool))
  call('SREM', K'pools', pool)
end

local pools = call('SMEMBERS', K'pools')
for _, priority in ipairs(PRIORITIES) do
  if transport == 'streams' then check_stream(priority)
  else
    check_list(priority, '')
    for _, pool in ipairs(pools) do check_list(priority, pool) end
  end
end
for _, pool in ipairs(pools) do forget_pool(pool) end
for _, group in ipairs(call('SRANDMEMBER', K'waiting:flows', limit)) do wake_flow(group) end
return pushed
