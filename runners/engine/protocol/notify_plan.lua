-- Notes that rules were asked about all events up to `upto`, and makes the deliveries that they want, in one step: whoever
-- worked from another place than the one that stands makes none. Answers {'ok', made, told again, over the limit} or {'moved'}.
local expected, upto = arg(), arg()
if (call('GET', K'notified:until') or '') ~= expected then return {'moved'} end

local wanted = {}
for at = 1, tonumber(arg()) do
  local id, rule, same_as, repeat_ms, hour, most, json = some(7)
  wanted[at] = {id = id, rule = rule, same = K('notified:' .. same_as), repeat_ms = tonumber(repeat_ms),
    hour = K('notified:hour:' .. rule .. ':' .. hour), hour_name = hour, most = tonumber(most), json = json}
end

-- A time that lies further ahead than the rule waits is one of a clock that was set back.
local function told_lately(one)
  local till = tonumber(call('HGET', one.same, 'until') or '0')
  return till > now and till - now <= one.repeat_ms
end

local function remember(one)
  local held = call('HGET', one.same, 'held') or '0'
  call('HMSET', one.same, 'until', int(now + one.repeat_ms), 'held', '0')
  call('PEXPIRE', one.same, int(one.repeat_ms + 86400000))
  return held
end

local made, again, over = 0, 0, 0
call('SET', K'notified:until', upto)
for _, one in ipairs(wanted) do
  if call('EXISTS', K('delivery:' .. one.id)) == 1 then -- made before the store lost its place
  elseif one.repeat_ms > 0 and told_lately(one) then
    call('HINCRBY', one.same, 'held', 1)
    again = again + 1
  else
    local told = call('INCR', one.hour)
    call('PEXPIRE', one.hour, 7200000)
    if told <= one.most then
      made = made + 1
      create_delivery(one.id, 'event', one.rule, one.repeat_ms > 0 and remember(one) or '0', one.json)
    else
      over = over + 1
      local notice = 'ntf_limit_' .. one.hour_name .. '_' .. one.rule
      create_delivery(notice, 'limit', one.rule, '0', '')
      call('HINCRBY', K('delivery:' .. notice), 'repeats', 1)
    end
  end
end
trim_deliveries()
return {'ok', made, again, over}
