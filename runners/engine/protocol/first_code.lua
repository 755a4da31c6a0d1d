-- Keeps the digest of the one-time code of the first sign-in, in place of an earlier one. Answers ok, or known: somebody is.
local digest, life_ms = arg(), arg()
local tokens = call('ZCARD', K'tokens') - call('ZCOUNT', K'tokens:ends', '-inf', NOW)
if call('ZCARD', K'people') > 0 or tokens > 0 then return 'known' end
call('SET', K'people:first', digest, 'PX', life_ms)
put_down()
return 'ok'
