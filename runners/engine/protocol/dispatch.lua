-- A batch of looks at jobs: each compares and sets the job's cursor, records what was decided, and creates the run.
-- Answers one word per entry: ok, stale (another scheduler was faster, or the job was changed), exists (the slot had its run
-- before a clock stepped back; the job goes on without another), or the name of the guard that refused.
local cap, tick_ms, high, low = tonumber(arg()), tonumber(arg()), tonumber(arg()), tonumber(arg())
-- the window of this step, not of the look behind it: a scheduler that was stopped in between spends no old window's cap
local window_key = K('window:' .. int(math.floor(now / tick_ms)))
local spent = tonumber(call('GET', window_key) or '0')

local function read_entry()
  local entry = {}
  entry.job, entry.version, entry.next_slot, entry.held_slot, entry.new_next, entry.look_at, entry.kind = some(7)
  entry.rows = args(tonumber(arg()))
  entry.missed = arg()
  if entry.kind == 'run' then entry.run = read_creation()
  elseif entry.kind == 'hold' then
    entry.hold = {slot = arg(), guard = arg(), observed = arg(), limit = arg(), by = arg(), count = arg(), until_ms = arg(), seen = arg(),
      pause = arg(), place = arg()}
  end
  return entry
end

-- What held may have ended since the facts were read (a run, a cooldown): its end woke nobody, because nobody was held yet.
local function has_ended(job, guard, flow)
  if guard == 'overlap' then return call('SCARD', K('active:job:' .. job)) == 0 end
  if guard == 'pending_approval' then return call('SCARD', K('approvals:job:' .. job)) == 0 end
  if guard == 'cooldown' then return tonumber(call('HGET', K('memory:' .. job), 'cooldown_until') or '') == nil end
  if guard ~= 'flow_limit' then return false end
  local limit = flow_limit(flow)
  return limit == 0 or call('SCARD', K('active:flow:' .. flow)) < limit
end

-- Who waits goes in the order of waiting, critical jobs first. Not in the order of slots: a short interval renews its
-- slot all the time, and would be ahead of a longer one's for ever, or behind it.
local function write_hold(entry, before)
  local hold = entry.hold
  local same = before.guard == hold.guard
  local since = (same and before.since ~= '') and before.since or NOW
  local order = before.priority == 'critical' and int(tonumber(since) - 1e14) or since
  call('HMSET', K('job:' .. entry.job), 'held_slot', hold.slot, 'held_since', since,
    'held_guard', hold.guard, 'held_observed', hold.observed, 'held_limit', hold.limit, 'held_by', hold.by,
    'held_count', hold.count, 'held_until', hold.until_ms, 'held_seen', hold.seen, 'held_pause', hold.pause)
  call('ZADD', K'held', hold.place, entry.job)
  if hold.guard == 'flow_limit' then
    call('ZADD', K('waiting:flow:' .. before.flow), order, entry.job)
    call('SADD', K'waiting:flows', before.flow)
  elseif hold.guard == 'pressure' then call('ZADD', K'waiting:pressure', order, entry.job)
  elseif hold.guard == 'paused' then
    local blocker = pause_of(entry.job, before.flow, before.priority)
    if blocker ~= first_of(hold.by) then look_at(entry.job, NOW) -- resumed since the facts were read
    elseif blocker ~= 'job' then call('ZADD', K('waiting:paused:' .. blocker), order, entry.job) end
  end
  if has_ended(entry.job, hold.guard, before.flow) then look_at(entry.job, NOW) end
  if not same then
    count_minute('held', 1)
    if hold.guard ~= 'paused' then
      event('scheduler.dispatch_skipped_' .. hold.guard, entry.job, '', '{"slot_ms":' .. hold.slot .. ',"observed":' .. hold.observed .. ',"limit":' .. hold.limit .. '}')
    end
  end
end

local function clear_hold(job, before)
  if before.guard ~= '' then
    call('HMSET', K('job:' .. job), 'held_slot', '', 'held_since', '', 'held_guard', '', 'held_observed', '', 'held_limit', '',
      'held_by', '', 'held_count', '', 'held_until', '', 'held_pause', '')
    call('ZREM', K'held', job)
  end
end

local function decide(entry)
  local v = call('HMGET', K('job:' .. entry.job), 'enabled', 'version', 'next_slot', 'held_slot', 'held_guard', 'held_since', 'flow_group', 'priority',
    'held_by')
  local before = {guard = v[5] or '', since = v[6] or '', flow = v[7] or '', priority = v[8], by = v[9] or ''}
  if v[1] ~= '1' or v[2] ~= entry.version or (v[3] or '') ~= entry.next_slot or (v[4] or '') ~= entry.held_slot then return 'stale' end
  local answer = 'ok'
  if entry.kind == 'run' and call('EXISTS', K('run:' .. entry.run.id)) == 1 then
    answer, entry.rows[#entry.rows] = 'exists', nil
  elseif entry.kind == 'run' then
    if spent >= cap then return 'dispatch_cap' end
    local guard = refusal(entry.run, high, low)
    if guard then return guard end
    -- before the run: one that breaks the script is counted too, rather than let out beyond the cap
    spent = call('INCR', window_key)
    if spent == 1 then call('PEXPIRE', window_key, 10000) end
    create(entry.run)
  end
  stop_waiting(entry.job, before.guard, before.flow, before.by)
  call('HSET', K('job:' .. entry.job), 'next_slot', entry.new_next)
  local due = K('due:' .. (before.priority == 'critical' and 'critical' or 'regular'))
  if entry.look_at == '' then call('ZREM', due, entry.job) else call('ZADD', due, entry.look_at, entry.job) end
  for _, row in ipairs(entry.rows) do record(entry.job, row) end
  if entry.missed ~= '' then event('scheduler.slots_missed', entry.job, '', entry.missed) end
  if entry.kind == 'hold' then write_hold(entry, before) else clear_hold(entry.job, before) end
  -- a place in the flow group that this job was woken for, and did not take, goes to the next one
  if before.flow ~= '' and before.guard == 'flow_limit' and (entry.kind ~= 'run' or answer == 'exists') and not (entry.hold and entry.hold.guard == 'flow_limit') then
    wake_flow(before.flow)
  end
  return answer
end

-- first a write that a full Redis refuses: after an allowed one, such as the end of a wait, it would let all others pass
call('HSET', K'ticks', 'decided', NOW)
local answers = {}
for i = 1, tonumber(arg()) do answers[i] = decide(read_entry()) end
return answers
