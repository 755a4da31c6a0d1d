-- The life of one run: fields that the scripts read, and the step into a terminal state.
local SUCCESS_FIELDS = {'status', 'token', 'job_id', 'flow_group', 'attempt', 'created_at', 'job_type', 'memory', 'slot_at', 'started_at'}
local RUN_FIELDS = {'message_id', 'max_retry', 'worker_id', 'attempts', 'threshold', 'cooldown_ms', 'cooldown_max_ms', 'on_worker_lost', 'timeout_ms',
  'cancel_requested', 'priority', 'approval_id', 'job_version', 'pool', 'expires_at', unpack(SUCCESS_FIELDS)}

local NUMBERS = {attempt = true, token = true, max_retry = true, threshold = true, cooldown_ms = true, cooldown_max_ms = true}

-- A run that ends well needs `SUCCESS_FIELDS` only.
local function read_run(id, names)
  names = names or RUN_FIELDS
  local key = K('run:' .. id)
  local values = call('HMGET', key, unpack(names))
  -- a table that grows is copied at each power of two: it begins with room; who ends well is in no queue
  local run = {id = id, key = key, status = '', token = '', job_id = '', flow_group = '', attempt = '', created_at = '', job_type = '',
    memory = '', slot_at = '', started_at = '', priority = '', pool = '', message_id = '', expires_at = ''}
  for i = 1, #names do
    local name, value = names[i], values[i] or ''
    -- a broken record must not stop what keeps all others going
    run[name] = NUMBERS[name] and not tonumber(value) and '0' or value
  end
  return run
end

-- An ended attempt as run.py reads it; `error` is JSON already, or ''.
local function attempt_row(run, outcome, error)
  local row = '{"n":' .. run.attempt .. ',"s":' .. run.started_at .. ',"f":' .. NOW .. ',"w":"' .. run.worker_id ..
    '","o":"' .. outcome .. '"' .. (error ~= '' and ',"e":' .. error or '') .. '}'
  return run.attempts == '' and row or run.attempts .. ',' .. row
end

-- Of the last attempts only: a run may have a hundred.
local TRACEBACKS_KEPT = 10
local function keep_traceback(run, text)
  call('HSET', K('tracebacks:' .. run.id), run.attempt, text)
  call('HDEL', K('tracebacks:' .. run.id), int(tonumber(run.attempt) - TRACEBACKS_KEPT))
end

-- Facts of a job that no run's end changes, read once in a script.
local job_facts = {}
local function job_of(run)
  local known = job_facts[run.job_id]
  if not known then
    local v = call('HMGET', K('job:' .. run.job_id), 'version', 'last_run_id', 'held_guard')
    known = {exists = v[1], last_run = v[2], held = v[3]}
    job_facts[run.job_id] = known
  end
  return known
end

-- A second success of the same job in the same moment changes nothing.
local remembered = {}
local function remember_success(run)
  if remembered[run.job_id] then return end
  remembered[run.job_id] = true
  local key = K('memory:' .. run.job_id)
  local until_ms = call('HGET', key, 'cooldown_until')
  call('HMSET', key, 'failures', 0, 'cooldown_until', '', 'last_success_at', NOW)
  call('ZREM', K'failing', run.job_id)
  if until_ms and until_ms ~= '' then event('job.cooldown_ended', run.job_id, run.id, '{"by":"success"}') end
  if job_of(run).held == 'cooldown' then look_at(run.job_id, NOW) end
end

-- min(max, base * 2 ^ (n - threshold)) from the threshold on: the same formula as retry.cooldown (contract §6).
local function remember_failure(run, error)
  remembered[run.job_id] = nil
  local key = K('memory:' .. run.job_id)
  local failures = call('HINCRBY', key, 'failures', 1)
  call('ZADD', K'failing', failures, run.job_id)
  call('HMSET', key, 'last_failure_at', NOW, 'last_error', error)
  local threshold = tonumber(run.threshold)
  if failures < threshold then return end
  local wait = math.min(tonumber(run.cooldown_max_ms), tonumber(run.cooldown_ms) * 2 ^ math.min(failures - threshold, 40))
  call('HSET', key, 'cooldown_until', int(now + wait))
  event('job.cooldown_started', run.job_id, run.id, '{"failures":' .. failures .. ',"until_ms":' .. int(now + wait) .. '}')
end

local function free_places(run)
  collect('SREM', K_of('active:job:', run.job_id), run.id)
  if run.flow_group ~= '' then
    collect('SREM', K_of('active:flow:', run.flow_group), run.id)
    free_flow(run.flow_group)
  end
  if job_of(run).held == 'overlap' then look_at(run.job_id, NOW) end
end

-- history is most of what the store holds: what only a run that goes on needs does not stay
local ONLY_WHILE_ACTIVE = {'message_id', 'backoff_sec', 'on_worker_lost', 'threshold', 'cooldown_ms', 'cooldown_max_ms', 'memory', 'approvers', 'quorum',
  'approval_id', 'decide_by', 'expires_ms'}
local ENDS = {success = 'run.completed', failed = 'run.failed', cancelled = 'run.cancelled'}
local CODES = {success = 's', failed = 'f', cancelled = 'c'}
local RANKS = {success = 1e13, cancelled = 2e13, failed = 3e13} -- in front of the end in ms (job_index.py)
local FORGOTTEN = {expired = true, rejected = true}
local POISON, POISON_LISTED = {crashed = true, lost = true}, 100

