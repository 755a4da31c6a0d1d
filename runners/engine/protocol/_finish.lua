-- What becomes of a run that its worker has done with. Ends the parts of which `ending` is made: it returns what ends one run
-- by the script's next arguments, and what ends one whose time is over.
local function grants_something(ask)
  for place = 1, #ask.fields, 2 do
    if ask.fields[place] == 'grants' then return true end
  end
end

-- The handler starts again from its beginning when people have agreed; the start that asked is no used up attempt.
-- What would be granted to the job is for an admin to decide on, whoever else may approve its runs.
local function wait_for_approval(run, ask)
  local key = run.key
  local number = int(call('HINCRBY', key, 'asks', 1))
  call('HMSET', key, 'status', 'waiting_approval', 'attempts', attempt_row(run, 'waiting_approval', ''), 'started_at', '', 'worker_id', '')
  call('HMSET', 'rq:job:' .. run.id, 'status', 'deferred', 'worker_name', '')
  local kept = call('HMGET', key, 'approvers', 'quorum', 'actor')
  if grants_something(ask) then kept[1], kept[2] = '', '' end
  for place, name in ipairs({'approvers', 'quorum', 'requester'}) do
    ask.fields[#ask.fields + 1], ask.fields[#ask.fields + 2] = name, kept[place] or ''
  end
  open_approval(approval_of(run.id, number), run.job_id, run.id, ask)
end

local LEASES = K'leases'
local function finish(worker)
  local id, token, outcome, kind, result, error, delay, traceback = some(8)
  local line = outcome == 'failed' and arg() or ''
  local ask = outcome == 'asked' and read_ask()
  local run = read_run(id, outcome == 'success' and SUCCESS_FIELDS or nil)
  if run.status ~= 'running' or run.token ~= token then
    count('stale_results')
    event('run.stale_result_refused', run.job_id, id, '{"token":' .. token .. ',"worker_id":"' .. worker .. '"}')
    return 'stale'
  end
  collect('ZREM', LEASES, id)
  if traceback ~= '' then keep_traceback(run, traceback) end
  local again = outcome == 'returned' or ask or (outcome == 'failed' and delay ~= '' and tonumber(run.attempt) < tonumber(run.max_retry))
  if again and run.cancel_requested == '1' then
    end_cancelled(run, error ~= '' and error or '"cancelled on request"')
    return 'cancelled'
  end
  if outcome == 'returned' then
    requeue(run, run.attempt, attempt_row(run, 'returned', ''), true)
    return 'queued'
  end
  if ask then
    wait_for_approval(run, ask)
    return 'waiting_approval'
  end
  if again then
    if run.job_type == AGENT and kind ~= 'lost' then owe_memory(run, kind) end
    local due = int(now + tonumber(delay))
    call('HMSET', run.key, 'status', 'retrying', 'attempt', tonumber(run.attempt) + 1, 'attempts', attempt_row(run, 'failed', error),
      'started_at', '', 'worker_id', '')
    call('HMSET', 'rq:job:' .. id, 'status', 'scheduled', 'worker_name', '')
    call('ZADD', K'retries', due, id)
    count('retries')
    event('run.retry_scheduled', run.job_id, id, '{"attempt":' .. run.attempt .. ',"due_ms":' .. due .. (error ~= '' and ',"error":' .. error or '') .. '}')
    return 'retrying'
  end
  end_run(run, outcome, kind, result, error, line)
  return outcome
end

return finish, function(id) end_expired(read_run(id)) end
