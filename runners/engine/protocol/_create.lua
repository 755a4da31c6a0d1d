-- Creating a run: the checks that must not be raced, then every write; used by dispatch and admit.
local function read_creation()
  local run = {}
  run.id, run.job, run.priority, run.pool, run.flow, run.overlap, run.memory, run.ignore, run.source, run.slot, run.expires_ms,
    run.rq_payload, run.rq_description = some(13)
  run.fields = args(tonumber(arg()))
  run.ask = read_ask()
  return run
end

-- Returns the name of the guard that refuses, or nil. All of it is read before anything is written.
local function refusal(run, high, low)
  if pause_of(run.job, run.flow, run.priority) then return 'paused' end
  if call('SCARD', K('approvals:job:' .. run.job)) > 0 then return 'pending_approval' end
  if run.ignore ~= '1' then
    local until_ms = run.memory == '1' and call('HGET', K('memory:' .. run.job), 'cooldown_until')
    if until_ms and until_ms ~= '' and tonumber(until_ms) > now then return 'cooldown' end
    if run.priority ~= 'critical' and pressed(high, low) then return 'pressure' end
  end
  if run.flow ~= '' then
    local limit = flow_limit(run.flow)
    if limit > 0 and call('SCARD', K('active:flow:' .. run.flow)) >= limit then return 'flow_limit' end
  end
  if run.overlap ~= '1' and call('SCARD', K('active:job:' .. run.job)) > 0 then return 'overlap' end
end

local function create(run)
  local status = run.ask and 'waiting_approval' or 'queued'
  -- the first write is one that a full Redis refuses, so that it takes no new work
  local message = run.ask and '' or send(run.id, run.priority, run.pool)
  -- a small hash is searched from its start: first comes what is read most often
  call('HMSET', K('run:' .. run.id), 'status', status, 'token', 0, 'attempt', 0, 'message_id', message, 'created_at', NOW,
    'scheduled_at', NOW, unpack(run.fields))
  call('HMSET', 'rq:job:' .. run.id, 'data', run.rq_payload, 'description', run.rq_description, 'origin', run.priority,
    'status', run.ask and 'deferred' or 'queued')
  call('SADD', K('active:job:' .. run.job), run.id)
  collect('ZADD', K'runs', NOW, run.id)
  collect('ZADD', K('runs:job:' .. run.job), NOW, run.id)
  if run.flow ~= '' then
    call('SADD', K('active:flow:' .. run.flow), run.id)
    collect('ZADD', K('runs:flow:' .. run.flow), NOW, run.id)
  end
  if run.source ~= 'schedule' then collect('ZADD', K('runs:source:' .. run.source), NOW, run.id) end
  call('HMSET', K('job:' .. run.job), 'last_run_id', run.id, 'last_status', status)
  if run.ask then
    call('HMSET', K('run:' .. run.id), 'asks', 1, 'expires_ms', run.expires_ms)
    open_approval(approval_of(run.id, 1), run.job, run.id, run.ask)
    return
  end
  if run.expires_ms ~= '' then
    local expires_at = int(now + tonumber(run.expires_ms))
    call('HSET', K('run:' .. run.id), 'expires_at', expires_at)
    collect('ZADD', K'expiries', expires_at, run.id)
  end
  wait_in_queue(run.id, run.priority, run.pool)
  count_minute('queued', 1)
  event('run.queued', run.job, run.id, '{"source":"' .. run.source .. '"' .. (run.slot ~= '' and ',"slot_ms":' .. run.slot or '') .. '}')
end
