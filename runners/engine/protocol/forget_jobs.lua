-- Drops what deleted jobs have left, once they are gone for long enough and no run of theirs is kept.
-- Their last version and incarnation go too: until then no ETag names two specs, and no run id comes twice.
-- Answers how many jobs went.
local too_old, later, limit = arg(), arg(), tonumber(arg())
local gone = 0
call('ZREM', K'jobs:gone', '') -- a full Redis allows this first write, and with it the others
for _, job in ipairs(call('ZRANGEBYSCORE', K'jobs:gone', '-inf', '(' .. too_old, 'LIMIT', 0, limit)) do
  if call('EXISTS', K('runs:job:' .. job)) == 1 then
    call('ZADD', K'jobs:gone', later, job)
  else
    call('ZREM', K'jobs:gone', job)
    if call('EXISTS', K('job:' .. job)) == 0 then
      for _, approval in ipairs(call('ZRANGE', K('approvals:of:' .. job), 0, -1)) do
        call('DEL', K('approval:' .. approval))
        for _, name in ipairs({'approvals', 'approvals:status:approved', 'approvals:status:rejected', 'approvals:status:expired',
          'approvals:status:void'}) do call('ZREM', K(name), approval) end
      end
      call('DEL', K('approvals:of:' .. job))
      call('DEL', K('versions:' .. job), K('ledger:' .. job), K('strip:' .. job), K('durations:' .. job), K('memory:' .. job))
      call('HDEL', K'versions:last', job)
      call('HDEL', K'incarnations', job)
      call('HDEL', K'ledgers:dropped', job)
      gone = gone + 1
    end
  end
end
return gone
