-- The start of all scripts. KEYS[1] is the key prefix; ARGV[1] is '' or the time to believe (tests), in ms;
-- ARGV[2] is the transport, streams or lists. Names of keys are documented in store/keys.py.
-- The texts stay within Redis 3.2: HMSET, no GT/LT flags, no LMOVE; effects are replicated, because TIME is read.
if redis.replicate_commands then redis.replicate_commands() end
local P, now, transport = KEYS[1], tonumber(ARGV[1]), ARGV[2]
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local call = redis.call
local PRIORITIES = {'critical', 'normal', 'low'}
local GROUP = 'workers'

local function K(name) return P .. name end
-- The key of one of many (a job, a status) that a batch asks for again and again: it is put together once.
local made = {}
local function K_of(kind, name)
  local keys = made[kind]
  if not keys then
    keys = {}
    made[kind] = keys
  end
  local key = keys[name]
  if not key then
    key = P .. kind .. name
    keys[name] = key
  end
  return key
end
-- Lua prints large numbers as 1.7e+15; Redis must see every digit. '%d' takes a fifth of the time, where a C long has 64 bits.
local format = string.format
local WHOLE = format('%d', 2 ^ 40) == '1099511627776' and '%d' or '%.0f'
local function int(number) return format(WHOLE, number) end
local NOW = int(now)

local audit -- what `_audit` says of a change; nil in scripts that change nothing for people

local next_arg = 2
local function arg()
  next_arg = next_arg + 1
  return ARGV[next_arg]
end
-- The next few arguments; `args` takes any number of them.
local function some(count)
  local from = next_arg + 1
  next_arg = next_arg + count
  return unpack(ARGV, from, next_arg)
end
local SOME = 1000
local function args(count)
  if count <= SOME then return {some(count)} end
  local list = {}
  for i = 1, count do list[i] = arg() end
  return list
end
