-- The end of a bulk operation, or of taking it back: what became of each run is kept for another day.
local LIFE_MS = 86400000
local function end_bulk(id, state, json)
  local key = K('bulk:' .. id)
  call('HMSET', key, 'state', state, 'finished_at', NOW, 'held_by', '')
  call('ZREM', K'bulks:open', id)
  for _, name in ipairs({key, K('bulk:done:' .. id)}) do call('PEXPIRE', name, LIFE_MS) end
  call('ZREMRANGEBYSCORE', K'bulks', '-inf', NOW - 3 * LIFE_MS) -- none lives longer: a day to work, one to be undone, one to be read
  event(state == 'undone' and 'bulk.undone' or 'bulk.finished', '', '', json)
end
