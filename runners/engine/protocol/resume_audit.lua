-- Begins to go on with an audit that could not be gone on with: what is of another type is set aside, the head is set anew.
-- The entry about it says what was found; what was broken before it stays broken, and every check names it.
local id, row, head, object, actor = some(5)
for _, name in ipairs({'audit', 'audit:of:object:' .. object, 'audit:of:actor:' .. actor}) do
  local kind = call('TYPE', K(name)).ok
  if kind ~= 'none' and kind ~= 'zset' then call('RENAME', K(name), K('audit:aside:' .. NOW .. ':' .. name)) end
end
call('ZADD', K'audit', id, row)
call('ZADD', K('audit:of:object:' .. object), id, id)
call('ZADD', K('audit:of:actor:' .. actor), id, id)
call('SET', K'audit:head', head)
return 'ok'
