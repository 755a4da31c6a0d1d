-- Keeps what the counters say now of runs that ended, of how long they took and waited: once a minute for an hour, and once a
-- quarter of an hour for a day. Two rows tell what lies between them, so that no run pays for it. Answers how many rows it kept.
local ended = {success = 0, failed = 0, cancelled = 0}
local counts = {duration = {}, wait = {}}

local function read()
  local flat = call('HGETALL', K'metrics')
  for i = 1, #flat, 2 do
    local number = tonumber(flat[i + 1])
    local kind, edge = string.match(flat[i], '^(%a+)|(%d+)$')
    local status = string.match(flat[i], '^runs|.*|(%a+)$')
    if number and kind and counts[kind] then counts[kind][edge] = number end
    if number and status and ended[status] then ended[status] = ended[status] + number end
  end
end

local function row()
  local parts = {NOW, int(ended.success), int(ended.failed), int(ended.cancelled)}
  for _, kind in ipairs({'duration', 'wait'}) do
    local list, edge = {}, 1
    while edge <= 4194304 do
      list[#list + 1] = int(counts[kind][int(edge)] or 0)
      edge = edge * 4
    end
    parts[#parts + 1] = table.concat(list, ',')
  end
  return table.concat(parts, '|')
end

local due = {}
for _, step in ipairs({60, 900}) do
  local newest = tonumber(string.match(call('LINDEX', K('spreads:' .. step), 0) or '', '^%d+') or '')
  if not newest or math.floor(newest / (step * 1000)) ~= math.floor(now / (step * 1000)) then due[#due + 1] = step end
end
if due[1] then read() end
for _, step in ipairs(due) do
  call('LPUSH', K('spreads:' .. step), row())
  call('LTRIM', K('spreads:' .. step), 0, step == 60 and 60 or 96)
end
return #due
