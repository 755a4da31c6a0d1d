-- Makes or revokes a named token. Answers a word: ok, gone, taken (the name), full, same.
local action = arg()
local MONTH_MS, FORGOTTEN = 30 * 86400000, 100

local function live(id)
  local token = call('HMGET', K('token:' .. id), 'expires_at', 'revoked_at')
  return token[2] == '' and (token[1] == '' or token[1] and tonumber(token[1]) > now)
end

local function forget_ended()
  for _, id in ipairs(call('ZRANGEBYSCORE', K'tokens:ends', '-inf', int(now - MONTH_MS), 'LIMIT', 0, FORGOTTEN)) do
    local name = call('HGET', K('token:' .. id), 'name') or ''
    if call('HGET', K'tokens:names', name) == id then call('HDEL', K'tokens:names', name) end
    if not call('HGET', K'tokens:names', name) then call('HDEL', K'tokens:owners', name) end
    call('ZREM', K'tokens:ends', id)
    call('ZREM', K'tokens', (call('HGET', K('token:' .. id), 'created_at') or '') .. ':' .. id)
    call('HDEL', K'tokens:used', id)
    call('DEL', K('token:' .. id))
  end
end

-- A name that was given before stays with those who had it as well: what was asked under it is not forgotten with its token.
local function owners_of(name, more)
  local owners = call('HGET', K'tokens:owners', name) or ''
  for one in string.gmatch(more, '[^\n]+') do
    if not string.find('\n' .. owners .. '\n', '\n' .. one .. '\n', 1, true) then
      owners = owners == '' and one or owners .. '\n' .. one
    end
  end
  return owners
end

local function create()
  local name, id, role, digest, expires_at, by, most, owners = some(8)
  local before = call('HGET', K'tokens:names', name)
  if before and live(before) then return 'taken' end
  if call('ZCARD', K'tokens') - call('ZCOUNT', K'tokens:ends', '-inf', NOW) >= tonumber(most) then return 'full' end
  owners = owners_of(name, owners)
  call('HMSET', K('token:' .. id), 'name', name, 'role', role, 'digest', digest, 'created_at', NOW, 'created_by', by,
    'expires_at', expires_at, 'revoked_at', '', 'revoked_by', '')
  put_down()
  call('HSET', K'tokens:names', name, id)
  call('HSET', K'tokens:owners', name, owners)
  call('ZADD', K'tokens', 0, NOW .. ':' .. id)
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
  put_down()
  call('ZADD', K'tokens:ends', NOW, id)
  call('HMSET', K('token:' .. id), 'revoked_at', NOW, 'revoked_by', by)
  if call('HGET', K'tokens:names', token[1]) == id then call('HDEL', K'tokens:names', token[1]) end
  return 'ok'
end

if action == 'create' then return create() end
return revoke()
