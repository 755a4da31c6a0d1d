-- Keeps how a try of a record went, unless the record was changed or removed meanwhile. Answers 1 when it was kept.
local kind, name, version, json = some(4)
local key = K('record:' .. kind .. ':' .. name)
if call('HGET', key, 'version') ~= version then return 0 end
call('HSET', key, 'tested', json)
put_down()
return 1
