-- An attempt of an agent's run that ended without its handler is remembered by whoever comes first; its mark goes in the same step.
-- Answers ok, gone (somebody has been here), changed (the memory is, read it again), or full (no more keys are kept).
local mark, agent, expected, json, job, id, about = some(7)
if not call('ZSCORE', K'agents:unremembered', mark) then return 'gone' end
local before = read_memory(agent)
if before.version ~= expected then return 'changed' end
call('ZREM', K'agents:unremembered', mark)
event('agent.workflow_executed', job, id, about)
return keep_memory(before, json)
