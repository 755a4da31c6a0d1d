-- Makes, changes or deletes a person; whoever has signed in is out with the change, because the version rises.
-- Answers {word, version}: ok, same, gone, taken (the name), full, stale (the version that was seen), no_code, last_admin.
local action, name, by = arg(), arg(), arg()
local id = call('HGET', K'people:ids', name)
local person = id and K('person:' .. id)

local function create()
  local fresh, role, password, most, code, kept_by = arg(), arg(), arg(), tonumber(arg()), arg(), K'people:first'
  if id then return {'taken', '0'} end
  local known = call('ZCARD', K'people')
  -- the code of the first sign-in counts only while nobody is known
  local tokens = call('ZCARD', K'tokens') - call('ZCOUNT', K'tokens:ends', '-inf', NOW)
  if code ~= '' and (call('GET', kept_by) ~= code or known > 0 or tokens > 0) then return {'no_code', '0'} end
  if known >= most then return {'full', '0'} end
  local version = int(tonumber(call('HGET', K'people:last', name) or '0') + 1)
  call('HMSET', K('person:' .. fresh), 'name', name, 'role', role, 'password', password, 'disabled', '0', 'version', version,
    'created_at', NOW, 'created_by', by, 'changed_at', NOW)
  put_down()
  call('HSET', K'people:ids', name, fresh)
  call('ZADD', K'people', 0, name)
  if role == 'admin' then call('SADD', K'people:admins', fresh) end
  call('DEL', kept_by)
  return {'ok', version}
end

-- Says whether nobody could administer any more: the environment's tokens may (`alone` is '0').
local function ends_administration(alone)
  return alone == '1' and call('SISMEMBER', K'people:admins', id) == 1 and call('SCARD', K'people:admins') == 1
end

local function change()
  local expected, alone, role, password, disabled = some(5)
  if not id then return {'gone', '0'} end
  local was = call('HMGET', person, 'role', 'disabled', 'version')
  if not was[3] then return {'gone', '0'} end
  if expected ~= '' and expected ~= was[3] then return {'stale', was[3]} end
  role, disabled = role ~= '' and role or was[1], disabled ~= '' and disabled or was[2]
  if password == '' and role == was[1] and disabled == was[2] then return {'same', was[3]} end
  local administers = role == 'admin' and disabled == '0'
  if not administers and ends_administration(alone) then return {'last_admin', was[3]} end
  local version = int(tonumber(was[3]) + 1)
  call('SREM', K'people:admins', id) -- a first write that a full Redis allows, and with it the others
  put_down()
  if administers then call('SADD', K'people:admins', id) end
  call('HMSET', person, 'role', role, 'disabled', disabled, 'version', version, 'changed_at', NOW)
  if password ~= '' then call('HSET', person, 'password', password) end
  return {'ok', version}
end

local function delete()
  local expected, alone = some(2)
  if not id then return {'gone', '0'} end
  local version = call('HGET', person, 'version') or '0'
  if expected ~= '' and expected ~= version then return {'stale', version} end
  if ends_administration(alone) then return {'last_admin', version} end
  call('SREM', K'people:admins', id)
  put_down()
  call('ZREM', K'people', name)
  call('HDEL', K'people:ids', name)
  call('HSET', K'people:last', name, version)
  call('DEL', person)
  return {'ok', version}
end

if action == 'create' then return create() end
if action == 'delete' then return delete() end
return change()
