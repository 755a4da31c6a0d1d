-- Pushes queued runs again whose message is gone, and heals lost wake-ups. Never touches a run's queued-at score.
-- Looks at so many runs of each priority, and flow groups, in one call. Answers the number of messages pushed. A message is a hint: one too many is dropped by the claim.
local limit = tonumber(arg())
local pushed = 0

local function again(id, priority)
  if call('HGET', K('run:' .. id), 'status') ~= 'queued' then
    call('ZREM', K('pending:' .. priority), id) -- a ghost: nothing waits under this id
    return
  end
  push(id, priority)
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

-- A queued run's message is good when it is in the stream and not delivered yet: taking and claiming are one step.
local function check_stream(priority)
  local key = K('stream:' .. priority)
  local delivered = delivered_up_to(key)
  if not delivered then
    call('XGROUP', 'CREATE', key, GROUP, '0', 'MKSTREAM')
    delivered = '0-0'
  end
  local start = tonumber(call('HGET', K'markers', 'place:' .. priority) or '0')
  local ids = call('ZRANGE', K('pending:' .. priority), start, start + limit - 1)
  for _, id in ipairs(ids) do
    local message = call('HGET', K('run:' .. id), 'message_id')
    local entry = message and message ~= '' and later(message, delivered) and call('XRANGE', key, message, message)[1]
    if not entry then
      drop_message(priority, message)
      again(id, priority)
    elseif entry[2][2] ~= id then -- a stream that was deleted and filled again in the same millisecond repeats its ids
      again(id, priority)
    end
  end
  call('HSET', K'markers', 'place:' .. priority, #ids < limit and 0 or start + limit)
end

-- A marker travels through the list; when it has passed, every run queued before it that still waits has lost its message.
-- Markers get lost, too: after a while another one follows.
local MARKER_LOST_MS = 600000
local function check_list(priority)
  local key, pending = K('list:' .. priority), K('pending:' .. priority)
  local passed = call('HGET', K'markers', 'passed:' .. priority)
  if call('LLEN', key) == 0 then
    for _, id in ipairs(call('ZRANGE', pending, 0, limit - 1)) do again(id, priority) end
    call('HDEL', K'markers', 'open:' .. priority, 'passed:' .. priority)
  elseif passed and tonumber(passed) > now then -- the clock was set back: that time says nothing about those that wait
    call('HDEL', K'markers', 'passed:' .. priority)
  elseif passed then
    for _, id in ipairs(call('ZRANGEBYSCORE', pending, '-inf', '(' .. passed, 'LIMIT', 0, limit)) do again(id, priority) end
    call('HDEL', K'markers', 'passed:' .. priority)
  elseif math.abs(now - tonumber(call('HGET', K'markers', 'open:' .. priority) or '0')) > MARKER_LOST_MS then
    call('LPUSH', key, '#' .. NOW)
    call('HSET', K'markers', 'open:' .. priority, NOW)
  end
end

for _, priority in ipairs(PRIORITIES) do
  if transport == 'streams' then check_stream(priority) else check_list(priority) end
end
for _, group in ipairs(call('SRANDMEMBER', K'waiting:flows', limit)) do wake_flow(group) end
return pushed
