-- An attempt of an agent's run has come to an end, just before the run itself does: what is remembered of it, and its event.
-- Answers ok, stale (the run is somebody else's), changed (the memory is, read it again), or full (no more keys are kept).
local MOST_KEPT = 10000
local id, token, over, agent, expected, json, about = some(7)
local run = call('HMGET', K('run:' .. id), 'token', 'status', 'job_id', 'attempt', 'max_retry')
if run[1] ~= token or run[2] ~= 'running' then return 'stale' end
local version = call('HGET', K('agent:' .. agent), 'version') or '0'
local known = call('ZCARD', K'agents')
if version ~= expected then return 'changed' end
call('ZREM', K'retries', '') -- changes nothing, but a full Redis allows it, and then what comes after it
event('agent.workflow_executed', run[3] or '', id, about)
if over == '1' or (tonumber(run[4]) or 0) >= (tonumber(run[5]) or 0) then call('DEL', K('talk:' .. id)) end
if version == '0' and known >= MOST_KEPT then return 'full' end
call('HMSET', K('agent:' .. agent), 'version', int(tonumber(version) + 1), 'json', json)
call('ZADD', K'agents', 0, agent)
return 'ok'
