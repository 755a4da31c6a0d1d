-- Keeps for whom a one-time code links a chat, by the digest of the code; it expires by itself.
local digest, whom, life_ms = some(3)
call('SET', K('chat:code:' .. digest), whom, 'PX', life_ms)
put_down()
return 'ok'
