-- Counts refusals of somebody unknown, in a room of its own: alike ones are one row, and of many kinds the oldest go.
-- The first write is one that a full Redis refuses. Answers how many kinds there are.
local kind, amount, json, most = arg(), tonumber(arg()), arg(), tonumber(arg())
local count, first = string.match(call('HGET', K'turned_away', kind) or '', '^(%d+)|(%d+)|')
call('HSET', K'turned_away', kind, int((count or 0) + amount) .. '|' .. (first or NOW) .. '|' .. NOW .. '|' .. json)
call('ZADD', K'turned_away:last', NOW, kind)
local kinds = call('ZCARD', K'turned_away:last')
if kinds <= most then return kinds end
local gone = 0
for _, oldest in ipairs(call('ZRANGE', K'turned_away:last', 0, kinds - most - 1)) do
  gone = gone + (tonumber(string.match(call('HGET', K'turned_away', oldest) or '', '^(%d+)|')) or 0)
  call('HDEL', K'turned_away', oldest)
  call('ZREM', K'turned_away:last', oldest)
end
call('HINCRBY', K'turned_away', ':gone', gone)
return most
