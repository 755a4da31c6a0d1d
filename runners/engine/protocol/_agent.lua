-- What is remembered under an agent's key: read before anything is written, and written if it is as it was read.
local MOST_KEPT = 10000
local function read_memory(agent)
  return {agent = agent, version = call('HGET', K('agent:' .. agent), 'version') or '0', known = call('ZCARD', K'agents')}
end

-- Answers ok, or full: no more keys are kept.
local function keep_memory(before, json)
  if before.version == '0' and before.known >= MOST_KEPT then return 'full' end
  call('HMSET', K('agent:' .. before.agent), 'version', int(tonumber(before.version) + 1), 'json', json)
  call('ZADD', K'agents', 0, before.agent)
  return 'ok'
end
