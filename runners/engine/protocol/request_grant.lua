-- Asks for a capability of a job. Answers ok, gone (no such job), or exists (the same id).
local id, job = arg(), arg()
local ask = read_ask()
if call('EXISTS', K('job:' .. job)) == 0 then return 'gone' end
if call('EXISTS', K('approval:' .. id)) == 1 then return 'exists' end
open_approval(id, job, '', ask)
put_down()
return 'ok'
