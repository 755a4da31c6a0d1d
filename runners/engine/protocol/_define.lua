-- What waits for people before its first start was shown as the job was: it ends, and the next run asks anew. A run that has
-- started goes on as it is.
local function void_requests(job, version)
  local note = '"the job was changed to version ' .. int(version) .. ' before anybody decided"'
  for _, id in ipairs(call('SMEMBERS', K('approvals:job:' .. job))) do
    local v = call('HMGET', K('approval:' .. id), 'kind', 'run_id')
    if v[1] == 'start' then end_cancelled(read_run(v[2]), note) end
  end
end

-- One change of one job: saves, enables, disables or deletes it, compare-and-set on its version, every index in the same step.
-- Answers {word, version, incarnation}: ok, stale (its version is another by now), or busy (deleting with active runs).
local function define(job, expected)
  local action, kept_row, kept_from = arg(), arg(), arg()
  local key = K('job:' .. job)
  local v = call('HMGET', key, 'version', 'flow_group', 'held_guard', 'incarnation', 'enabled', 'held_by', 'next_slot')
  local version, old_flow, held, incarnation, was_enabled = v[1] or '', v[2] or '', v[3] or '', v[4] or '', v[5] or ''
  local looked_at = call('ZSCORE', K'due:critical', job) or call('ZSCORE', K'due:regular', job) or ''
  if version ~= expected then return {'stale', version, incarnation} end

  local function leave_flow()
    call('SREM', K('members:flow:' .. old_flow), job)
    forget_flow(old_flow)
    wake_flow(old_flow)
  end

  -- Slots that a pause kept are counted with the held one, unless a scheduler has counted them since they were read.
  local function end_slots()
    if kept_row ~= '' and held == 'paused' and v[7] == kept_from then record(job, kept_row) else end_held(job) end
  end

  local function forget_schedule()
    call('ZREM', K'due:critical', job)
    call('ZREM', K'due:regular', job)
    stop_waiting(job, held, old_flow, v[6] or '')
    if old_flow ~= '' then call('ZREM', K('flow:' .. old_flow), job) end
  end

  if action == 'delete' then
    if arg() ~= '1' and call('SCARD', K('active:job:' .. job)) > 0 then return {'busy', version, incarnation} end
    forget_schedule()
    put_down()
    end_slots()
    for _, id in ipairs(call('SMEMBERS', K('approvals:job:' .. job))) do
      if call('HGET', K('approval:' .. id), 'kind') == 'grant' then close_approval(id, 'void', '""', '"the job was deleted"') end
    end
    settle() -- the end of a held slot is a mark of the strip, which goes
    call('DEL', key, K('memory:' .. job), K('strip:' .. job), K('durations:' .. job), K('grants:job:' .. job))
    call('ZREM', K'grants', job)
    call('ZREM', K'jobs', job)
    call('ZREM', K'failing', job)
    call('ZREM', K'outcomes', job)
    call('ZREM', K'held', job)
    call('ZADD', K'jobs:gone', NOW, job)
    call('ZREM', K'paused:jobs', job)
    call('HDEL', K'jobs:index', job)
    if old_flow ~= '' then leave_flow() end
    event('job.deleted', job, '', arg())
    return {'ok', version, incarnation}
  end

  local enabled, priority, flow, limit, renewed, next_slot, look, summary = arg(), arg(), arg(), arg(), arg(), arg(), arg(), arg()
  local fields, version_row, events = args(tonumber(arg())), arg(), args(tonumber(arg()))
  -- first a write that a full Redis refuses
  call('HMSET', key, 'enabled', enabled, 'priority', priority, 'flow_group', flow, 'updated_at', NOW, unpack(fields))
  put_down()
  forget_schedule()
  if version_row ~= '' then
    version = call('HINCRBY', K'versions:last', job, 1)
    call('RPUSH', K('versions:' .. job), int(version) .. '|' .. NOW .. '|' .. version_row)
    call('LTRIM', K('versions:' .. job), -100, -1)
  end
  if version_row ~= '' then void_requests(job, version) end
  if renewed == '1' then incarnation = call('HINCRBY', K'incarnations', job, 1) end
  call('HMSET', key, 'version', version, 'incarnation', incarnation)
  if renewed ~= '1' and was_enabled == enabled then
    -- the schedule goes on where it stands; what is held is looked at again under the new guards
    look = held ~= '' and NOW or looked_at
  else
    end_slots()
    call('HMSET', key, 'held_slot', '', 'held_since', '', 'held_guard', '', 'held_observed', '', 'held_limit', '', 'held_by', '',
      'held_count', '', 'held_until', '', 'held_pause', '', 'next_slot', next_slot)
    call('ZREM', K'held', job)
  end
  if enabled == '1' then
    if look ~= '' then call('ZADD', K('due:' .. (priority == 'critical' and 'critical' or 'regular')), look, job) end
    if flow ~= '' and tonumber(limit) > 0 then call('ZADD', K('flow:' .. flow), limit, job) end
  end
  call('ZADD', K'jobs', 0, job)
  call('ZREM', K'jobs:gone', job)
  call('HSET', K'jobs:index', job, summary)
  if flow ~= '' then
    call('SADD', K('members:flow:' .. flow), job)
    call('ZADD', K'flows', 0, flow)
    wake_flow(flow)
  end
  if old_flow ~= '' and old_flow ~= flow then leave_flow() end
  for i = 1, #events, 2 do event(events[i], job, '', events[i + 1]) end
  return {'ok', int(tonumber(version)), int(tonumber(incarnation))}
end
