-- One scheduler leads: it does what one is to do for all. It saves doing that twice, and nothing rests on it.
-- Asks to lead, or to go on, for `life_ms`; with 0 it leaves. Answers 1 when this one leads now.
-- Who takes over says so, once, and why: nobody led before (first), the last one left, or it has been silent for its whole time.
local name, life_ms = arg(), tonumber(arg())
local v = call('HMGET', K'leader', 'name', 'until')
local leader, ends = v[1] or '', tonumber(v[2] or '') or 0

local function lead_until(moment, ...)
  call('HDEL', K'leader', 'until') -- a full server allows this first write, and with it the others
  call('HMSET', K'leader', 'until', moment, ...)
end

if leader == name then
  lead_until(life_ms > 0 and int(now + life_ms) or '0')
  return life_ms > 0 and 1 or 0
end
if life_ms == 0 then return 0 end
if now < ends then
  if ends > now + life_ms then lead_until(int(now + life_ms)) end -- of a clock that was set back
  return 0
end
lead_until(int(now + life_ms), 'name', name, 'since', NOW)
local why = leader == '' and 'first' or ends == 0 and 'left' or 'silent'
event('scheduler.leader_changed', '', '',
  '{"from":' .. (leader == '' and 'null' or '"' .. leader .. '"') .. ',"to":"' .. name .. '","why":"' .. why .. '"}')
return 1
