-- Begins to take a bulk operation back: every run is looked at again but those that were passed over. Runs that are left
-- are among them: somebody may just have done one. A job is changed and put down in one step, so only those that were done
-- are looked at, each at the version that was made of it. Answers ok, gone, or the state in which it cannot be taken back.
local id, by, on_jobs, json = arg(), arg(), arg() == '1', arg()
local key, todo = K('bulk:' .. id), K('bulk:todo:' .. id)
local state = call('HGET', key, 'state')
if not state then return 'gone' end
if state ~= 'working' and state ~= 'finished' then return state end
if now - tonumber(call('HGET', key, 'created_at')) > LIFE_MS then return 'late' end
call('ZREM', K'bulks:open', '') -- changes nothing, but a full Redis allows it, and then what comes after it
put_down()
call('ZADD', K'bulks:open', NOW, id)
call('HMSET', key, 'state', 'undoing', 'undone_by', by, 'undone_at', NOW, 'held_by', '', 'finished_at', '')
call('PERSIST', key)
call('PERSIST', K('bulk:done:' .. id))
local left = on_jobs and call('LLEN', todo) or 0
if left > 0 then
  call('HINCRBY', key, 'withdrawn', left)
  call('DEL', todo)
end
for _, row in ipairs(call('LRANGE', K('bulk:done:' .. id), 0, -1)) do
  local subject, outcome, detail = string.match(row, '^([^|]*)|([^|]*)|(.*)$')
  local version = on_jobs and string.match(detail, '"version": (%d+)')
  if version then subject = string.gsub(subject, '@.*$', '@' .. version) end
  if outcome == 'done' then call('RPUSH', todo, subject) end
end
if call('LLEN', todo) == 0 then end_bulk(id, 'undone', json) end
return 'ok'
