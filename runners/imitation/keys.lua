-- Keys as such.
local MAGIC = '[%^%$%(%)%%%.%[%]%*%+%-%?]'
local function literally(text) return (string.gsub(text, MAGIC, '%%%0')) end

-- A glob as a pattern of Lua's; sets of characters are the same in both but for the sign that turns them.
local function pattern_of(glob)
  local parts, place = {'^'}, 1
  while place <= #glob do
    local letter = string.sub(glob, place, place)
    local closing = letter == '[' and string.find(glob, ']', place + 1, true)
    if letter == '*' then parts[#parts + 1] = '.*'
    elseif letter == '?' then parts[#parts + 1] = '.'
    elseif closing then
      parts[#parts + 1], place = (string.gsub(string.sub(glob, place, closing), '%%', '%%%%')), closing
    else
      if letter == '\\' then place = place + 1 end
      parts[#parts + 1] = literally(string.sub(glob, place, place))
    end
    place = place + 1
  end
  parts[#parts + 1] = '$'
  return table.concat(parts)
end

local function keys_like(glob, kind)
  local pattern, found, known = pattern_of(glob), {}, {}
  for key in pairs(data) do known[#known + 1] = key end
  for _, key in ipairs(known) do
    local value = holds(key)
    if value ~= nil and (not kind or kind_of(value) == kind) and string.find(key, pattern) then found[#found + 1] = key end
  end
  return found
end
function commands.KEYS(a) return keys_like(a[1]) end

-- Everything in one answer: whoever asks goes on until the cursor is 0, which it is at once.
local function scan_options(a, from)
  local found = {}
  for place = from, #a, 2 do found[string.upper(a[place])] = a[place + 1] end
  return found
end
function commands.SCAN(a)
  local options = scan_options(a, 2)
  return {'0', keys_like(options.MATCH or '*', options.TYPE and string.lower(options.TYPE))}
end

local function scan_pairs(rows, a, width)
  local pattern, found = pattern_of(scan_options(a, 3).MATCH or '*'), {}
  for place = 1, #rows, width do
    if string.find(rows[place], pattern) then
      for more = 0, width - 1 do found[#found + 1] = rows[place + more] end
    end
  end
  return {'0', found}
end
function commands.HSCAN(a) return scan_pairs(commands.HGETALL({a[1]}), a, 2) end
function commands.SSCAN(a) return scan_pairs(commands.SMEMBERS({a[1]}), a, 1) end
function commands.ZSCAN(a) return scan_pairs(commands.ZRANGE({a[1], '0', '-1', 'WITHSCORES'}), a, 2) end

function commands.DEL(a)
  local gone = 0
  for _, key in ipairs(a) do
    if holds(key) ~= nil then
      forget(key)
      gone = gone + 1
    end
  end
  return gone
end
commands.UNLINK = commands.DEL

function commands.EXISTS(a)
  local found = 0
  for _, key in ipairs(a) do found = found + (holds(key) ~= nil and 1 or 0) end
  return found
end
function commands.TYPE(a)
  local found = holds(a[1])
  return {ok = found == nil and 'none' or kind_of(found)}
end
function commands.RENAME(a)
  local found = holds(a[1])
  if found == nil then fail('ERR no such key') end
  local ends_then = ends[a[1]]
  forget(a[1])
  data[a[2]], ends[a[2]] = found, ends_then
  touch(a[2])
  return OK
end

function commands.DBSIZE() return #keys_like('*') end
function commands.FLUSHDB()
  for key in pairs(data) do touch(key) end
  data, ends = {}, {}
  return OK
end
commands.FLUSHALL = commands.FLUSHDB

-- About what a server would say: the text, and what keeps it.
local BESIDE, OF_A_MEMBER = 56, 32
local function weight(value)
  if type(value) ~= 'table' then return #tostring(value) end
  local sum = 0
  for name, part in pairs(value) do sum = sum + weight(name) + weight(part) + OF_A_MEMBER end
  return sum
end
commands['MEMORY USAGE'] = function(a)
  local found = holds(a[1])
  return found ~= nil and BESIDE + #a[1] + weight(found)
end

function commands.TIME() return {seconds, micros} end

-- Keys whose time is over and that nobody asks for go now and then, all at once.
local SWEPT_EVERY_MS = 60000
local sweep_at = 0
local function sweep()
  sweep_at = now + SWEPT_EVERY_MS
  local over = {}
  for key, at in pairs(ends) do
    if at < now then over[#over + 1] = key end
  end
  for _, key in ipairs(over) do forget(key) end
end
