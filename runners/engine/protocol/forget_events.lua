-- Drops the oldest events: those above the number kept, and those that are too old, but never one of the newest `least`.
-- Answers how many went.
local too_old, kept, least, limit = tonumber(arg()), tonumber(arg()), tonumber(arg()), tonumber(arg())
local known = call('ZCARD', K'events')
local aged = math.min(call('ZCOUNT', K'events', '-inf', '(' .. int(too_old * 1000)), known - least)
local gone = math.min(limit, math.max(known - kept, aged))
if gone <= 0 then return 0 end

local jobs = {} -- each with the newest of its events that goes
for _, row in ipairs(call('ZRANGE', K'events', 0, gone - 1)) do
  local id, job = string.match(row, '^(%d+)|[^|]*|([^|]*)|')
  if job and job ~= '' then jobs[job] = id end
end
for job, id in pairs(jobs) do call('ZREMRANGEBYSCORE', K('events:job:' .. job), '-inf', id) end
return call('ZREMRANGEBYRANK', K'events', 0, gone - 1)
