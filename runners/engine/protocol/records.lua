-- Puts and removes records that people keep (accounts, MCP servers, chat accounts): all of them with their events, or none.
-- A record's number rises with every put and is never given again. Answers {'ok', each one's new number (0: removed)…}, or
-- {'stale', which of them is not at the number that was expected, the number that it has (0: there is none)}.
local changes = {}
for at = 1, tonumber(arg()) do
  local action, kind, name, expected, json = some(5)
  local key = K('record:' .. kind .. ':' .. name)
  local number = call('HGET', key, 'version') or '0'
  if expected ~= '' and expected ~= number then return {'stale', at, number} end
  changes[at] = {action = action, kind = kind, name = name, key = key, json = json}
end

local function put(change)
  local number = int(call('HINCRBY', K'records:last', change.kind .. ':' .. change.name, 1))
  put_down()
  call('HSETNX', change.key, 'made_at', NOW)
  call('HMSET', change.key, 'version', number, 'updated_at', NOW, 'json', change.json)
  call('HDEL', change.key, 'tested') -- what was tried is not what stands now
  call('ZADD', K('records:' .. change.kind), 0, change.name)
  return number
end

local function remove(change)
  call('ZREM', K('records:' .. change.kind), change.name) -- a write that a full Redis allows comes first
  put_down()
  call('DEL', change.key)
  return '0'
end

-- a full Redis refuses the first put, and with it all; it takes no put behind a removal
local answer = {'ok'}
for _, action in ipairs({'put', 'remove'}) do
  for at, change in ipairs(changes) do
    if change.action == action then answer[at + 1] = (action == 'put' and put or remove)(change) end
  end
end
for _ = 1, tonumber(arg()) do event(arg(), '', '', arg()) end
return answer
