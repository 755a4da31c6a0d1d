-- Begins a session in the place of the one that the same browser had: an id is never carried over.
-- A full Redis lets somebody sign in: that is when the pages are needed most.
local digest, before, owner, life, idle, kept, json = some(7)
local fields, of = args(tonumber(arg())), K('sessions:' .. owner)

local function forget(old, whose)
  call('ZREM', K('sessions:' .. whose), old)
  call('DEL', K('session:' .. old))
end

local was = before ~= '' and call('HGET', K('session:' .. before), 'owner')
local ends = int(now + tonumber(life))
call('ZREMRANGEBYSCORE', of, '-inf', '(' .. NOW) -- a first write that a full Redis allows, and with it the others
put_down()
if was then forget(before, was) end
for _, oldest in ipairs(call('ZRANGE', of, 0, -tonumber(kept))) do forget(oldest, owner) end
call('HMSET', K('session:' .. digest), 'began_at', NOW, 'seen_at', NOW, 'ends_at', ends, unpack(fields))
call('PEXPIRE', K('session:' .. digest), int(math.min(tonumber(life), tonumber(idle))))
call('ZADD', of, ends, digest)
call('PEXPIRE', of, life)
event('auth.signed_in', '', '', json)
return 'ok'
