-- Records that people keep (accounts, MCP servers, chat accounts): several are put and removed at once, or none.
-- A record's number rises with every put and is never given again.
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

-- Reads what is to be changed; returns nil and {place, number} when a record is not at the number that was expected.
local function read_changes()
  local changes = {}
  for at = 1, tonumber(arg()) do
    local action, kind, name, expected, json = some(5)
    local key = K('record:' .. kind .. ':' .. name)
    local number = call('HGET', key, 'version') or '0'
    if expected ~= '' and expected ~= number then return nil, {at, number} end
    changes[at] = {action = action, kind = kind, name = name, key = key, json = json}
  end
  return changes
end

-- Returns each one's new number (0: removed).
-- a full Redis refuses the first put, and with it all; it takes no put behind a removal
local function make_changes(changes)
  local numbers = {}
  for _, action in ipairs({'put', 'remove'}) do
    for at, change in ipairs(changes) do
      if change.action == action then numbers[at] = (action == 'put' and put or remove)(change) end
    end
  end
  return numbers
end
