-- Takes up to `share` of the requests that somebody may make: one each `step_us`, and as many at once as `room_us` has of them
-- (GCRA, ITU-T I.371). Answers {how many were taken, us until there is one when none was}.
local whose, share, step_us, room_us = arg(), tonumber(arg()), tonumber(arg()), tonumber(arg())
local key, at = K('spent:' .. whose), now * 1000
-- a clock that was set back must not keep anybody waiting for longer than the whole room
local spent = math.min(math.max(tonumber(call('GET', key) or '') or at, at), at + room_us)
local taken = math.min(share, math.floor((at + room_us - spent) / step_us))
if taken < 1 then return {0, int(spent + step_us - at - room_us)} end
call('ZREM', K'tokens:ends', '') -- a first write that a full Redis allows, and with it the other
call('SET', key, int(spent + taken * step_us), 'PX', math.ceil(room_us / 1000))
return {taken, '0'}
