-- Changes one job of a bulk operation, as `define` does, and puts down in the same step that it is done, or taken back, with
-- the version that was made of it: whoever is killed behind it has done it once. Answers {word, …}: what `define` says, or
-- done when it is no longer to be done.
local subject, AHEAD = arg(), 100
local todo, is_left = K('bulk:todo:' .. bulk), false
for _, one in ipairs(call('LRANGE', todo, 0, AHEAD - 1)) do is_left = is_left or one == subject end
if not is_left then return {'done', '', ''} end
local answer = define(arg(), arg())
if answer[1] == 'ok' then
  call('LREM', todo, 1, subject)
  local became, version = state == 'undoing' and 'undone' or 'done', string.match(subject, '@(.*)$')
  local made = tostring(answer[2]) ~= version and 'made {"version": ' .. answer[2] .. '}' or ''
  call('RPUSH', K('bulk:done:' .. bulk), subject .. '|' .. became .. '|' .. made)
  call('HINCRBY', K('bulk:' .. bulk), became, 1)
end
return answer
