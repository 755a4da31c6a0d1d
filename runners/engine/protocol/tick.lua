-- The start of a scheduler's tick, at constant cost when nothing is due: the time, what holds for all jobs, who is due.
-- Answers {now, depth, pressure, dispatched in this window, {pauses}, gap start, gap end, since when it is a full store's, {critical job ids}, {regular job ids}};
-- the pauses are those of everything, when it ends by itself (or ''), critical, normal and low, '' where there is none.
local tick_ms, high, low, limit, late = tonumber(arg()), tonumber(arg()), tonumber(arg()), tonumber(arg()), tonumber(arg())
local full_ms = tonumber(arg()) -- for so long the store refused this scheduler's ticks because it was full

local function put_back(blocker, number, ended)
  for _, job in ipairs(call('ZRANGE', K('waiting:' .. blocker), 0, number - 1)) do
    call('ZREM', K('waiting:' .. blocker), job)
    if look_at(job, NOW) and ended then call('HSET', K('job:' .. job), 'held_until', ended) end
  end
end

local on, waiting = pressed(high, low)
if not on and waiting < high then put_back('pressure', high - waiting) end

-- `rq resume`, and a suspension that ends by itself, tell nobody.
local everything = call('GET', 'rq:suspended')
if everything then call('ZREM', K'resumed', 'everything')
elseif call('ZCARD', K'waiting:paused:everything') > 0 and not call('ZSCORE', K'resumed', 'everything') then
  call('ZADD', K'resumed', NOW, 'everything')
end
-- What was resumed comes back in the order of its waiting, as much at a time as fits beside what is due.
local resumed = call('ZRANGE', K'resumed', 0, 0, 'WITHSCORES')
if resumed[1] then
  local due = call('ZCOUNT', K'due:critical', '-inf', NOW) + call('ZCOUNT', K'due:regular', '-inf', NOW)
  put_back('paused:' .. resumed[1], math.max(limit - due, math.ceil(limit / 8)), int(tonumber(resumed[2])))
  if call('ZCARD', K('waiting:paused:' .. resumed[1])) == 0 then call('ZREM', K'resumed', resumed[1]) end
end
local ends = everything and call('PTTL', 'rq:suspended') or -1
local pauses = {everything or '', ends >= 0 and int(now + ends) or ''}
for i, text in ipairs(call('HMGET', K'paused', 'queue:critical', 'queue:normal', 'queue:low')) do pauses[i + 2] = text or '' end

-- A gap is a stretch in which no scheduler ticked; one that follows closely on the last widens it. The first lasted for ever.
-- From `gap_full` on it was one because the store was full.
local v = call('HMGET', K'ticks', 'last', 'gap_start', 'gap_end', 'gap_full')
local last, gap_start, gap_end, gap_full = tonumber(v[1] or '') or 0, v[2] or '', v[3] or '', v[4] or ''
if not tonumber(gap_start) or not tonumber(gap_end) then gap_start, gap_end = '', '' end
if not tonumber(gap_full) then gap_full = '' end
if now - last > late then
  local widens = gap_end ~= '' and last - tonumber(gap_end) <= 600000
  if not widens then gap_start = int(last) end
  local full = full_ms > 0 and now - last <= full_ms + late
  if not full then gap_full = ''
  elseif not widens or gap_full == '' then gap_full = int(last) end
  gap_end = NOW
  call('HMSET', K'ticks', 'gap_start', gap_start, 'gap_end', gap_end, 'gap_full', gap_full)
end
call('HSET', K'ticks', 'last', NOW)

local function oldest_wait()
  local longest = 0
  for _, priority in ipairs(PRIORITIES) do
    local head = call('ZRANGE', K('pending:' .. priority), 0, 0, 'WITHSCORES')
    if head[1] then longest = math.max(longest, now - tonumber(head[2])) end
  end
  return longest
end

-- Of each five minutes of the day the highest of its samples, so that no peak is lost.
local function sample_of_day(pressure, wait)
  local row, start = call('LINDEX', K'depths:day', 0) or '', int(math.floor(now / 300000) * 300000)
  local at, deepest, pressed_then, longest = string.match(row, '^(%d+)|(%d+)|([01])|(%d+)$')
  if at ~= start then
    call('LPUSH', K'depths:day', table.concat({start, waiting, pressure, wait}, '|'))
    call('LTRIM', K'depths:day', 0, 288)
  else
    call('LSET', K'depths:day', 0, table.concat({start, int(math.max(waiting, tonumber(deepest))),
      pressed_then == '1' and '1' or pressure, int(math.max(tonumber(wait), tonumber(longest)))}, '|'))
  end
end

local newest = tonumber(string.match(call('LINDEX', K'depths', 0) or '', '^%d+') or '')
if not newest or now - newest >= 10000 or newest > now then
  local pressure, wait = on and '1' or '0', int(oldest_wait())
  call('LPUSH', K'depths', table.concat({NOW, waiting, pressure, wait}, '|'))
  call('LTRIM', K'depths', 0, 719)
  sample_of_day(pressure, wait)
end

local window = int(math.floor(now / tick_ms))
return {NOW, waiting, on and 1 or 0, tonumber(call('GET', K('window:' .. window)) or '0'), pauses, gap_start, gap_end, gap_full,
  call('ZRANGEBYSCORE', K'due:critical', '-inf', NOW, 'LIMIT', 0, limit),
  call('ZRANGEBYSCORE', K'due:regular', '-inf', NOW, 'LIMIT', 0, limit)}
