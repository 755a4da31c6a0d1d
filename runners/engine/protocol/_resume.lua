-- What a decision does to its run: it goes on with what was granted, or ends.
local function approval_facts(id)
  local names = {'status', 'kind', 'run_id', 'job_id', 'digest', 'expires_at', 'quorum', 'votes', 'summary', 'requests', 'on_expiry', 'created_at', 'grants'}
  local values, approval = call('HMGET', K('approval:' .. id), unpack(names)), {id = id}
  for i, name in ipairs(names) do approval[name] = values[i] or '' end
  return approval
end

-- Back to the queue without new admission: its places were never given up.
local function resume(run, approval, note)
  local row = '{"id":"' .. approval.id .. '","summary":' .. approval.summary .. ',"requests":' .. approval.requests .. ',"votes":[' ..
    approval.votes .. '],"at":' .. NOW .. ',"note":' .. note .. '}'
  local before = call('HGET', K('run:' .. run.id), 'granted') or ''
  call('HSET', K('run:' .. run.id), 'granted', before == '' and row or before .. ',' .. row)
  requeue(run, run.attempt, run.attempts, run.attempts ~= '')
  local life = call('HGET', K('run:' .. run.id), 'expires_ms')
  if run.attempts == '' and life and life ~= '' then
    local expires_at = int(now + tonumber(life))
    call('HSET', K('run:' .. run.id), 'expires_at', expires_at)
    collect('ZADD', K'expiries', expires_at, run.id)
  end
  if run.attempts == '' then count_minute('queued', 1) end
  event('run.queued', run.job_id, run.id, '{"source":"approval","approval_id":"' .. approval.id .. '"}')
end

-- One approval may grant several things, a line each: the first has its id, the others their number behind it.
local function grant(approval)
  local number = 0
  for line in string.gmatch(approval.grants, '[^\n]+') do
    number = number + 1
    local id = number == 1 and approval.id or approval.id .. '.' .. int(number)
    call('HSET', K('grants:job:' .. approval.job_id), id, '{"granted_at":' .. NOW .. ',' .. string.sub(line, 2))
    call('ZADD', K'grants', 0, approval.job_id)
  end
end

local function settle_approved(approval, by, note)
  close_approval(approval.id, 'approved', by, note)
  grant(approval)
  if approval.kind ~= 'grant' then resume(read_run(approval.run_id), approval, note) end
end

-- A run whose approval's record is gone would wait for a decision that nobody can make.
local function end_undecidable(id)
  local run = read_run(run_behind(id))
  local waits = run.status == 'waiting_approval' and run.approval_id == id
  forget_approval(id)
  if not waits then return end
  local line = 'the record of its approval is gone, so nobody can decide on it; retry the run'
  local error = '"' .. line .. '"'
  end_run(run, 'failed', 'expired', '{"success":false,"output":null,"error":' .. error .. ',"duration_ms":null}', error, line)
end

local UNDECIDED = 'nobody decided on its approval in time'
local function settle_refused(approval, status, by, note, error)
  close_approval(approval.id, status, by, note)
  if approval.kind == 'grant' then return end
  end_run(read_run(approval.run_id), 'failed', status, '{"success":false,"output":null,"error":' .. error .. ',"duration_ms":null}', error,
    status == 'expired' and UNDECIDED or '')
end
