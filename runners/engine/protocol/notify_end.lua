-- Ends one attempt: sent, failed for good, or again after `wait_ms`; only the newest attempt may. Answers ok or stale.
local id, attempt, outcome, wait_ms, took_ms, reason, json = some(7)
local known = call('HMGET', K('delivery:' .. id), 'rule_id', 'attempt', 'status', 'created_at')
if known[3] ~= 'waiting' or known[2] ~= attempt then return 'stale' end
call('ZREM', K'deliveries:due', id)
if outcome == 'again' then
  local due = int(now + tonumber(wait_ms))
  call('HMSET', K('delivery:' .. id), 'error', reason, 'due_at', due, 'took_ms', took_ms)
  call('ZADD', K'deliveries:due', due, id)
  return 'ok'
end
unlist_delivery(id, known[1], 'waiting')
list_delivery(id, known[1], outcome, known[4] or NOW)
call('HMSET', K('delivery:' .. id), 'status', outcome, 'ended_at', NOW, 'error', reason, 'took_ms', took_ms)
event('notification.' .. outcome, '', '', json)
return 'ok'
