-- Puts down what became of runs of a bulk operation, each once; runs that a guard holds go to the end of what is left.
-- Ends it when nothing is left, or when it is a day old: then the rest is withdrawn. Answers how many runs are left.
local id, state, held_by, json = arg(), arg(), arg(), arg()
local rows, held = args(tonumber(arg())), args(tonumber(arg()))
local key, todo = K('bulk:' .. id), K('bulk:todo:' .. id)
if call('HGET', key, 'state') ~= state then return 0 end
call('ZREM', K'bulks:open', '') -- changes nothing, but a full Redis allows it, and then what comes after it
for i = 1, #rows, 3 do
  if call('LREM', todo, 1, rows[i]) == 1 then
    call('RPUSH', K('bulk:done:' .. id), rows[i] .. '|' .. rows[i + 1] .. '|' .. rows[i + 2])
    call('HINCRBY', key, rows[i + 1], 1)
  end
end
for _, run in ipairs(held) do
  if call('LREM', todo, 1, run) == 1 then call('RPUSH', todo, run) end
end
if #rows == 0 and #held > 0 then call('ZADD', K'bulks:open', NOW, id) end -- the next one comes first
local left = call('LLEN', todo)
if now - tonumber(call('HGET', key, state == 'undoing' and 'undone_at' or 'created_at')) > LIFE_MS and left > 0 then
  call('HINCRBY', key, state == 'undoing' and 'kept' or 'withdrawn', left)
  call('DEL', todo)
  left = 0
end
if left == 0 then end_bulk(id, state == 'undoing' and 'undone' or 'finished', json)
else call('HSET', key, 'held_by', held_by) end
return left
