-- Cancels a run: one that waits ends at once, one that runs is asked to stop at its worker's next renewal.
-- Answers cancelled, asked, final (it had ended), or gone.
local id, error = arg(), arg()
local run = read_run(id)
if run.status == '' then return 'gone' end
if run.status == 'running' then
  call('ZREM', K'retries', id) -- changes nothing, but a full Redis allows it, and then what comes after it
  call('HSET', K('run:' .. id), 'cancel_requested', '1')
  return 'asked'
end
if run.status ~= 'queued' and run.status ~= 'retrying' and run.status ~= 'waiting_approval' then return 'final' end
end_cancelled(run, error)
return 'cancelled'
