-- Says once that a process fell silent without a goodbye; `seen` is the beat after which nothing came. Answers 1 when it did.
local process, seen, kind, json = some(4)
local known = call('HMGET', K('process:' .. process), 'beat_at', 'left_at', 'lost_at')
if known[1] ~= seen or (known[2] or '') ~= '' or (known[3] and known[3] == seen) then return 0 end
call('HSET', K('process:' .. process), 'lost_at', seen)
event(kind, '', '', json)
return 1
