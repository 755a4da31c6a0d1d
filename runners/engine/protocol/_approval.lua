-- Approvals: opened in the step that makes a run wait for people, closed in the one that lets it go on or ends it.
-- Texts of people (summary, names, notes) come as JSON already.
local function approval_of(run, number) return 'ap_' .. string.gsub(run, '^run_', '') .. '_' .. number end

-- People are reminded at half of its time, and when a tenth is left.
local function remind_at(created, expires)
  for _, part in ipairs({0.5, 0.9}) do
    local at = math.floor(created + part * (expires - created))
    if at > now then return at end
  end
end

local function read_ask()
  local lasts_ms = tonumber(arg())
  if lasts_ms == 0 then return nil end
  return {lasts_ms = lasts_ms, summary = arg(), fields = args(tonumber(arg()))}
end

-- `run` is '' for what is asked for a job itself.
local function open_approval(id, job, run, ask)
  local expires_at = int(now + ask.lasts_ms)
  call('HMSET', K('approval:' .. id), 'status', 'pending', 'job_id', job, 'run_id', run, 'created_at', NOW, 'expires_at', expires_at,
    'summary', ask.summary, unpack(ask.fields))
  call('SADD', K('approvals:job:' .. job), id)
  for _, name in ipairs({'approvals', 'approvals:of:' .. job, 'approvals:status:pending'}) do call('ZADD', K(name), NOW, id) end
  call('ZADD', K'approvals:deadlines', expires_at, id)
  local reminder = remind_at(now, now + ask.lasts_ms)
  if reminder then call('ZADD', K'approvals:reminders', int(reminder), id) end
  local about = '{"approval_id":"' .. id .. '","expires_ms":' .. expires_at .. ',"summary":' .. ask.summary .. '}'
  if run ~= '' then
    call('HMSET', K('run:' .. run), 'approval_id', id, 'decide_by', expires_at)
    call('ZADD', K'approvals:runs', NOW, run)
    event('run.approval_requested', job, run, about)
  end
  event('approval.request_created', job, run, about)
end

local function run_behind(id) return 'run_' .. (string.match(id, '^ap_(.+)_%d+$') or '') end

-- Takes one whose record is gone out of all that leads to it; its run says of which job it was.
local function forget_approval(id)
  local run = run_behind(id)
  local job = call('HGET', K('run:' .. run), 'job_id') or ''
  call('SREM', K('approvals:job:' .. job), id)
  for _, name in ipairs({'approvals', 'approvals:of:' .. job, 'approvals:deadlines', 'approvals:reminders', 'approvals:status:pending'}) do
    call('ZREM', K(name), id)
  end
  if call('HGET', K('run:' .. run), 'approval_id') == id then
    call('ZREM', K'approvals:runs', run)
    call('HMSET', K('run:' .. run), 'approval_id', '', 'decide_by', '')
  end
  if call('HGET', K('job:' .. job), 'held_guard') == 'pending_approval' then look_at(job, NOW) end
end

-- Leaves nothing of it open; the caller says what becomes of its run. A job that waited for it is looked at again.
local function close_approval(id, status, by, note)
  local key = K('approval:' .. id)
  if call('EXISTS', key) == 0 then return forget_approval(id) end
  local v = call('HMGET', key, 'job_id', 'run_id', 'created_at')
  local job, run = v[1] or '', v[2] or ''
  call('HMSET', key, 'status', status, 'decided_at', NOW, 'decided_by', by, 'note', note)
  call('SREM', K('approvals:job:' .. job), id)
  for _, name in ipairs({'approvals:deadlines', 'approvals:reminders', 'approvals:status:pending'}) do call('ZREM', K(name), id) end
  call('ZADD', K('approvals:status:' .. status), v[3] or NOW, id)
  local about = '{"approval_id":"' .. id .. '","by":' .. by .. ',"note":' .. note .. ',"status":"' .. status .. '"}'
  event('approval.' .. status, job, run, about)
  if run ~= '' then
    call('ZREM', K'approvals:runs', run)
    call('HMSET', K('run:' .. run), 'approval_id', '', 'decide_by', '')
    event('run.approval_decided', job, run, about)
  end
  if call('HGET', K('job:' .. job), 'held_guard') == 'pending_approval' then look_at(job, NOW) end
end