-- An attempt of an agent's run that its handler kept nothing of is put down, once, for upkeep to remember. `how` is the kind of its
-- failure, else its status (unremembered.py).
local AGENT = 'agent.workflow'
local function owe_memory(run, how)
  local known = call('HGET', run.key, 'remembered')
  if known == run.attempt or known == 'over' then return end
  -- whoever takes back what does not run ends no attempt
  if how == 'cancelled' and run.status ~= 'running' and (known or run.attempts == '') then return end
  call('HSET', run.key, 'remembered', run.attempt)
  call('ZADD', K'agents:unremembered', NOW, run.id .. '|' .. run.attempt .. '|' .. how)
end

local function end_agent(run, how)
  owe_memory(run, how)
  call('HDEL', run.key, 'remembered')
  call('DEL', K('talk:' .. run.id))
end

local function count_end(run, status, duration)
  count('runs|' .. run.job_type .. '|' .. status)
  count_minute(status, 1)
  if duration then
    if duration > 0 then
      count_minute('busy_ms', duration)
      add(METRICS, 'duration_ms', duration)
    end
    count_within('duration', duration)
  end
end

-- What is kept beside the job; a job that is gone leaves nothing behind. `took` is nil for a run that never ran.
local function remember_end(run, status, kind, error, took)
  if run.memory == '1' and status == 'success' then remember_success(run)
  elseif run.memory == '1' and status == 'failed' and not FORGOTTEN[kind] then remember_failure(run, error) end
  strip(run.job_id, CODES[status] .. '|' .. (run.slot_at ~= '' and run.slot_at or run.created_at) .. '|' .. (took or '0') .. '|' .. run.id)
  if took and status == 'success' then collect_row('LPUSH', K_of('durations:', run.job_id), 50, took) end
end

-- `run` is as read before; `result` is JSON for the record; `error` is JSON text or ''; the caller has fenced, and has
-- taken the lease of a running run. Of one that failed, `line` says what it is like (failure.py).
local function end_run(run, status, kind, result, error, line)
  local duration = run.started_at ~= '' and run.status == 'running' and math.max(0, now - (tonumber(run.started_at) or now)) or nil
  local took = duration and int(duration)
  if run.status ~= 'running' then
    leave_queue(run.id, run.priority, run.pool)
    call('ZREM', K'retries', run.id)
    drop_message(run.priority, run.pool, run.message_id)
    if run.expires_at ~= '' then collect('ZREM', K'expiries', run.id) end
  end
  call('HDEL', run.key, unpack(ONLY_WHILE_ACTIVE)) -- first: each name that is set is looked for among all that are left
  call('HMSET', run.key, 'status', status, 'finished_at', NOW, 'result', result)
  if kind ~= '' or error ~= '' then call('HMSET', run.key, 'failure_kind', kind, 'error', error) end
  local created = tonumber(run.created_at) and run.created_at or call('ZSCORE', K'runs', run.id)
  if created then collect('ZADD', K_of('runs:status:', status), created, run.id) end
  if status == 'failed' then stand_in_group(run.id, run.job_id, kind, line, run.job_version, NOW) end
  if run.job_type == AGENT then end_agent(run, kind ~= '' and kind or status) end
  drop_key('rq:job:' .. run.id)
  local job = job_of(run)
  if job.last_run == run.id then
    call('HMSET', K('job:' .. run.job_id), 'last_status', status, 'last_finished_at', NOW)
    collect('ZADD', K'outcomes', int(RANKS[status] + now), run.job_id)
  end
  free_places(run)
  if job.exists then remember_end(run, status, kind, error, took) end
  if POISON[kind] then
    call('ZADD', K'poison', NOW, run.id)
    call('ZREMRANGEBYRANK', K'poison', 0, -POISON_LISTED - 1)
  end
  count_end(run, status, duration)
  event(ENDS[status], run.job_id, run.id, '{"attempt":' .. run.attempt .. (kind ~= '' and ',"failure_kind":"' .. kind .. '"' or '') ..
    (error ~= '' and ',"error":' .. error or '') .. (took and ',"duration_ms":' .. took or '') .. '}')
end

local function end_expired(run)
  local line = 'waited longer than its expires_sec'
  local error = '"' .. line .. '"'
  end_run(run, 'failed', 'expired', '{"success":false,"output":null,"error":' .. error .. ',"duration_ms":null}', error, line)
end

-- A run that somebody cancelled does not start again, whatever its last attempt came to, and nobody need decide on it.
local function end_cancelled(run, error)
  if run.approval_id ~= '' then close_approval(run.approval_id, 'void', '""', error) end
  end_run(run, 'cancelled', '', '{"success":false,"output":null,"error":' .. error .. ',"duration_ms":null}', '')
end

-- Back to the queue; `attempt` is the number of the next start. The caller has taken the lease.
local function requeue(run, attempt, attempts, redelivered)
  call('HMSET', run.key, 'status', 'queued', 'attempt', attempt, 'attempts', attempts, 'started_at', '', 'worker_id', '')
  if redelivered then call('HSET', run.key, 'redelivered', '1') end
  call('HMSET', 'rq:job:' .. run.id, 'status', 'queued', 'worker_name', '')
  enqueue(run.id, run.priority, run.pool)
end
