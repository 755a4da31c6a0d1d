-- Lists: a table whose places run from `first` to `last`, so that both ends are one step away.
local function new_list() return {kind = 'list', rows = {}, first = 1, last = 0, n = 0} end
local function list_of(key) return read(key, 'list') end

local function sized(list)
  list.n = list.last - list.first + 1
  return list.n
end

local function push_left(list, row) list.first = list.first - 1 list.rows[list.first] = row end
local function push_right(list, row) list.last = list.last + 1 list.rows[list.last] = row end
local function pop_left(list)
  local row = list.rows[list.first]
  list.rows[list.first], list.first = nil, list.first + 1
  return row
end
local function pop_right(list)
  local row = list.rows[list.last]
  list.rows[list.last], list.last = nil, list.last - 1
  return row
end

local function push(key, rows, from, push_one)
  local list = open(key, 'list', new_list)
  for place = from, #rows do push_one(list, rows[place]) end
  pushes = pushes + 1
  return sized(list)
end
function commands.LPUSH(a) return push(a[1], a, 2, push_left) end
function commands.RPUSH(a) return push(a[1], a, 2, push_right) end

-- One row, or a list of up to `count` of them; false of none.
local function pop(key, count, pop_one)
  local list, found = list_of(key), {}
  if not list then return false end
  for _ = 1, math.min(count and whole(count) or 1, list.n) do found[#found + 1] = pop_one(list) end
  sized(list)
  close(key, list)
  if count then return found end
  return found[1]
end
function commands.LPOP(a) return pop(a[1], a[2], pop_left) end
function commands.RPOP(a) return pop(a[1], a[2], pop_right) end

local function move(from, to, pop_one, push_one)
  read(to, 'list')
  local row = pop(from, nil, pop_one)
  if row then push(to, {row}, 1, push_one) end
  return row
end
function commands.RPOPLPUSH(a) return move(a[1], a[2], pop_right, push_left) end
function commands.LMOVE(a)
  local from, to = string.upper(a[3]), string.upper(a[4])
  return move(a[1], a[2], from == 'LEFT' and pop_left or pop_right, to == 'LEFT' and push_left or push_right)
end

function commands.LLEN(a)
  local list = list_of(a[1])
  return list and list.n or 0
end

local function place_in(list, index)
  index = whole(index)
  return index < 0 and list.last + 1 + index or list.first + index
end
function commands.LINDEX(a)
  local list = list_of(a[1])
  return list and list.rows[place_in(list, a[2])] or false
end
function commands.LSET(a)
  local list = list_of(a[1])
  if not list then fail('ERR no such key') end
  local place = place_in(list, a[2])
  if list.rows[place] == nil then fail('ERR index out of range') end
  list.rows[place] = a[3]
  touch(a[1])
  return OK
end

function commands.LRANGE(a)
  local list, found = list_of(a[1]), {}
  if not list then return found end
  local from, to = places(a[2], a[3], list.n)
  for place = list.first + from, list.first + to do found[#found + 1] = list.rows[place] end
  return found
end
function commands.LTRIM(a)
  local list = list_of(a[1])
  if not list then return OK end
  local from, to = places(a[2], a[3], list.n)
  local first, last = list.first + from, list.first + to
  if first > last then
    forget(a[1])
    return OK
  end
  for place = list.first, first - 1 do list.rows[place] = nil end
  for place = last + 1, list.last do list.rows[place] = nil end
  list.first, list.last = first, last
  sized(list)
  touch(a[1])
  return OK
end

-- Takes the first `count` equal rows away; the last ones when it is negative, all when it is 0.
function commands.LREM(a)
  local list, count, row, gone = list_of(a[1]), whole(a[2]), a[3], {}
  if not list then return 0 end
  local from, to, step = list.first, list.last, 1
  if count < 0 then from, to, step = to, from, -1 end
  local wanted, number = count == 0 and huge or math.abs(count), 0
  for place = from, to, step do
    if number == wanted then break end
    if list.rows[place] == row then gone[place], number = true, number + 1 end
  end
  if number == 0 then return 0 end
  local kept = new_list()
  for place = list.first, list.last do
    if not gone[place] then push_right(kept, list.rows[place]) end
  end
  list.rows, list.first, list.last = kept.rows, kept.first, kept.last
  sized(list)
  close(a[1], list)
  return number
end

function commands.LPOS(a)
  local list = list_of(a[1])
  for place = list and list.first or 1, list and list.last or 0 do
    if list.rows[place] == a[2] then return place - list.first end
  end
  return false
end
