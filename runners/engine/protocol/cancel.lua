-- Cancels a run: one that waits ends at once, one that runs is asked to stop at its worker's next renewal.
-- Answers cancelled, asked, final (it had ended), or gone.
local id, error = arg(), arg()
local WAITS = {queued = true, retrying = true, waiting_approval = true}
local run = read_run(id)
if run.status == '' then return 'gone' end
if run.status ~= 'running' and not WAITS[run.status] then return 'final' end
call('ZREM', K'retries', '') -- changes nothing, but a full Redis allows it, and then what comes after it
put_down()
if run.status == 'running' then
  call('HSET', K('run:' .. id), 'cancel_requested', '1')
  return 'asked'
end
end_cancelled(run, error)
return 'cancelled'
