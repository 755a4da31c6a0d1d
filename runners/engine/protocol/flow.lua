-- Sets the own limit of a flow group, or takes it away (0); who waits for a place that this makes is woken.
-- Answers ok, or same when it was so before.
local group, limit, json = arg(), tonumber(arg()), arg()
if (call('ZSCORE', K('flow:' .. group), ':group') or '0') == int(limit) then return 'same' end
call('ZREM', K('flow:' .. group), ':group') -- a first write that a full Redis allows
if limit > 0 then
  call('ZADD', K('flow:' .. group), limit, ':group')
  call('ZADD', K'flows', 0, group)
else
  forget_flow(group)
end
wake_flow(group)
event('flow.updated', '', '', json)
return 'ok'
