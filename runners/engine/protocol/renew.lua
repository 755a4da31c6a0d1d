-- Renews the leases of a worker's runs. Answers per run: ok, cancel (a person asked for it), or lost (kill it).
local lease_ms = tonumber(arg())
local answers = {}
for i = 1, tonumber(arg()) do
  local id, token = arg(), arg()
  local v = call('HMGET', K('run:' .. id), 'status', 'token', 'cancel_requested')
  if v[1] ~= 'running' or v[2] ~= token then
    answers[i] = 'lost'
  else
    call('ZREM', K'leases', id) -- allowed when Redis is full; the ZADD after it is too, then
    call('ZADD', K'leases', int(now + lease_ms), id)
    answers[i] = v[3] == '1' and 'cancel' or 'ok'
  end
end
return answers
