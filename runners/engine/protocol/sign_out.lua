-- Ends sessions of one who signed in. Answers how many there were; those that had ended before count for nothing.
local owner, json = arg(), arg()
local ended = 0
for _, digest in ipairs(args(tonumber(arg()))) do
  call('ZREM', K('sessions:' .. owner), digest) -- a first write that a full Redis allows, and with it the others
  ended = ended + call('DEL', K('session:' .. digest))
end
if ended > 0 then
  put_down()
  event('auth.signed_out', '', '', json)
end
return ended
