-- Sets the ids of the keys with which secrets of records are sealed, after a rotation.
local ids = args(tonumber(arg()))
call('DEL', K'records:keys') -- a first write that a full Redis allows
if #ids > 0 then call('SADD', K'records:keys', unpack(ids)) end
put_down()
return 'ok'
