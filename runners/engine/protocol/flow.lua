-- Sets the own limit of a flow group, or takes it away (0); who waits for a place that this makes is woken.
-- Answers ok, same when it was so before, or stale when the own limit is not the expected one ('' expects any).
local group, limit, expected, json = arg(), tonumber(arg()), arg(), arg()
local own = call('ZSCORE', K('flow:' .. group), ':group') or '0'
if expected ~= '' and own ~= expected then return 'stale' end
if own == int(limit) then return 'same' end
call('ZREM', K('flow:' .. group), ':group') -- a first write that a full Redis allows
put_down()
if limit > 0 then
  call('ZADD', K('flow:' .. group), limit, ':group')
  call('ZADD', K'flows', 0, group)
else
  forget_flow(group)
end
wake_flow(group)
event('flow.updated', '', '', json)
return 'ok'
