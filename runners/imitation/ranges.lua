-- Ranges of sorted sets: by rank, by score and by member, read, counted and taken away.

-- The first place whose score is at least this one; above it, when `beyond`.
local function from_score(z, score, beyond)
  local low, high = z.first, z.last + 1
  while low < high do
    local middle = floor((low + high) / 2)
    local found = z.scores[z.order[middle]]
    if found < score or (beyond and found == score) then low = middle + 1 else high = middle end
  end
  return low
end

local function score_bound(text)
  local open_end = string.sub(text, 1, 1) == '('
  return real(open_end and string.sub(text, 2) or text, 'ERR min or max is not a float'), open_end
end

-- All of these answer the first and the last place.
local function by_score(z, low, high)
  local least, above = score_bound(low)
  local most, below = score_bound(high)
  return from_score(z, least, above), from_score(z, most, not below) - 1
end

local function from_member(z, member, beyond)
  local low, high = z.first, z.last + 1
  while low < high do
    local middle = floor((low + high) / 2)
    local found = z.order[middle]
    if found < member or (beyond and found == member) then low = middle + 1 else high = middle end
  end
  return low
end

-- The place where a bound of members stands; `after` counts what equals a closed one as before it.
local function member_bound(z, text, after)
  local sign = string.sub(text, 1, 1)
  if text == '-' then return z.first elseif text == '+' then return z.last + 1 end
  if sign ~= '[' and sign ~= '(' then fail('ERR min or max not valid string range item') end
  return from_member(z, string.sub(text, 2), (sign == '(') ~= after)
end

-- Members are in order among those of one score: all have the same, or nobody asks.
local function by_member(z, low, high) return member_bound(z, low, false), member_bound(z, high, true) - 1 end

local function by_rank(z, from, to)
  from, to = places(from, to, z.n)
  return z.first + from, z.first + to
end
local function by_rank_from_last(z, from, to)
  from, to = places(from, to, z.n)
  return z.last - to, z.last - from
end

local function range_options(a)
  local found, place = {}, 4
  while a[place] do
    local word = string.upper(a[place])
    if word == 'LIMIT' then
      found.skip, found.count, place = whole(a[place + 1]), whole(a[place + 2]), place + 2
    elseif word == 'WITHSCORES' or word == 'BYSCORE' or word == 'BYLEX' or word == 'REV' then found[word] = true
    else wrong_syntax() end
    place = place + 1
  end
  return found
end

local function told(z, first, last, backwards, options)
  local found, from, step = {}, first, 1
  if backwards then from, step = last, -1 end
  from = from + step * (options.skip or 0)
  local left = last - first + 1 - (options.skip or 0)
  if options.count and options.count >= 0 then left = math.min(left, options.count) end
  for number = 0, left - 1 do
    local member = z.order[from + step * number]
    found[#found + 1] = member
    if options.WITHSCORES then found[#found + 1] = said(z.scores[member]) end
  end
  return found
end

local function range(a, locate, backwards)
  local z, options = sorted_of(a[1]), range_options(a)
  if not z then return {} end
  local first, last = locate(z, a[2], a[3])
  return told(z, first, last, backwards, options)
end
local function turned(a) return {a[1], a[3], a[2], unpack(a, 4)} end

function commands.ZRANGE(a)
  local options = range_options(a)
  local locate = options.BYSCORE and by_score or options.BYLEX and by_member
  if locate then return range(options.REV and turned(a) or a, locate, options.REV) end
  return range(a, options.REV and by_rank_from_last or by_rank, options.REV)
end
function commands.ZREVRANGE(a) return range(a, by_rank_from_last, true) end
function commands.ZRANGEBYSCORE(a) return range(a, by_score, false) end
function commands.ZREVRANGEBYSCORE(a) return range(turned(a), by_score, true) end
function commands.ZRANGEBYLEX(a) return range(a, by_member, false) end
function commands.ZREVRANGEBYLEX(a) return range(turned(a), by_member, true) end

local function count(a, locate)
  local z = sorted_of(a[1])
  if not z then return 0 end
  local first, last = locate(z, a[2], a[3])
  return math.max(0, last - first + 1)
end
function commands.ZCOUNT(a) return count(a, by_score) end
function commands.ZLEXCOUNT(a) return count(a, by_member) end

-- Takes a range out in one move, from the end that is nearer.
local function take_range(a, locate)
  local z = sorted_of(a[1])
  if not z then return 0 end
  local first, last = locate(z, a[2], a[3])
  local gone = last - first + 1
  if gone <= 0 then return 0 end
  for place = first, last do z.scores[z.order[place]] = nil end
  if first - z.first < z.last - last then
    for place = last, z.first + gone, -1 do z.order[place] = z.order[place - gone] end
    for place = z.first, z.first + gone - 1 do z.order[place] = nil end
    z.first = z.first + gone
  else
    for place = first, z.last - gone do z.order[place] = z.order[place + gone] end
    for place = z.last - gone + 1, z.last do z.order[place] = nil end
    z.last = z.last - gone
  end
  z.n = z.n - gone
  move_to_front(z)
  close(a[1], z)
  return gone
end
function commands.ZREMRANGEBYSCORE(a) return take_range(a, by_score) end
function commands.ZREMRANGEBYRANK(a) return take_range(a, by_rank) end
function commands.ZREMRANGEBYLEX(a) return take_range(a, by_member) end

-- The sum of sorted sets, without weights.
function commands.ZUNIONSTORE(a)
  local sums, number = new_sorted(), whole(a[2])
  if a[3 + number] then wrong_syntax() end
  for place = 3, 2 + number do
    for member, score in pairs((sorted_of(a[place]) or sums).scores) do put_in(sums, (sums.scores[member] or 0) + score, member) end
  end
  data[a[1]], ends[a[1]] = sums, nil
  close(a[1], sums)
  return sums.n
end
