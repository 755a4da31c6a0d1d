-- What a script writes once, when it settles, however many runs it is about: counters, events, members of indexes.
-- What is collected cannot be read before that.
local sums, sum_keys = {}, {}
local function add(key, field, amount)
  if not sums[key] then
    sums[key] = {}
    sum_keys[#sum_keys + 1] = key
  end
  sums[key][field] = (sums[key][field] or 0) + amount
end

local MINUTE = K('minute:' .. int(math.floor(now / 60000)))
local METRICS = K'metrics'
local function count(name) add(METRICS, name, 1) end
local function count_minute(name, amount) add(MINUTE, name, amount) end

-- Arguments of one command on one key.
local collected, order = {}, {}
local function collecting(command, key)
  local of_key = collected[key]
  if not of_key then
    of_key = {}
    collected[key] = of_key
  end
  local found = of_key[command]
  if not found then
    found = {command = command, key = key}
    of_key[command], order[#order + 1] = found, found
  end
  return found
end

local function collect(command, key, first, second)
  local found = collecting(command, key)
  found[#found + 1] = first
  if second then found[#found + 1] = second end
end

-- Rows of a list (RPUSH, LPUSH), of which the newest `kept` stay.
local function collect_row(command, key, kept, row)
  local found = collecting(command, key)
  found[#found + 1], found.kept = row, kept
end
local function strip(job, row) collect_row('RPUSH', K('strip:' .. job), 30, row) end

local dropped = {} -- whole keys
local function drop_key(key) dropped[#dropped + 1] = key end

local last_event
local EVENTS = K'events'
local function event(kind, job, run, json)
  last_event = last_event or tonumber(call('GET', K'events:last') or '0')
  last_event = math.max(now * 1000, last_event + 1)
  local id = int(last_event)
  collect('ZADD', EVENTS, id, id .. '|' .. kind .. '|' .. job .. '|' .. run .. '|' .. json)
  if job ~= '' then collect('ZADD', K('events:job:' .. job), id, id) end
end

-- What a priority has in a pool: the default pool's ('') names are those of a deployment that knows no other.
local function own(priority, pool) return pool == '' and priority or priority .. ':' .. pool end

local wakes, WAKES_KEPT = {}, 64 -- by pool
local function wake_workers(pool, number)
  local key = pool == '' and K'wake' or K('wake:' .. pool)
  for _ = 1, math.min(number, WAKES_KEPT - call('LLEN', key)) do call('LPUSH', key, '1') end
end
local AT_ONCE = 1000
local function send_collected(found)
  local command, key = found.command, found.key
  for from = 1, #found, AT_ONCE do call(command, key, unpack(found, from, math.min(from + AT_ONCE - 1, #found))) end
  if not found.kept then return end
  if found.command == 'RPUSH' then call('LTRIM', found.key, -found.kept, -1) else call('LTRIM', found.key, 0, found.kept - 1) end
end

-- In the order in which each began. Counters come last: a minute's lives for 26 hours from its first count.
local function settle()
  local lists, keys, counted, gone = order, sum_keys, sums, dropped
  collected, order, sums, sum_keys, dropped = {}, {}, {}, {}, {}
  for _, found in ipairs(lists) do send_collected(found) end
  for from = 1, #gone, AT_ONCE do call('DEL', unpack(gone, from, math.min(from + AT_ONCE - 1, #gone))) end
  if last_event then call('SET', K'events:last', int(last_event)) end
  for _, key in ipairs(keys) do
    local fresh = false
    for field, amount in pairs(counted[key]) do fresh = call('HINCRBY', key, field, amount) == amount or fresh end
    if fresh and key == MINUTE then call('EXPIRE', key, 93600) end
  end
  for pool, number in pairs(wakes) do wake_workers(pool, number) end
  wakes = {}
end
