-- The ledger: one row per decision; repeats of the same skip or miss coalesce into the last row (decision.py).
local ROW = '^(%a)|(%d+)|(%d+)|(%d+)|(%d+)|([^|]*)|(.*)$'

local function record(job, row)
  local key = K('ledger:' .. job)
  local verdict, first, last, number, decided, reason, rest = string.match(row, ROW)
  call('HINCRBY', K'metrics', 'decisions|' .. verdict .. '|' .. reason, number)
  if verdict ~= 'd' then
    strip(job, (verdict == 's' and 'x' or 'm') .. '|' .. first .. '|' .. number .. '|' .. reason)
    local previous = call('LINDEX', key, -1)
    local verdict0, first0, _, number0, _, reason0 = string.match(previous or '', ROW)
    if verdict0 == verdict and reason0 == reason then
      local total = int(tonumber(number0) + tonumber(number))
      call('LSET', key, -1, table.concat({verdict, first0, last, total, decided, reason, rest}, '|'))
      return
    end
  end
  call('RPUSH', key, row)
  call('LTRIM', key, -1000, -1)
end

-- Ends the held slot of a job whose schedule ends, as the hold stands now; a scheduler may have moved it since it was read.
local function end_held(job)
  local v = call('HMGET', K('job:' .. job), 'held_slot', 'held_guard', 'held_observed', 'held_limit', 'held_by', 'held_count')
  if not v[1] or not string.match(v[1], '^%d+$') then return end
  for i = 2, 6 do v[i] = v[i] or '' end
  local by = string.gsub(',' .. v[5], ',run_', ',')
  record(job, table.concat({'s', v[1], v[1], '1', NOW, v[2], v[3], v[4], string.sub(by, 2), v[6], ''}, '|'))
end
