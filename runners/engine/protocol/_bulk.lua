-- What a bulk operation does to one run: only while it is in the state in which it was read.
local bulk, state = some(2)
if call('HGET', K('bulk:' .. bulk), 'state') ~= state then return {'withdrawn', ''} end
local function put_down() end -- one audit entry was written for all of them, when the operation began
