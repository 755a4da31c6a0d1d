-- Drops decisions that are too old from the ledgers of the next few jobs, then goes on from there with the next call.
-- Answers how many went.
local too_old, jobs, limit = tonumber(arg()), tonumber(arg()), tonumber(arg())
local place = call('HGET', K'markers', 'place:ledgers') or ''
local names = call('ZRANGEBYLEX', K'jobs', place == '' and '-' or '(' .. place, '+', 'LIMIT', 0, jobs)
local gone = 0

local function is_old(row)
  local decided = row and string.match(row, '^%a|%d+|%d+|%d+|(%d+)|')
  return row and (not decided or tonumber(decided) < too_old)
end

call('ZREM', K'jobs:gone', '') -- a full Redis allows this first write, and with it the others
for _, job in ipairs(names) do
  while gone < limit and is_old(call('LINDEX', K('ledger:' .. job), 0)) do
    call('LPOP', K('ledger:' .. job))
    call('HINCRBY', K'ledgers:dropped', job, 1)
    gone = gone + 1
  end
  if gone == limit then break end
  place = job
end
call('HSET', K'markers', 'place:ledgers', gone < limit and #names < jobs and '' or place)
return gone
