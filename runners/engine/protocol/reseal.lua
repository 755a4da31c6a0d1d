-- Writes a record's content with its secrets sealed anew, unless it was changed meanwhile. Nothing else of it changes, so its
-- number stays. Answers 1 when it was written.
local kind, name, version, json = some(4)
local key = K('record:' .. kind .. ':' .. name)
if call('HGET', key, 'version') ~= version then return 0 end
call('HSET', key, 'json', json)
return 1
