-- One call of a worker: finishes what it has done, then takes and claims what is next.
-- Answers {words for what was finished, {id, token, payload, {run fields}} for what was taken, refused messages}.
local worker, lease_ms = arg(), tonumber(arg())

local function finish()
  local id, token, outcome, kind, result, error, delay = arg(), arg(), arg(), arg(), arg(), arg(), arg()
  local run = read_run(id)
  if run.status ~= 'running' or run.token ~= token then
    count('stale_results')
    event('run.stale_result_refused', run.job_id, id, '{"token":' .. token .. ',"worker_id":"' .. worker .. '"}')
    return 'stale'
  end
  call('ZREM', K'leases', id)
  local again = outcome == 'returned' or (outcome == 'failed' and delay ~= '' and tonumber(run.attempt) < tonumber(run.max_retry))
  if again and run.cancel_requested == '1' then
    end_cancelled(run, error ~= '' and error or '"cancelled on request"')
    return 'cancelled'
  end
  if outcome == 'returned' then
    requeue(run, run.attempt, attempt_row(run, 'returned', ''), true)
    return 'queued'
  end
  if again then
    acknowledge(run.priority, run.message_id)
    local due = int(now + tonumber(delay))
    call('HMSET', K('run:' .. id), 'status', 'retrying', 'attempt', tonumber(run.attempt) + 1, 'attempts', attempt_row(run, 'failed', error),
      'started_at', '', 'worker_id', '', 'message_id', '')
    call('HMSET', 'rq:job:' .. id, 'status', 'scheduled', 'worker_name', '')
    call('ZADD', K'retries', due, id)
    count('retries')
    event('run.retry_scheduled', run.job_id, id, '{"attempt":' .. run.attempt .. ',"due_ms":' .. due .. (error ~= '' and ',"error":' .. error or '') .. '}')
    return 'retrying'
  end
  end_run(run, outcome, kind, result, error)
  return outcome
end

-- Redis 5 lets no script call XREADGROUP. There the oldest entry is taken out of the stream, which serves as well:
-- taking and claiming are one step here, so nothing relies on the group's pending entries.
local function take_out(key)
  local entry = call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
  if entry then call('XDEL', key, entry[1]) end
  return entry
end

local function read_stream(key)
  local answer = redis.pcall('XREADGROUP', 'GROUP', GROUP, worker, 'COUNT', 1, 'STREAMS', key, '>')
  if type(answer) ~= 'table' or not answer.err then return answer and answer[1] and answer[1][2][1] end
  if string.find(answer.err, 'NOGROUP') then return 'no group' end
  if string.find(answer.err, 'not allowed from script') then return take_out(key) end
  error(answer.err)
end

local function pop(priority)
  if transport == 'lists' then return call('RPOP', K('list:' .. priority)), '' end
  local key = K('stream:' .. priority)
  local entry = read_stream(key)
  if entry == 'no group' then
    call('XGROUP', 'CREATE', key, GROUP, '0', 'MKSTREAM')
    entry = read_stream(key)
  end
  if not entry then return nil end
  return entry[2] and entry[2][1] == 'run' and entry[2][2] or '?', entry[1]
end

-- Critical first; every eighth take serves the oldest head whatever its priority, so that nothing starves.
local served
local function order()
  served = (served or tonumber(call('GET', K'takes') or '0')) + 1
  if served % 8 ~= 0 then return PRIORITIES end
  local heads = {}
  for place, priority in ipairs(PRIORITIES) do
    local head = call('ZRANGE', K('pending:' .. priority), 0, 0, 'WITHSCORES')
    heads[place] = {priority, tonumber(head[2] or 'inf') or math.huge}
  end
  table.sort(heads, function(a, b) return a[2] < b[2] end)
  return {heads[1][1], heads[2][1], heads[3][1]}
end

local function claim(run, message)
  local queued_at = tonumber(call('ZSCORE', K('pending:' .. run.priority), run.id) or NOW)
  call('ZREM', K('pending:' .. run.priority), run.id)
  if run.expires_at ~= '' then call('ZREM', K'expiries', run.id) end
  local token = tonumber(run.token) + 1
  call('HMSET', K('run:' .. run.id), 'status', 'running', 'token', token, 'started_at', NOW, 'worker_id', worker, 'message_id', message)
  call('ZADD', K'leases', int(now + lease_ms), run.id)
  local payload = call('HGET', 'rq:job:' .. run.id, 'data') or ''
  call('HMSET', 'rq:job:' .. run.id, 'status', 'started', 'worker_name', worker)
  local wait = math.max(0, now - queued_at)
  count_minute('wait_ms', wait)
  call('HINCRBY', K'metrics', 'wait_ms', wait)
  local bucket = 1
  while bucket < wait and bucket < 4194304 do bucket = bucket * 4 end
  count('wait|' .. bucket)
  event('run.started', run.job_id, run.id, '{"attempt":' .. run.attempt .. ',"worker_id":"' .. worker .. '"}')
  return {run.id, int(token), payload, call('HGETALL', K('run:' .. run.id))}
end

-- The expiry of a run that has started once is in the index no more.
local function has_expired(run)
  local expires_at = run.expires_at ~= '' and call('ZSCORE', K'expiries', run.id)
  return expires_at and tonumber(expires_at) <= now
end

local refused = {}
local looked, LOOKED_AT_ONCE = 0, 1000 -- messages of one call, so that dead ones never block the server for long
local function take()
  for _, priority in ipairs(order()) do
    local id, message = pop(priority)
    while id do
      looked = looked + 1
      if transport == 'lists' and string.match(id, '^#%d+$') then
        call('HSET', K'markers', 'passed:' .. priority, string.sub(id, 2))
        call('HDEL', K'markers', 'open:' .. priority)
      else
        local run = read_run(id)
        local waits = run.status == 'queued' and run.priority == priority
        local expired = waits and has_expired(run)
        if waits and not expired then return claim(run, message) end
        acknowledge(priority, message)
        if expired then end_expired(run)
        elseif run.status == '' then
          refused[#refused + 1] = id
          count('refused_messages')
        end
      end
      if looked >= LOOKED_AT_ONCE then return nil end
      id, message = pop(priority)
    end
  end
end

-- the first write is one that a full Redis allows: what runs can always end, also behind a stale result that is counted
call('ZREM', K'leases', '')
local finished, taken = {}, {}
for i = 1, tonumber(arg()) do finished[i] = finish() end
local wanted = tonumber(arg())
if wanted > 0 and call('EXISTS', 'rq:suspended') == 1 then wanted = 0 end
for i = 1, wanted do
  local run = take()
  if not run then break end
  taken[i] = run
end
if #taken > 0 then call('SET', K'takes', int(served)) end
return {finished, taken, refused}
