-- Takes deliveries that are due, one of each rule, none of the rules that are named (they send already); each is due again
-- when the taker has not ended it within `lease_ms`. Answers id, attempt, kind, rule, event, repeats, created_at of each.
local LOOKED_AT = 1000
local lease_ms, most, busy = tonumber(arg()), tonumber(arg()), {}
for _ = 1, tonumber(arg()) do busy[arg()] = true end

local taken, count = {}, 0
for _, id in ipairs(call('ZRANGEBYSCORE', K'deliveries:due', '-inf', NOW, 'LIMIT', 0, LOOKED_AT)) do
  local known = call('HMGET', K('delivery:' .. id), 'kind', 'rule_id', 'event', 'repeats', 'created_at')
  if not known[2] then call('ZREM', K'deliveries:due', id)
  elseif not busy[known[2]] and count < most then
    busy[known[2]], count = true, count + 1
    call('ZADD', K'deliveries:due', int(now + lease_ms), id)
    local attempt = call('HINCRBY', K('delivery:' .. id), 'attempt', 1)
    for _, part in ipairs({id, int(attempt), known[1] or 'event', known[2], known[3] or '', known[4] or '0', known[5] or NOW}) do
      taken[#taken + 1] = part
    end
  end
end
return taken
