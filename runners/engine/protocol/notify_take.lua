-- Takes deliveries that are due, one of each rule, none of the rules that are named (they send already); each is due again
-- when the taker has not ended it within `lease_ms`. Looks at the oldest, and, where slow rules have more than those due, at
-- another part of the rest by each `turn`: so no rule waits for what others have to send.
-- Answers id, attempt, kind, rule, event, repeats, created_at of each.
local LOOKED_AT = 1000
local lease_ms, most, turn, busy = tonumber(arg()), tonumber(arg()), tonumber(arg()), {}
for _ = 1, tonumber(arg()) do busy[arg()] = true end
local rest = math.ceil(call('ZCOUNT', K'deliveries:due', '-inf', NOW) / LOOKED_AT) - 1

local taken, count = {}, 0
local function look(offset)
  for _, id in ipairs(call('ZRANGEBYSCORE', K'deliveries:due', '-inf', NOW, 'LIMIT', offset, LOOKED_AT)) do
    local known = redis.pcall('HMGET', K('delivery:' .. id), 'kind', 'rule_id', 'event', 'repeats', 'created_at', 'attempt')
    if known.err or not known[2] then call('ZREM', K'deliveries:due', id) -- a broken record keeps no other from being told
    elseif not busy[known[2]] and count < most then
      busy[known[2]], count = true, count + 1
      call('ZADD', K'deliveries:due', int(now + lease_ms), id)
      local attempt = (tonumber(known[6]) or 0) + 1
      call('HSET', K('delivery:' .. id), 'attempt', int(attempt))
      for _, part in ipairs({id, int(attempt), known[1] or 'event', known[2], known[3] or '', int(tonumber(known[4]) or 0), int(tonumber(known[5]) or now)}) do
        taken[#taken + 1] = part
      end
    end
  end
end

look(0)
if rest > 0 and count < most then look(LOOKED_AT * (1 + turn % rest)) end
return taken
