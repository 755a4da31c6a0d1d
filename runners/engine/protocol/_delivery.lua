-- Shared by the scripts of notifications: one delivery, and the lists that it stands in.
local DELIVERIES_KEPT = 10000
local TRIMMED_AT_ONCE = 100

local function list_delivery(id, rule, status, created)
  call('ZADD', K('deliveries:all:' .. status), created, id)
  call('ZADD', K('deliveries:rule:' .. rule .. ':' .. status), created, id)
end

local function unlist_delivery(id, rule, status)
  call('ZREM', K('deliveries:all:' .. status), id)
  call('ZREM', K('deliveries:rule:' .. rule .. ':' .. status), id)
end

-- Answers whether the delivery is new; the same one is made once.
local function create_delivery(id, kind, rule, repeats, json)
  if call('EXISTS', K('delivery:' .. id)) == 1 then return false end
  call('HMSET', K('delivery:' .. id), 'kind', kind, 'rule_id', rule, 'event', json, 'status', 'waiting', 'attempt', '0',
    'repeats', repeats, 'created_at', NOW, 'due_at', NOW)
  list_delivery(id, rule, 'any', NOW)
  list_delivery(id, rule, 'waiting', NOW)
  call('ZADD', K'deliveries:due', NOW, id)
  return true
end

-- Only what is over goes; what waits is as old as the longest silence of a channel at most.
local function trim_deliveries()
  local excess = math.min(call('ZCARD', K'deliveries:all:any') - DELIVERIES_KEPT, TRIMMED_AT_ONCE)
  if excess <= 0 then return end
  for _, id in ipairs(call('ZRANGE', K'deliveries:all:any', 0, excess - 1)) do
    local known = call('HMGET', K('delivery:' .. id), 'rule_id', 'status')
    if known[2] ~= 'waiting' then
      call('DEL', K('delivery:' .. id))
      unlist_delivery(id, known[1] or '', 'any')
      unlist_delivery(id, known[1] or '', known[2] or 'sent')
    end
  end
end
