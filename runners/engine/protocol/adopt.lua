-- Brings an object over from another store, whole, unless this one has it: its writes, and messages for what is queued.
-- Answers adopted, clash (its key is here already), or full (its active runs would exceed their flow group's limit).
local key, flow, places = arg(), arg(), tonumber(arg())
local queued = args(tonumber(arg()))
local writes = {}
for i = 1, tonumber(arg()) do writes[i] = args(tonumber(arg())) end
if call('EXISTS', key) == 1 then return 'clash' end
local limit = places > 0 and flow_limit(flow) or 0
if limit > 0 and call('SCARD', K('active:flow:' .. flow)) + places > limit then return 'full' end
for _, write in ipairs(writes) do
  -- numbers that outlive their object only rise, and a group of failures has another number here: these two are ours
  if write[1] == 'FAILURE' then stand_in_group(unpack(write, 2))
  elseif write[1] ~= 'HSETMAX' then call(unpack(write))
  elseif tonumber(call('HGET', write[2], write[3]) or '0') < tonumber(write[4]) then call('HSET', write[2], write[3], write[4]) end
end
for i = 1, #queued, 2 do push(queued[i], queued[i + 1], call('HGET', K('run:' .. queued[i]), 'pool') or '') end
return 'adopted'
