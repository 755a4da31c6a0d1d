-- Counts one try, or one wrong credential, in its window of time. Answers {how many there are, ms until the window ends}.
local whose, window_ms = arg(), arg()
local key = K('attempts:' .. whose)
call('ZREM', K'tokens:ends', '') -- a first write that a full Redis allows, and with it the others
local found = call('INCR', key)
if found == 1 or call('PTTL', key) < 0 then call('PEXPIRE', key, window_ms) end
return {found, call('PTTL', key)}
