-- Drops logs of ended runs, those first that were written to longest ago: the ones that are too old, or, when the server
-- is nearly full, any. A run that is still there keeps a mark in the place of its log. Answers how many went.
local too_old, limit, mark = tonumber(arg()), tonumber(arg()), arg()
local ACTIVE = {queued = true, running = true, retrying = true, waiting_approval = true}
-- silent runs that go on must not stand in the way of all others: more are looked at than go
local rows, gone = call('ZRANGE', K'logs', 0, 10 * limit - 1, 'WITHSCORES'), 0
for i = 1, #rows, 2 do
  if gone == limit or tonumber(rows[i + 1]) >= too_old then break end
  local id = rows[i]
  local status = call('HGET', K('run:' .. id), 'status')
  if not ACTIVE[status] then
    call('ZREM', K'logs', id)
    if status then call('SET', K('log:' .. id), mark) else call('DEL', K('log:' .. id)) end
    gone = gone + 1
  end
end
return gone
