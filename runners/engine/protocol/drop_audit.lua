-- Drops the oldest entries of the audit, up to one id, and puts down in the same step up to which number, and its seal.
-- Answers how many went.
local through = arg()
local objects = args(tonumber(arg()))
local actors = args(tonumber(arg()))
call('ZREM', K'audit', '') -- changes nothing, but a full Redis allows it, and then what comes after it
put_down()
for _, object in ipairs(objects) do call('ZREMRANGEBYSCORE', K('audit:of:object:' .. object), '-inf', through) end
for _, actor in ipairs(actors) do call('ZREMRANGEBYSCORE', K('audit:of:actor:' .. actor), '-inf', through) end
return call('ZREMRANGEBYSCORE', K'audit', '-inf', through)
