-- Resets a job's failure memory; a slot that its cooldown holds is looked at again now.
local job = arg()
if call('EXISTS', K('job:' .. job)) == 0 then return 'gone' end
local until_ms = call('HGET', K('memory:' .. job), 'cooldown_until')
call('DEL', K('memory:' .. job))
put_down()
call('ZREM', K'failing', job)
if until_ms and until_ms ~= '' then event('job.cooldown_ended', job, '', '{"by":"reset"}') end
if call('HGET', K('job:' .. job), 'held_guard') == 'cooldown' then look_at(job, NOW) end
return 'ok'
