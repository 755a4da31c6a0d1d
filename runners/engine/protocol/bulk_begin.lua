-- Begins a bulk operation on the given runs. Answers ok, or exists when the same request began it before.
local id, fields, json = arg(), args(tonumber(arg())), arg()
local runs = args(tonumber(arg()))
local key = K('bulk:' .. id)
if call('EXISTS', key) == 1 then return 'exists' end
call('HMSET', key, 'state', 'working', 'created_at', NOW, unpack(fields)) -- a full Redis begins nothing
put_down()
for from = 1, #runs, SOME do
  call('RPUSH', K('bulk:todo:' .. id), unpack(runs, from, math.min(from + SOME - 1, #runs)))
end
call('ZADD', K'bulks', NOW, id)
call('ZADD', K'bulks:open', NOW, id)
event('bulk.started', '', '', json)
return 'ok'
