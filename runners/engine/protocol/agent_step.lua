-- Journals one step of an agent's run: before it acts, and when it is known how it went. Whoever lost the run journals nothing.
-- A full store takes no new step; one that was begun is always brought to its end. Answers ok, or stale.
local id, token, phase, number, step, talk, asked = some(7)
local run = call('HMGET', K('run:' .. id), 'token', 'status', 'job_id')
if run[1] ~= token or run[2] ~= 'running' then return 'stale' end
if phase == 'end' then call('ZREM', K'retries', '') end -- changes nothing, but a full Redis allows it, and then what comes after it
call('HSET', K('steps:' .. id), number, step)
call('HSET', K('talk:' .. id), number, talk)
if asked ~= '' then event('agent.approval_requested', run[3] or '', id, asked) end
return 'ok'
