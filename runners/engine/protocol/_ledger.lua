-- The ledger: one row per decision; repeats of the same skip or miss coalesce into the last row (decision.py).
-- Rows that are dropped for the sake of newer ones are counted.
local ROW = '^(%a)|(%d+)|(%d+)|(%d+)|(%d+)|([^|]*)|(.*)$'
local LEDGER_KEPT = 1000

local function source_of(rest) return string.match(rest, '|([^|]*)|[^|]*$') end

local function put_row(key, job, row)
  local over = call('RPUSH', key, row) - LEDGER_KEPT
  if over > 0 then
    call('LTRIM', key, over, -1)
    add(K'ledgers:dropped', job, over)
  end
end

local function record(job, row)
  local key = K('ledger:' .. job)
  local dispatched = string.match(row, '^d|%d+|%d+|(%d+)|')
  if dispatched then -- it coalesces with nothing, and no more of it is asked for
    add(METRICS, 'decisions|d|', dispatched)
    put_row(key, job, row)
    return
  end
  local verdict, first, last, number, decided, reason, rest = string.match(row, ROW)
  local source = source_of(rest)
  add(METRICS, 'decisions|' .. verdict .. '|' .. reason, number)
  if source == '' then strip(job, (verdict == 's' and 'x' or 'm') .. '|' .. first .. '|' .. number .. '|' .. reason) end
  local previous = call('LINDEX', key, -1)
  local verdict0, first0, _, number0, _, reason0, rest0 = string.match(previous or '', ROW)
  if verdict0 == verdict and reason0 == reason and source_of(rest0) == source then
    local total = int(tonumber(number0) + tonumber(number))
    call('LSET', key, -1, table.concat({verdict, first0, last, total, decided, reason, rest}, '|'))
    return
  end
  put_row(key, job, row)
end

-- Ends the held slot of a job whose schedule ends, as the hold stands now; a scheduler may have moved it since it was read.
local function end_held(job)
  local v = call('HMGET', K('job:' .. job), 'held_slot', 'held_guard', 'held_observed', 'held_limit', 'held_by', 'held_count', 'held_seen')
  if not v[1] or not string.match(v[1], '^%d+$') then return end
  for i = 2, 7 do v[i] = v[i] or '' end
  -- the names of pauses and approvals are long: with the first one alone a row stays within its size
  local is_long = v[2] == 'paused' or v[2] == 'pending_approval'
  local by = string.gsub(',' .. (is_long and first_of(v[5]) or v[5]), ',run_', ',')
  record(job, table.concat({'s', v[1], v[1], '1', NOW, v[2], v[3], v[4], string.sub(by, 2), v[6], '', '', v[7]}, '|'))
end
