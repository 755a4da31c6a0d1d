-- Sets the own limit of a flow group, or takes it away (0).
-- Answers ok, same when it was so before, or stale when the own limit is not the expected one ('' expects any).
local group, limit, expected, json = arg(), tonumber(arg()), arg(), arg()
local own = own_limit(group)
if expected ~= '' and own ~= expected then return 'stale' end
if own == int(limit) then return 'same' end
set_own_limit(group, limit, json)
return 'ok'
