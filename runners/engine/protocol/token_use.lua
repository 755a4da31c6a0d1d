-- Notes that a token was used, to the minute; the first use in a day (UTC) is an audit entry. Answers first, again or later.
local MINUTE_MS, DAY_MS = 60000, 86400000
local token = arg()
local before = tonumber(call('HGET', K'tokens:used', token) or '')
if before and now - before >= 0 and now - before < MINUTE_MS then return 'later' end
call('HSET', K'tokens:used', token, NOW)
if before and math.floor(before / DAY_MS) == math.floor(now / DAY_MS) then return 'again' end
put_down()
return 'first'
