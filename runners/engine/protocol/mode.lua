-- Takes a process in: records its queue mode and its first beat in one step. A live process with another mode forbids
-- it: two transports at once would each wait for messages that the other one holds.
local name, durability, process, alive_ms, kept_sec = arg(), arg(), arg(), tonumber(arg()), arg()
local fields = args(tonumber(arg()))
for _, id in ipairs(call('ZRANGEBYSCORE', K'processes', int(now - alive_ms), '+inf')) do
  local other = call('HMGET', K('process:' .. id), 'mode', 'left_at')
  local lives = id ~= process and (other[2] or '') == ''
  if lives and other[1] and other[1] ~= '' and other[1] ~= name then return {'refused', id, other[1]} end
end
local before = call('HMGET', K'mode', 'name', 'durability')
call('ZREM', K'processes', process) -- a full server allows this first write, and with it the others
call('HMSET', K('process:' .. process), 'beat_at', NOW, 'left_at', '', unpack(fields))
call('EXPIRE', K('process:' .. process), kept_sec)
call('ZADD', K'processes', NOW, process)
if before[1] == name and before[2] == durability then return {'same', '', ''} end
call('DEL', K'mode')
call('HMSET', K'mode', 'name', name, 'durability', durability, 'recorded_at', NOW, 'recorded_by', process)
if not before[1] or before[1] == name then return {'recorded', '', ''} end
event('system.mode_changed', '', '', '{"from":"' .. before[1] .. '","to":"' .. name .. '","process_id":"' .. process .. '"}')
return {'changed', '', before[1]}
