-- A run that a person, a plan or a chat asks for: the same checks and writes as a scheduled one, without a slot.
-- Answers {word, run id}: ok, exists (the same call came before), gone (no such job), stale (the job was changed after it
-- was read), or the name of the guard that refused. `once` is '' or names a request that must have one effect for a day,
-- also when the answer to it was lost.
local high, low, version, once, saw = tonumber(arg()), tonumber(arg()), arg(), arg(), arg()
local run = read_creation()
local before = once ~= '' and call('GET', K('once:' .. once))
if before then return {'exists', before} end
local current = call('HGET', K('job:' .. run.job), 'version')
if not current then return {'gone', ''} end
if current ~= version then return {'stale', ''} end
if call('EXISTS', K('run:' .. run.id)) == 1 then return {'exists', run.id} end
local guard = refusal(run, high, low)
if guard then return {guard, ''} end
create(run)
put_down()
if once ~= '' then call('SET', K('once:' .. once), run.id, 'EX', 86400) end
record(run.job, table.concat({'d', NOW, NOW, '1', NOW, '', '0', '0', '', '0', run.id, run.source, saw}, '|'))
return {'ok', run.id}
