-- A process says that it lives, or goodbye. Answers {1 when it was known, the mode that is recorded}.
local process, kept_sec, its_clock = arg(), arg(), tonumber(arg())
local fields = args(tonumber(arg()))
local known = call('ZREM', K'processes', process) -- a full server allows this first write, and with it the others
call('HMSET', K('process:' .. process), 'beat_at', NOW, 'left_at', '', 'skew_ms', its_clock and int(its_clock - now) or '0', unpack(fields))
call('EXPIRE', K('process:' .. process), kept_sec)
call('EXPIRE', K('handlers:' .. process), kept_sec)
call('ZADD', K'processes', NOW, process)
return {known, call('HGET', K'mode', 'name') or ''}
