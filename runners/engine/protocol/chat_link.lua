-- Uses a one-time code up and puts the link that it is for, both or neither. Answers ok, no_code, full, or stale: the link is
-- not at the number that was seen.
local digest, whom, most = arg(), arg(), tonumber(arg())
if call('GET', K('chat:code:' .. digest)) ~= whom then return 'no_code' end
if call('ZCARD', K'records:chat') >= most then return 'full' end
local changes = read_changes()
if not changes then return 'stale' end
make_changes(changes)
call('DEL', K('chat:code:' .. digest))
for _ = 1, tonumber(arg()) do event(arg(), '', '', arg()) end
return 'ok'
