-- What every script begins with that changes what people may change: the audit entry about it, sealed by the caller over the
-- head that it knew. When that is not the newest entry, or the chain cannot be read, nothing is done; the answer says so.
-- A script calls `put_down` when it changes something: behind its first write, so that a full Redis treats both alike.
-- Callers get {word, answer}: 1 the entry was written, 0 nothing was to be changed; then the answer is the script's own. With 2
-- (the head has moved: {head, time}) and 3 (the chain is broken: what is wrong) nothing was done.
local entry_id, entry_row, entry_head, entry_object, entry_actor, known_head, known_ms = some(7)
audit = {word = 0}

local function chain_fault()
  local head = redis.pcall('GET', K'audit:head')
  if type(head) == 'table' and head.err then return 'its head is of another type' end
  head = head or ''
  local at = head == '' and '-inf' or string.match(head, '^%d+|(%d+)|%x+|%x+$')
  if not at then return 'its head cannot be read' end
  local rows = redis.pcall('ZCOUNT', K'audit', at, '+inf')
  if type(rows) == 'table' then return 'it is of another type' end
  if rows ~= (head == '' and 0 or 1) then return 'its head is not its newest entry' end
  for _, index in ipairs({'audit:of:object:' .. entry_object, 'audit:of:actor:' .. entry_actor}) do
    if not ({none = 1, zset = 1})[call('TYPE', K(index)).ok] then return 'an index of it is of another type' end
  end
  return nil, head
end

local fault, head = chain_fault()
if fault then
  audit.word = 3
  return fault
end
-- a caller whose clock is wrong is told the time as well: entries carry the store's
if head ~= known_head or math.abs(tonumber(known_ms) - now) > 2000 then
  audit.word = 2
  return {head, NOW}
end

local function put_down()
  if audit.word == 1 then return end
  audit.word = 1
  call('ZADD', K'audit', entry_id, entry_row)
  call('ZADD', K('audit:of:object:' .. entry_object), entry_id, entry_id)
  call('ZADD', K('audit:of:actor:' .. entry_actor), entry_id, entry_id)
  call('SET', K'audit:head', entry_head)
end
