-- What a run tells while it runs: how far it is, and the next part of its log. Whoever lost the run tells nothing any more.
-- A full store must not disturb a run for its log's sake: it takes a mark that lines are missing, and nothing else.
-- Answers {ok, cut (there is no more room), full (the store is) or stale; up to which size this claim may write; bytes of the
-- part that were not kept}.
local id, token, progress, allowed, part, cut, gap = arg(), arg(), arg(), tonumber(arg()), arg(), arg(), arg()
local MOST, REMARKS = tonumber(arg()), 1024
local key = K('log:' .. id)
local run = call('HMGET', K('run:' .. id), 'token', 'status', 'attempt', 'max_retry')
if run[1] ~= token then return {'stale', '0', #part} end
local size = call('STRLEN', key)

-- an attempt that is not the last leaves half of what is left to those behind it
if not allowed then
  local left = math.max(0, MOST - REMARKS - size)
  local is_last = (tonumber(run[3]) or 0) >= (tonumber(run[4]) or 0)
  allowed = size + (is_last and left or math.floor(left / 2))
end

local function refused(...)
  local answer = redis.pcall(...)
  if type(answer) ~= 'table' or not answer.err then return false end
  if string.find(answer.err, 'OOM') then return true end
  error(answer.err)
end

if progress ~= '' and run[2] == 'running' then refused('HSET', K('run:' .. id), 'progress', progress) end

local word, room, lost = 'ok', math.max(0, allowed - size), 0
if #part > room then
  local kept = string.match(string.sub(part, 1, room), '^(.*\n)') or ''
  word, part, lost = 'cut', kept, #part - #kept
  if size + #part + #cut <= MOST then part = part .. cut end
end
if part ~= '' and refused('APPEND', key, part) then
  word, part, lost = 'full', gap, lost + #part
  call('ZREM', K'logs', '') -- changes nothing, but a full Redis allows it, and then the mark
  if part ~= '' then call('APPEND', key, part) end
end
if part ~= '' then call('ZADD', K'logs', NOW, id) end
return {word, int(allowed), lost}
