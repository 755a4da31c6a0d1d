-- Keeps what a request changed in its session, and that it was used; one that has ended meanwhile stays ended.
local digest, used, idle, content = arg(), arg(), tonumber(arg()), arg()
local key = K('session:' .. digest)
local ends = call('HGET', key, 'ends_at')
if not ends then return 'gone' end
local left = math.min(idle, tonumber(ends) - now)
if left <= 0 then return 'gone' end
call('ZREM', K('sessions:' .. call('HGET', key, 'owner')), '') -- a first write that a full Redis allows
if used == '1' then
  call('HSET', key, 'seen_at', NOW)
  call('PEXPIRE', key, int(left))
end
if content ~= '' then call('HSET', key, 'content', content) end
return 'ok'
