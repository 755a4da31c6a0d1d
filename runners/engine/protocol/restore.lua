-- Saves many jobs and failure memories, all or none: every version is compared before anything is written.
-- Answers ok, or stale when one job has another version by now.
local jobs = args(2 * tonumber(arg()))
for i = 1, #jobs, 2 do
  if (call('HGET', K('job:' .. jobs[i]), 'version') or '') ~= jobs[i + 1] then return 'stale' end
end
for i = 1, #jobs, 2 do define(jobs[i], jobs[i + 1]) end
for _ = 1, tonumber(arg()) do
  local job, failures, fields = arg(), tonumber(arg()), args(tonumber(arg()))
  call('HMSET', K('memory:' .. job), unpack(fields))
  put_down()
  if failures > 0 then call('ZADD', K'failing', failures, job) else call('ZREM', K'failing', job) end
end
return 'ok'
