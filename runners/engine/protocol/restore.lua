-- Saves many jobs, failure memories, own limits of flow groups and records, all or none: everything is compared before
-- anything is written. Answers ok, or stale when one of them is not what it was.
local jobs = args(2 * tonumber(arg()))
for i = 1, #jobs, 2 do
  if (call('HGET', K('job:' .. jobs[i]), 'version') or '') ~= jobs[i + 1] then return 'stale' end
end
local limits = args(4 * tonumber(arg()))
for i = 1, #limits, 4 do
  if own_limit(limits[i]) ~= limits[i + 1] then return 'stale' end
end
local records = read_changes()
if not records then return 'stale' end

for i = 1, #jobs, 2 do define(jobs[i], jobs[i + 1]) end
for _ = 1, tonumber(arg()) do
  local job, failures, fields = arg(), tonumber(arg()), args(tonumber(arg()))
  call('HMSET', K('memory:' .. job), unpack(fields))
  put_down()
  if failures > 0 then call('ZADD', K'failing', failures, job) else call('ZREM', K'failing', job) end
end
make_changes(records)
for i = 1, #limits, 4 do set_own_limit(limits[i], tonumber(limits[i + 2]), limits[i + 3]) end
for _ = 1, tonumber(arg()) do event(arg(), '', '', arg()) end
return 'ok'
