-- Puts and removes records, all of them with their events, or none. Answers {'ok', each one's new number (0: removed)…}, or
-- {'stale', which of them is not at the number that was expected, the number that it has (0: there is none)}.
local changes, stale = read_changes()
if not changes then return {'stale', unpack(stale)} end
local numbers = make_changes(changes)
for _ = 1, tonumber(arg()) do event(arg(), '', '', arg()) end
return {'ok', unpack(numbers)}
