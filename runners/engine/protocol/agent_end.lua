-- An attempt of an agent's run has come to an end, just before the run itself does: what is remembered of it, and its event.
-- Once, also where its worker dies in between and the run goes on. Answers ok, stale (the run is somebody else's), changed (the
-- memory is, read it again), or full (no more keys are kept).
local id, token, over, agent, expected, json, about = some(7)
local run = call('HMGET', K('run:' .. id), 'token', 'status', 'job_id', 'attempt', 'remembered')
if run[1] ~= token or run[2] ~= 'running' then return 'stale' end
if run[5] == 'over' or run[5] == run[4] then return 'ok' end
local before = read_memory(agent)
if before.version ~= expected then return 'changed' end
call('ZREM', K'retries', '') -- changes nothing, but a full Redis allows it, and then what comes after it
call('HSET', K('run:' .. id), 'remembered', over == '1' and 'over' or run[4])
event('agent.workflow_executed', run[3] or '', id, about)
return keep_memory(before, json)
