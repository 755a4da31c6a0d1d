-- Brings events over from another store. Answers {brought, left out because an event of this store has their id}.
local brought, clashes = 0, 0
local rows = args(tonumber(arg()))
for _, row in ipairs(rows) do
  local id, _, job = string.match(row, '^(%d+)|([^|]*)|([^|]*)|')
  local here = call('ZRANGEBYSCORE', K'events', id, id)[1]
  if not here then
    call('ZADD', K'events', id, row)
    if job ~= '' then call('ZADD', K('events:job:' .. job), id, id) end
    if tonumber(call('GET', K'events:last') or '0') < tonumber(id) then call('SET', K'events:last', id) end
    brought = brought + 1
  elseif here ~= row then
    clashes = clashes + 1
  end
end
return {brought, clashes}
