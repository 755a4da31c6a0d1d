-- The own limit of a flow group: who waits for a place that a new one makes is woken.
local function own_limit(group) return call('ZSCORE', K('flow:' .. group), ':group') or '0' end
local function set_own_limit(group, limit, json)
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
end
