-- Puts jobs that nobody can read off for a while, so that they keep none that can be read from their turn.
-- One that was saved anew meanwhile has another time by now, which stands.
local later = int(now + tonumber(arg()))
for i = 1, tonumber(arg()) do
  local job = arg()
  for _, lane in ipairs({'critical', 'regular'}) do
    local due = call('ZSCORE', K('due:' .. lane), job)
    if due and tonumber(due) <= now then call('ZADD', K('due:' .. lane), later, job) end
  end
end
return 'ok'
