-- Records the queue mode of a starting process. A live process with another mode forbids it: two transports at once
-- would each wait for messages that the other one holds.
local name, durability, process, alive_ms = arg(), arg(), arg(), tonumber(arg())
for _, id in ipairs(call('ZRANGEBYSCORE', K'processes', int(now - alive_ms), '+inf')) do
  local other = call('HMGET', K('process:' .. id), 'mode', 'left_at')
  local lives = id ~= process and (other[2] or '') == ''
  if lives and other[1] and other[1] ~= '' and other[1] ~= name then return {'refused', id, other[1]} end
end
local before = call('HGET', K'mode', 'name')
if before == name and call('HGET', K'mode', 'durability') == durability then return {'same', '', ''} end
call('DEL', K'mode') -- a full server allows this first write, and with it the others
call('HMSET', K'mode', 'name', name, 'durability', durability, 'recorded_at', NOW, 'recorded_by', process)
if not before or before == name then return {'recorded', '', ''} end
event('system.mode_changed', '', '', '{"from":"' .. before .. '","to":"' .. name .. '","process_id":"' .. process .. '"}')
return {'changed', '', before}
