-- Cancels a run that a bulk operation made, if no worker has ever had it. Answers cancelled, or the state that forbids it.
local id, error = arg(), arg()
local run = read_run(id)
if run.status ~= 'queued' or run.attempt ~= '0' or run.attempts ~= '' then return {run.status, ''} end
end_cancelled(run, error)
return {'cancelled', ''}
