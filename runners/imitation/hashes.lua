-- Hashes and sets.
local function new_hash() return {kind = 'hash', fields = {}, n = 0} end
local function hash_of(key) return read(key, 'hash') end

local function put(hash, field, value)
  local fresh = hash.fields[field] == nil
  if fresh then hash.n = hash.n + 1 end
  hash.fields[field] = value
  return fresh
end

function commands.HSET(a)
  if #a < 3 or #a % 2 == 0 then fail("ERR wrong number of arguments for 'hset' command") end
  local hash, fresh = open(a[1], 'hash', new_hash), 0
  for place = 2, #a, 2 do
    if put(hash, a[place], a[place + 1]) then fresh = fresh + 1 end
  end
  return fresh
end
function commands.HMSET(a)
  commands.HSET(a)
  return OK
end
function commands.HSETNX(a)
  local hash = hash_of(a[1])
  if hash and hash.fields[a[2]] ~= nil then return 0 end
  return commands.HSET(a)
end

function commands.HGET(a)
  local hash = hash_of(a[1])
  return hash and hash.fields[a[2]] or false
end
function commands.HMGET(a)
  local hash, found = hash_of(a[1]), {}
  local fields = hash and hash.fields or {}
  for place = 2, #a do found[place - 1] = fields[a[place]] or false end
  return found
end
function commands.HEXISTS(a) return commands.HGET(a) and 1 or 0 end
function commands.HLEN(a)
  local hash = hash_of(a[1])
  return hash and hash.n or 0
end
function commands.HSTRLEN(a) return #(commands.HGET(a) or '') end

local function of_hash(key, with_fields, with_values)
  local hash, found = hash_of(key), {}
  for field, value in pairs(hash and hash.fields or {}) do
    if with_fields then found[#found + 1] = field end
    if with_values then found[#found + 1] = value end
  end
  return found
end
function commands.HGETALL(a) return of_hash(a[1], true, true) end
function commands.HKEYS(a) return of_hash(a[1], true, false) end
function commands.HVALS(a) return of_hash(a[1], false, true) end

function commands.HDEL(a)
  local hash, gone = hash_of(a[1]), 0
  if not hash then return 0 end
  for place = 2, #a do
    if hash.fields[a[place]] ~= nil then hash.fields[a[place]], hash.n, gone = nil, hash.n - 1, gone + 1 end
  end
  if gone > 0 then close(a[1], hash) end
  return gone
end

function commands.HINCRBY(a)
  local by, hash = whole(a[3]), open(a[1], 'hash', new_hash)
  local number = whole(hash.fields[a[2]] or '0', 'ERR hash value is not an integer') + by
  put(hash, a[2], said(number))
  return number
end
function commands.HINCRBYFLOAT(a)
  local by, hash = real(a[3]), open(a[1], 'hash', new_hash)
  local number = format('%.15g', real(hash.fields[a[2]] or '0', 'ERR hash value is not a float') + by)
  put(hash, a[2], number)
  return number
end

local function new_set() return {kind = 'set', members = {}, n = 0} end
local function set_of(key) return read(key, 'set') end

function commands.SADD(a)
  local set, fresh = open(a[1], 'set', new_set), 0
  for place = 2, #a do
    if not set.members[a[place]] then set.members[a[place]], set.n, fresh = true, set.n + 1, fresh + 1 end
  end
  return fresh
end
function commands.SREM(a)
  local set, gone = set_of(a[1]), 0
  if not set then return 0 end
  for place = 2, #a do
    if set.members[a[place]] then set.members[a[place]], set.n, gone = nil, set.n - 1, gone + 1 end
  end
  if gone > 0 then close(a[1], set) end
  return gone
end
function commands.SCARD(a)
  local set = set_of(a[1])
  return set and set.n or 0
end
function commands.SISMEMBER(a)
  local set = set_of(a[1])
  return set and set.members[a[2]] and 1 or 0
end

-- Any members, as many at most; whoever asks for random ones asks for any.
local function some_members(key, most)
  local set, found = set_of(key), {}
  for member in pairs(set and set.members or {}) do
    if #found >= most then break end
    found[#found + 1] = member
  end
  return found
end
function commands.SMEMBERS(a) return some_members(a[1], huge) end
function commands.SRANDMEMBER(a)
  local found = some_members(a[1], a[2] and math.abs(whole(a[2])) or 1)
  if a[2] then return found end
  return found[1] or false
end
function commands.SPOP(a)
  local found = some_members(a[1], a[2] and whole(a[2]) or 1)
  if #found > 0 then commands.SREM({a[1], unpack(found)}) end
  if a[2] then return found end
  return found[1] or false
end
