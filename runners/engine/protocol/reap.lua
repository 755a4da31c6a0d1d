-- Takes runs back from workers that stopped beating, and moves due retries and expired runs on.
-- Each lease comes with the score that did not move between two looks: if it has moved since, the worker lives.
local function lose(id, seen)
  local score = call('ZSCORE', K'leases', id)
  if not score or tonumber(score) ~= tonumber(seen) then return 'alive' end
  local run = read_run(id)
  call('ZREM', K'leases', id)
  if run.status ~= 'running' then return 'ghost' end
  call('HINCRBY', K('run:' .. id), 'token', 1)
  count('lost')
  local error = '"worker ' .. run.worker_id .. ' stopped renewing its lease"'
  local again = run.cancel_requested ~= '1' and run.on_worker_lost == 'retry' and tonumber(run.attempt) < tonumber(run.max_retry)
  event('run.lost', run.job_id, id, '{"worker_id":"' .. run.worker_id .. '","attempt":' .. run.attempt .. ',"again":' .. tostring(again) .. '}')
  if run.cancel_requested == '1' then
    end_cancelled(run, error)
    return 'cancelled'
  end
  if again then
    requeue(run, tonumber(run.attempt) + 1, attempt_row(run, 'lost', error), true)
    return 'requeued'
  end
  end_run(run, 'failed', 'lost', '{"success":false,"output":null,"error":' .. error .. ',"duration_ms":null}', error, '')
  return 'failed'
end

local answers = {}
for i = 1, tonumber(arg()) do answers[i] = lose(arg(), arg()) end

-- A clock that was set back would let what waits for a while (a next attempt, an expiry, a decision, the end of a cooldown)
-- wait longer by as much. Who waits then is put down, and moved a part in each call: the server is never kept for long.
local SET_BACK_MS, MOVED_AT_ONCE = 2000, 500
local WAITING = {'retries', 'expiries', 'approvals:reminders', 'approvals:deadlines', 'failing'}
for _, priority in ipairs(PRIORITIES) do WAITING[#WAITING + 1] = 'pending:' .. priority end

-- A failure of the future was put down by the clock as it was before.
local function move_cooldown(job, by)
  local v = call('HMGET', K('memory:' .. job), 'cooldown_until', 'last_failure_at')
  local ends, failed_at = tonumber(v[1] or ''), tonumber(v[2] or '')
  if not ends or not failed_at or failed_at <= now then return end
  call('HMSET', K('memory:' .. job), 'cooldown_until', int(ends + by), 'last_failure_at', int(failed_at + by))
  if call('HGET', K('job:' .. job), 'held_guard') == 'cooldown' then look_at(job, NOW) end
end

local function move_deadline(id, at)
  local run = call('HGET', K('approval:' .. id), 'run_id')
  call('HSET', K('approval:' .. id), 'expires_at', at)
  if run and run ~= '' then call('HSET', K('run:' .. run), 'decide_by', at) end
end

local function move_in_pool(name, id, at)
  local pool = call('HGET', K('run:' .. id), 'pool')
  if pool then call('ZADD', K(own(name, pool)), at, id) end
end

local function move_waiting(name, by, last)
  local rows = call('ZRANGE', K('set_back:' .. name), 0, last, 'WITHSCORES')
  for i = 1, #rows, 2 do
    local id = rows[i]
    call('ZREM', K('set_back:' .. name), id)
    if name == 'failing' then move_cooldown(id, by)
    elseif call('ZSCORE', K(name), id) == rows[i + 1] and (not string.find(name, '^pending') or tonumber(rows[i + 1]) > now) then
      local at = int(tonumber(call('ZINCRBY', K(name), int(by), id)))
      if name == 'approvals:deadlines' then move_deadline(id, at) end
      if string.find(name, '^pending') then move_in_pool(name, id, at) end
    end
  end
end

local function follow_clock()
  call('ZREM', K'retries', '') -- changes nothing, but a full Redis allows it, and then what comes after it
  local v = call('HMGET', K'ticks', 'reaped', 'set_back')
  local before, by = tonumber(v[1] or '') or 0, tonumber(v[2] or '') or 0
  call('HSET', K'ticks', 'reaped', NOW)
  local again = before - now >= SET_BACK_MS
  -- whoever has still to be moved by the last step is moved at once when another step follows
  for _, name in ipairs(WAITING) do move_waiting(name, by, again and -1 or MOVED_AT_ONCE - 1) end
  if not again then return end
  call('HSET', K'ticks', 'set_back', int(now - before))
  for _, name in ipairs(WAITING) do
    call('ZUNIONSTORE', K('set_back:' .. name), 1, K(name))
    move_waiting(name, now - before, MOVED_AT_ONCE - 1)
  end
end
follow_clock()

for _, id in ipairs(call('ZRANGEBYSCORE', K'retries', '-inf', NOW, 'LIMIT', 0, 200)) do
  call('ZREM', K'retries', id)
  local run = read_run(id)
  if run.status == 'retrying' then
    call('HSET', K('run:' .. id), 'status', 'queued')
    call('HSET', 'rq:job:' .. id, 'status', 'queued')
    enqueue(id, run.priority, run.pool)
    event('run.queued', run.job_id, id, '{"source":"retry","attempt":' .. run.attempt .. '}')
  end
end

for _, id in ipairs(call('ZRANGEBYSCORE', K'expiries', '-inf', NOW, 'LIMIT', 0, 200)) do
  call('ZREM', K'expiries', id)
  local run = read_run(id)
  if run.status == 'queued' then end_expired(run) end
end

-- All that are open are looked at in turn, a part in each call: one whose record is gone waits for nobody.
local function find_undecidable()
  local most, start = 100, tonumber(call('HGET', K'markers', 'place:approvals') or '0')
  local ids = call('ZRANGE', K'approvals:deadlines', start, start + most - 1)
  local following = #ids < most and 0 or start + most
  if following ~= start then call('HSET', K'markers', 'place:approvals', following) end
  for _, id in ipairs(ids) do
    if call('EXISTS', K('approval:' .. id)) == 0 then end_undecidable(id) end
  end
end
find_undecidable()

for _, id in ipairs(call('ZRANGEBYSCORE', K'approvals:deadlines', '-inf', NOW, 'LIMIT', 0, 200)) do
  local approval = approval_facts(id)
  if approval.status == '' then end_undecidable(id)
  elseif approval.status ~= 'pending' then call('ZREM', K'approvals:deadlines', id)
  elseif approval.on_expiry == 'approve' then settle_approved(approval, '""', '"nobody decided in time"')
  else settle_refused(approval, 'expired', '""', '"nobody decided in time"', '"' .. UNDECIDED .. '"') end
end

for _, id in ipairs(call('ZRANGEBYSCORE', K'approvals:reminders', '-inf', NOW, 'LIMIT', 0, 200)) do
  local approval = approval_facts(id)
  local waits = approval.status == 'pending'
  local again = waits and remind_at(tonumber(approval.created_at) or now, tonumber(approval.expires_at) or now)
  if again then call('ZADD', K'approvals:reminders', int(again), id) else call('ZREM', K'approvals:reminders', id) end
  if waits then
    event('approval.reminder', approval.job_id, approval.run_id, '{"approval_id":"' .. id .. '","expires_ms":' .. approval.expires_at ..
      ',"summary":' .. approval.summary .. '}')
  end
end
return answers
