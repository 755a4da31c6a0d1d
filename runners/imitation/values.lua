-- What all commands share: keys and what they hold, when keys end, and how numbers are read and written.
-- A string is held as it is; everything else is a table that names its kind and counts its members in `n`.
local data, ends = {}, {} -- by key; `ends` in ms
local commands = {} -- by name: takes the list of its arguments, all strings; answers as redis.call does
local now = 0 -- in ms; stands still while a command or a script runs
local seconds, micros = '0', '0'
local pushes = 0 -- so many pushes to lists so far: who waits for one looks again when this has grown
local watched, changed = {}, {} -- keys that somebody watches, and those of them that were written since
local OK = {ok = 'OK'}

local function fail(message) error({err = message}, 0) end

local function touch(key)
  if watched[key] then changed[#changed + 1] = key end
end

local function forget(key)
  data[key], ends[key] = nil, nil
  touch(key)
end

local function holds(key)
  local found = data[key]
  if found == nil then return nil end
  local ends_at = ends[key]
  if ends_at and ends_at < now then
    forget(key)
    return nil
  end
  return found
end

local function kind_of(value) return type(value) == 'string' and 'string' or value.kind end

-- What a key holds, nil when there is none.
local function read(key, kind)
  local found = holds(key)
  if found == nil then return nil end
  if kind_of(found) ~= kind then fail('WRONGTYPE Operation against a key holding the wrong kind of value') end
  return found
end

-- The same to be written to: what `make` makes where there is nothing.
local function open(key, kind, make)
  local found = read(key, kind)
  if not found then
    found = make()
    data[key] = found
  end
  touch(key)
  return found
end

-- After members were taken away: what is empty is not there.
local function close(key, value)
  if value.n == 0 then forget(key) else touch(key) end
end

local floor, format, huge = math.floor, string.format, math.huge

-- A number as scripts and scores are told: every digit of a whole one, and all digits of another.
local function said(number)
  if number == huge then return 'inf' elseif number == -huge then return '-inf' end
  if number == floor(number) and math.abs(number) < 1e17 then return format('%.0f', number) end
  return format('%.17g', number)
end

local function whole(text, message)
  if not string.match(text or '', '^%-?%d+$') then fail(message or 'ERR value is not an integer or out of range') end
  return tonumber(text)
end

local INFINITE = {inf = huge, ['+inf'] = huge, ['-inf'] = -huge, infinity = huge}
local function real(text, message)
  local number = INFINITE[string.lower(text)] or (not string.match(text, '^%s') and not string.match(text, '[xXnN]') and tonumber(text))
  if not number then fail(message or 'ERR value is not a valid float') end
  return number
end

-- The two ends of a range of `count` places, counted from 0, negative ones from the end; the first is above the second when it is empty.
local function places(from, to, count)
  from, to = whole(from), whole(to)
  if from < 0 then from = math.max(0, count + from) end
  if to < 0 then to = count + to end
  return from, math.min(to, count - 1)
end

local function wrong_syntax() fail('ERR syntax error') end
