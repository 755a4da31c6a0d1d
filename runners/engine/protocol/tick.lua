-- The start of a scheduler's tick, at constant cost when nothing is due: the time, what holds for all jobs, who is due.
-- Answers {now, depth, pressure, dispatched in this window, paused, gap start, gap end, {critical job ids}, {regular job ids}}.
local tick_ms, high, low, limit, late = tonumber(arg()), tonumber(arg()), tonumber(arg()), arg(), tonumber(arg())

local function put_back(blocker, number)
  for _, job in ipairs(call('ZRANGE', K('waiting:' .. blocker), 0, number - 1)) do
    call('ZREM', K('waiting:' .. blocker), job)
    look_at(job, NOW)
  end
end

local on, waiting = pressed(high, low)
local paused = call('EXISTS', 'rq:suspended') == 1
if not on and waiting < high then put_back('pressure', high - waiting) end
if not paused then put_back('paused', 500) end

-- A gap is a stretch in which no scheduler ticked; one that follows closely on the last widens it. The first lasted for ever.
local v = call('HMGET', K'ticks', 'last', 'gap_start', 'gap_end')
local last, gap_start, gap_end = tonumber(v[1] or '0'), v[2] or '', v[3] or ''
if now - last > late then
  if gap_end == '' or last - tonumber(gap_end) > 600000 then gap_start = int(last) end
  gap_end = NOW
  call('HMSET', K'ticks', 'gap_start', gap_start, 'gap_end', gap_end)
end
call('HSET', K'ticks', 'last', NOW)

local newest = call('LINDEX', K'depths', 0)
if not newest or now - tonumber(string.match(newest, '^%d+')) >= 10000 or tonumber(string.match(newest, '^%d+')) > now then
  call('LPUSH', K'depths', NOW .. '|' .. waiting .. '|' .. (on and '1' or '0'))
  call('LTRIM', K'depths', 0, 719)
end

local window = int(math.floor(now / tick_ms))
return {NOW, waiting, on and 1 or 0, tonumber(call('GET', K('window:' .. window)) or '0'), paused and 1 or 0, gap_start, gap_end,
  call('ZRANGEBYSCORE', K'due:critical', '-inf', NOW, 'LIMIT', 0, limit),
  call('ZRANGEBYSCORE', K'due:regular', '-inf', NOW, 'LIMIT', 0, limit)}
