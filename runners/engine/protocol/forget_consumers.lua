-- Takes workers that died out of the streams' groups, with what somebody has read under their names: our workers leave
-- nothing unacknowledged. Answers how many went.
local silent_since, idle_ms = arg(), tonumber(arg())

local function facts(row)
  local named = {}
  for i = 1, #row, 2 do named[row[i]] = row[i + 1] end
  return named
end

local function lets_go(key, name)
  for _, entry in ipairs(call('XPENDING', key, GROUP, '-', '+', 100, name)) do
    call('XACK', key, GROUP, entry[1])
    call('XDEL', key, entry[1])
  end
  return #call('XPENDING', key, GROUP, '-', '+', 1, name) == 0
end

local gone = 0
local function forget_silent(key)
  local consumers = redis.pcall('XINFO', 'CONSUMERS', key, GROUP)
  for _, row in ipairs(consumers.err and {} or consumers) do
    local consumer = facts(row)
    local beat = call('ZSCORE', K'processes', consumer.name)
    local silent = not beat or tonumber(beat) < tonumber(silent_since)
    if silent and consumer.idle > idle_ms and lets_go(key, consumer.name) then
      gone = gone + 1
      call('XGROUP', 'DELCONSUMER', key, GROUP, consumer.name)
    end
  end
end

local pools = call('SMEMBERS', K'pools')
pools[#pools + 1] = ''
for _, pool in ipairs(pools) do
  for _, priority in ipairs(PRIORITIES) do forget_silent(K('stream:' .. own(priority, pool))) end
end
return gone
