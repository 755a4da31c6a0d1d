-- Takes a grant away; runs that start from now on have it no more. Answers ok, or gone when there is no such grant.
local id, job, json = arg(), arg(), arg()
if call('HEXISTS', K('grants:job:' .. job), id) == 0 then return 'gone' end
call('HDEL', K('grants:job:' .. job), id)
put_down()
if call('EXISTS', K('grants:job:' .. job)) == 0 then call('ZREM', K'grants', job) end
event('grant.revoked', job, '', json)
return 'ok'
