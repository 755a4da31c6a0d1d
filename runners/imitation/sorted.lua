-- Sorted sets: the score of each member, and all members in their order, from place `first` to place `last`. What is added comes
-- last nearly always, and what is taken away stands near an end, so that few members change their places.
local function new_sorted() return {kind = 'zset', scores = {}, order = {}, first = 1, last = 0, n = 0} end
local function sorted_of(key) return read(key, 'zset') end

-- The first place whose member does not come before this one.
local function place_of(z, score, member)
  local order, scores, low, high = z.order, z.scores, z.first, z.last + 1
  if high > low then
    local last = order[z.last]
    local of_last = scores[last]
    if of_last < score or (of_last == score and last < member) then return high end
  end
  while low < high do
    local middle = floor((low + high) / 2)
    local other = order[middle]
    local of_other = scores[other]
    if of_other < score or (of_other == score and other < member) then low = middle + 1 else high = middle end
  end
  return low
end

local function insert(z, at, member)
  local order = z.order
  if at - z.first < z.last - at and z.first > 1 then
    for place = z.first, at - 1 do order[place - 1] = order[place] end
    z.first, at = z.first - 1, at - 1
  else
    for place = z.last, at, -1 do order[place + 1] = order[place] end
    z.last = z.last + 1
  end
  order[at], z.n = member, z.n + 1
end

-- Lua keeps a table as an array only while most of its places from 1 on are taken.
local function move_to_front(z)
  if z.first <= z.n + 64 then return end
  local order = {}
  for place = z.first, z.last do order[place - z.first + 1] = z.order[place] end
  z.order, z.first, z.last = order, 1, z.n
end

local function take_out(z, at)
  local order = z.order
  if at - z.first < z.last - at then
    for place = at, z.first + 1, -1 do order[place] = order[place - 1] end
    order[z.first], z.first = nil, z.first + 1
  else
    for place = at, z.last - 1 do order[place] = order[place + 1] end
    order[z.last], z.last = nil, z.last - 1
  end
  z.n = z.n - 1
  move_to_front(z)
end

-- Says whether the member is new, and whether anything changed.
local function put_in(z, score, member)
  local before = z.scores[member]
  if before == score then return false, false end
  if before then
    take_out(z, place_of(z, before, member))
    z.scores[member] = nil
  end
  insert(z, place_of(z, score, member), member)
  z.scores[member] = score
  return not before, true
end

local OPTIONS = {NX = true, XX = true, GT = true, LT = true, CH = true, INCR = true}
local function add_options(a)
  local found, place = {}, 2
  while a[place] and OPTIONS[string.upper(a[place])] do
    found[string.upper(a[place])], place = true, place + 1
  end
  if not a[place + 1] or (#a - place) % 2 == 0 then wrong_syntax() end
  return found, place
end

local function may_be(options, before, score)
  if before then return not options.NX and not (options.GT and score <= before) and not (options.LT and score >= before) end
  return not options.XX
end

function commands.ZADD(a)
  local options, from = add_options(a)
  for place = from, #a, 2 do real(a[place]) end
  if options.XX and not sorted_of(a[1]) then return options.INCR and false or 0 end
  local z, fresh, different, told = open(a[1], 'zset', new_sorted), 0, 0, false
  for place = from, #a, 2 do
    local score, member = real(a[place]), a[place + 1]
    local before = z.scores[member]
    if options.INCR then score = score + (before or 0) end
    if may_be(options, before, score) then
      local is_new, is_different = put_in(z, score, member)
      fresh, different, told = fresh + (is_new and 1 or 0), different + (is_different and 1 or 0), said(score)
    end
  end
  if options.INCR then return told end
  return options.CH and different or fresh
end
function commands.ZINCRBY(a) return commands.ZADD({a[1], 'INCR', a[2], a[3]}) end

local function drop_member(z, member)
  local score = z.scores[member]
  if not score then return false end
  take_out(z, place_of(z, score, member))
  z.scores[member] = nil
  return true
end
function commands.ZREM(a)
  local z, gone = sorted_of(a[1]), 0
  if not z then return 0 end
  for place = 2, #a do
    if drop_member(z, a[place]) then gone = gone + 1 end
  end
  if gone > 0 then close(a[1], z) end
  return gone
end

function commands.ZCARD(a)
  local z = sorted_of(a[1])
  return z and z.n or 0
end
function commands.ZSCORE(a)
  local z = sorted_of(a[1])
  local score = z and z.scores[a[2]]
  return score and said(score) or false
end
function commands.ZMSCORE(a)
  local found = {}
  for place = 2, #a do found[place - 1] = commands.ZSCORE({a[1], a[place]}) end
  return found
end
function commands.ZRANK(a)
  local z = sorted_of(a[1])
  local score = z and z.scores[a[2]]
  return score and place_of(z, score, a[2]) - z.first or false
end
function commands.ZREVRANK(a)
  local rank = commands.ZRANK(a)
  return rank and sorted_of(a[1]).n - 1 - rank
end
