-- Drops ended runs that are too old or too many, oldest first, with every trace of them; what is active stays.
-- One run goes in one step, and is chosen in the same one: any number of schedulers may sweep, and die while they do.
-- Answers how many went.
local too_old, kept, limit = tonumber(arg()), tonumber(arg()), tonumber(arg())
local ENDED = {'success', 'failed', 'cancelled'}
local ACTIVE = {queued = true, running = true, retrying = true, waiting_approval = true}

-- Ended runs stand by their status; the head of all runs shows what broke and stands in no such index.
local function oldest()
  local found, known = {}, {}
  for _, name in ipairs({'runs:status:success', 'runs:status:failed', 'runs:status:cancelled', 'runs'}) do
    local rows = call('ZRANGE', K(name), 0, limit - 1, 'WITHSCORES')
    for i = 1, #rows, 2 do
      if not known[rows[i]] then
        known[rows[i]] = true
        found[#found + 1] = {id = rows[i], created = tonumber(rows[i + 1])}
      end
    end
  end
  table.sort(found, function(a, b)
    if a.created ~= b.created then return a.created < b.created end
    return a.id < b.id
  end)
  return found
end

-- What it asked people for goes with it.
local function drop_approvals(id, job, asks)
  for number = 1, tonumber(asks or '') or 0 do
    local approval = 'ap_' .. string.gsub(id, '^run_', '') .. '_' .. number
    call('DEL', K('approval:' .. approval))
    for _, name in ipairs({'approvals', 'approvals:of:' .. job, 'approvals:status:approved', 'approvals:status:rejected',
      'approvals:status:expired', 'approvals:status:void'}) do call('ZREM', K(name), approval) end
  end
end

local function drop(id, job, flow, source, asks, group)
  if group then leave_group(id, group) end
  if asks then drop_approvals(id, job or '', asks) end
  call('DEL', K('run:' .. id), K('log:' .. id), K('tracebacks:' .. id), K('steps:' .. id), K('talk:' .. id), 'rq:job:' .. id)
  call('ZREM', K'runs', id)
  call('ZREM', K'logs', id)
  call('ZREM', K'poison', id)
  for _, status in ipairs(ENDED) do call('ZREM', K('runs:status:' .. status), id) end
  if job then call('ZREM', K('runs:job:' .. job), id) end
  if flow and flow ~= '' then call('ZREM', K('runs:flow:' .. flow), id) end
  if source then call('ZREM', K('runs:source:' .. source), id) end
end

local excess, gone = -kept, 0
for _, status in ipairs(ENDED) do excess = excess + call('ZCARD', K('runs:status:' .. status)) end
for _, run in ipairs(oldest()) do
  if gone == limit or (excess <= 0 and run.created >= too_old) then break end
  local v = call('HMGET', K('run:' .. run.id), 'status', 'job_id', 'flow_group', 'source', 'finished_at', 'asks', 'failure_group')
  -- the age of a run counts from its end: one that a person let wait for weeks is no old one
  local aged = run.created < too_old and (tonumber(v[5] or '') or 0) < too_old
  if not ACTIVE[v[1]] and (excess > 0 or aged) then
    drop(run.id, v[2], v[3], v[4], v[6], v[7])
    gone, excess = gone + 1, excess - 1
  end
end
return gone
