-- Makes or revokes a named token, or notes its use. Answers a word: ok, gone, taken (the name), full, same; of a use
-- first_today, later or gone.
local action = arg()
local MONTH_MS, MINUTE_MS, DAY_MS, FORGOTTEN = 30 * 86400000, 60000, 86400000, 100

local function live(id)
  local token = call('HMGET', K('token:' .. id), 'expires_at', 'revoked_at')
  return token[2] == '' and (token[1] == '' or token[1] and tonumber(token[1]) > now)
end

local function forget_ended()
  for _, id in ipairs(call('ZRANGEBYSCORE', K'tokens:ends', '-inf', int(now - MONTH_MS), 'LIMIT', 0, FORGOTTEN)) do
    local name = call('HGET', K('token:' .. id), 'name') or ''
    if call('HGET', K'tokens:names', name) == id then call('HDEL', K'tokens:names', name) end
    call('ZREM', K'tokens:ends', id)
    call('ZREM', K'tokens', id)
    call('DEL', K('token:' .. id))
  end
end

local function create()
  local name, id, role, digest, expires_at, by, most = some(7)
  local before = call('HGET', K'tokens:names', name)
  if before and live(before) then return 'taken' end
  if call('ZCARD', K'tokens') - call('ZCOUNT', K'tokens:ends', '-inf', NOW) >= tonumber(most) then return 'full' end
  call('HMSET', K('token:' .. id), 'name', name, 'role', role, 'digest', digest, 'created_at', NOW, 'created_by', by,
    'expires_at', expires_at, 'revoked_at', '', 'revoked_by', '', 'used_at', '')
  call('HSET', K'tokens:names', name, id)
  call('ZADD', K'tokens', NOW, id)
  if expires_at ~= '' then call('ZADD', K'tokens:ends', expires_at, id) end
  forget_ended()
  return 'ok'
end

local function revoke()
  local id, by = some(2)
  local token = call('HMGET', K('token:' .. id), 'name', 'revoked_at')
  if not token[1] then return 'gone' end
  if token[2] ~= '' then return 'same' end
  call('ZREM', K'tokens:ends', id) -- a first write that a full Redis allows, and with it the others
  call('ZADD', K'tokens:ends', NOW, id)
  call('HMSET', K('token:' .. id), 'revoked_at', NOW, 'revoked_by', by)
  if call('HGET', K'tokens:names', token[1]) == id then call('HDEL', K'tokens:names', token[1]) end
  return 'ok'
end

local function use()
  local id = arg()
  local used = call('HGET', K('token:' .. id), 'used_at')
  if not used then return 'gone' end
  local before = tonumber(used)
  if before and now - before < MINUTE_MS then return 'later' end
  call('HSET', K('token:' .. id), 'used_at', NOW)
  return before and math.floor(before / DAY_MS) == math.floor(now / DAY_MS) and 'later' or 'first_today'
end

if action == 'create' then return create() end
if action == 'revoke' then return revoke() end
return use()
