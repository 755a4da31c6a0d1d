-- Forgets what is remembered under a key: all of it ('' in the place of the rest), or a part. Answers ok, gone or changed.
local agent, expected, rest, about = some(4)
local version = call('HGET', K('agent:' .. agent), 'version')
if not version and not call('ZSCORE', K'agents', agent) then return 'gone' end
if expected ~= '' and version ~= expected then return 'changed' end
call('ZREM', K'agents', rest == '' and agent or '')
put_down()
if rest == '' then call('DEL', K('agent:' .. agent))
else call('HMSET', K('agent:' .. agent), 'version', int(tonumber(version) + 1), 'json', rest) end
event('agent.memory_reset', '', '', about)
return 'ok'
