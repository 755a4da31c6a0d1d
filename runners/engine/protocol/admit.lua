-- A run that a person, a plan or a chat asks for: the same checks and writes as a scheduled one, without a slot.
-- Answers ok, exists (the same call came twice), gone (no such job), or the name of the guard that refused.
local high, low = tonumber(arg()), tonumber(arg())
local run = read_creation()
if call('EXISTS', K('run:' .. run.id)) == 1 then return 'exists' end
if call('EXISTS', K('job:' .. run.job)) == 0 then return 'gone' end
local guard = refusal(run, high, low)
if guard then return guard end
create(run)
count('decisions|d|')
return 'ok'
