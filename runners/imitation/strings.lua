-- Strings, and when keys end.
function commands.GET(a) return read(a[1], 'string') or false end

-- Options of SET that take a time: what it counts from, and in what.
local LIVES = {EX = {1000, true}, PX = {1, true}, EXAT = {1000, false}, PXAT = {1, false}}

local function set_options(a)
  local found, place = {}, 3
  while a[place] do
    local word = string.upper(a[place])
    local life = LIVES[word]
    if life then
      local number = whole(a[place + 1]) * life[1]
      if number <= 0 then fail("ERR invalid expire time in 'set' command") end
      found.ends, place = number + (life[2] and now or 0), place + 1
    elseif word == 'NX' or word == 'XX' or word == 'KEEPTTL' or word == 'GET' then found[word] = true
    else wrong_syntax() end
    place = place + 1
  end
  return found
end

function commands.SET(a)
  local key, options = a[1], set_options(a)
  local before = options.GET and (read(key, 'string') or false) or holds(key)
  local exists = holds(key) ~= nil
  if (options.NX and exists) or (options.XX and not exists) then return options.GET and before or false end
  data[key] = a[2]
  if not options.KEEPTTL then ends[key] = options.ends end
  touch(key)
  if options.GET then return before end
  return OK
end

local function set_for(key, ms, value)
  data[key], ends[key] = value, now + ms
  touch(key)
  return OK
end
function commands.SETEX(a) return set_for(a[1], whole(a[2]) * 1000, a[3]) end
function commands.PSETEX(a) return set_for(a[1], whole(a[2]), a[3]) end
function commands.SETNX(a) return commands.SET({a[1], a[2], 'NX'}) and 1 or 0 end
function commands.GETDEL(a)
  local found = read(a[1], 'string') or false
  if found then forget(a[1]) end
  return found
end

function commands.MGET(a)
  local found = {}
  for place, key in ipairs(a) do
    local value = holds(key)
    found[place] = type(value) == 'string' and value or false
  end
  return found
end

function commands.MSET(a)
  for place = 1, #a, 2 do commands.SET({a[place], a[place + 1]}) end
  return OK
end

function commands.STRLEN(a) return #(read(a[1], 'string') or '') end
function commands.GETRANGE(a)
  local found = read(a[1], 'string') or ''
  local from, to = places(a[2], a[3], #found)
  return string.sub(found, from + 1, to + 1)
end
function commands.APPEND(a)
  local found = (read(a[1], 'string') or '') .. a[2]
  data[a[1]] = found
  touch(a[1])
  return #found
end

local function rise(key, by)
  local found = whole(read(key, 'string') or '0') + by
  data[key] = said(found)
  touch(key)
  return found
end
function commands.INCR(a) return rise(a[1], 1) end
function commands.DECR(a) return rise(a[1], -1) end
function commands.INCRBY(a) return rise(a[1], whole(a[2])) end
function commands.DECRBY(a) return rise(a[1], -whole(a[2])) end

local function ends_at(key, at)
  if holds(key) == nil then return 0 end
  if at <= now then forget(key) else
    ends[key] = at
    touch(key)
  end
  return 1
end
function commands.EXPIRE(a) return ends_at(a[1], now + whole(a[2]) * 1000) end
function commands.PEXPIRE(a) return ends_at(a[1], now + whole(a[2])) end
function commands.EXPIREAT(a) return ends_at(a[1], whole(a[2]) * 1000) end
function commands.PEXPIREAT(a) return ends_at(a[1], whole(a[2])) end

function commands.PTTL(a)
  if holds(a[1]) == nil then return -2 end
  return ends[a[1]] and ends[a[1]] - now or -1
end
function commands.TTL(a)
  local left = commands.PTTL(a)
  return left < 0 and left or floor((left + 500) / 1000)
end
function commands.PERSIST(a)
  if holds(a[1]) == nil or not ends[a[1]] then return 0 end
  ends[a[1]] = nil
  touch(a[1])
  return 1
end
