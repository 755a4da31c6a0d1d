-- What a script writes once, when it settles, however many runs it is about: counters, events, members of indexes.
-- What is collected cannot be read before that.
local sums, sum_keys = {}, {}
local function add(key, field, amount)
  local of_key = sums[key]
  if not of_key then
    of_key = {}
    sums[key], sum_keys[#sum_keys + 1] = of_key, key
  end
  of_key[field] = (of_key[field] or 0) + amount
end

local MINUTE = K('minute:' .. int(math.floor(now / 60000)))
local METRICS = K'metrics'
local function count(name) add(METRICS, name, 1) end
local function count_minute(name, amount) add(MINUTE, name, amount) end

-- Counts a time by the power of 4 ms that it is within. A number takes long to be written out: each name is made once.
local LONGEST, within = 4 ^ 11, {}
local function count_within(name, ms)
  local bucket, names = 1, within[name]
  while bucket < ms and bucket < LONGEST do bucket = bucket * 4 end
  if not names then
    names = {}
    within[name] = names
  end
  if not names[bucket] then names[bucket] = name .. '|' .. bucket end
  count(names[bucket])
end

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
  local last = #found
  found[last + 1] = first
  if second then found[last + 2] = second end
end

-- Rows of a list (RPUSH, LPUSH), of which the newest `kept` stay.
local function collect_row(command, key, kept, row)
  local found = collecting(command, key)
  found[#found + 1], found.kept = row, kept
end
local function strip(job, row) collect_row('RPUSH', K_of('strip:', job), 30, row) end

local dropped = {} -- whole keys
local function drop_key(key) dropped[#dropped + 1] = key end

local last_event
local EVENTS = K'events'
local function event(kind, job, run, json)
  if last_event then last_event = last_event + 1
  else last_event = math.max(now * 1000, tonumber(call('GET', K'events:last') or '0') + 1) end
  local id = int(last_event)
  collect('ZADD', EVENTS, id, id .. '|' .. kind .. '|' .. job .. '|' .. run .. '|' .. json)
  if job ~= '' then collect('ZADD', K_of('events:job:', job), id, id) end
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
