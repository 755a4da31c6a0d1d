-- What stands between commands and those who call them: scripts by `redis`, everybody else by the functions that this returns.
local function carried_out(name, arguments)
  local command = commands[name] or commands[string.upper(name)]
  if not command then fail("ERR unknown command '" .. name .. "' of the imitation in memory") end
  return command(arguments)
end

local function call(name, ...)
  local arguments = {...}
  for place = 1, #arguments do
    if type(arguments[place]) == 'number' then arguments[place] = said(arguments[place]) end
  end
  return carried_out(name, arguments)
end

-- A fault of ours tells where it is; what a command refuses is a table.
local function fault(thrown) return type(thrown) == 'table' and thrown or {err = 'ERR ' .. tostring(thrown)} end

redis = {
  call = call,
  pcall = function(...)
    local went_well, answer = pcall(call, ...)
    return went_well and answer or not went_well and fault(answer) or false
  end,
  error_reply = function(message) return {err = message} end,
  status_reply = function(message) return {ok = message} end,
}

-- The answer as a server sends it, so that the same parser reads it.
local function encode(value, parts)
  local kind = type(value)
  if kind == 'string' then parts[#parts + 1] = '$' .. #value .. '\r\n' .. value .. '\r\n'
  elseif kind == 'number' then parts[#parts + 1] = ':' .. format('%.0f', value < 0 and math.ceil(value) or floor(value)) .. '\r\n'
  elseif kind == 'table' and value.ok then parts[#parts + 1] = '+' .. value.ok .. '\r\n'
  elseif kind == 'table' and value.err then parts[#parts + 1] = '-' .. string.gsub(value.err, '%c', ' ') .. '\r\n'
  elseif kind == 'table' then
    local number = 0
    while value[number + 1] ~= nil do number = number + 1 end
    parts[#parts + 1] = '*' .. number .. '\r\n'
    for place = 1, number do encode(value[place], parts) end
  elseif value == true then parts[#parts + 1] = ':1\r\n'
  else parts[#parts + 1] = '$-1\r\n' end
  return parts
end

local function begin(at_seconds, at_micros)
  seconds, micros = format('%.0f', at_seconds), format('%.0f', at_micros)
  now = at_seconds * 1000 + floor(at_micros / 1000)
  if now >= sweep_at then sweep() end
end

local function told(went_well, answer)
  return table.concat(encode(went_well and answer or not went_well and fault(answer) or false, {}))
end

local scripts = {} -- by their SHA-1

-- One command of a client: its answer, and how many pushes there were so far.
local function run(at_seconds, at_micros, name, arguments)
  begin(at_seconds, at_micros)
  return told(pcall(carried_out, name, arguments)), pushes
end

local function evaluate(at_seconds, at_micros, sha, keys, arguments)
  local script = scripts[sha]
  if not script then return '-NOSCRIPT No matching script. Please use EVAL.\r\n', pushes end
  begin(at_seconds, at_micros)
  KEYS, ARGV = keys, arguments
  return told(pcall(script)), pushes
end

-- Answers '' or what is wrong with the text.
local function load(sha, text)
  local script, wrong = loadstring(text, '=script')
  scripts[sha] = script
  return wrong or ''
end

local function knows(sha) return scripts[sha] ~= nil end
local function forget_scripts() scripts = {} end
local function watch(key) watched[key] = true end

-- The keys that were watched and written since the last time; nobody watches any more when `over`.
local function written(over)
  local found = changed
  changed = {}
  if over then watched = {} end
  return unpack(found)
end
local function names()
  local found = {}
  for name in pairs(commands) do found[#found + 1] = name end
  return unpack(found)
end

KEYS, ARGV = {}, {}
setmetatable(_G, {__newindex = function(_, name) error("a script sets the global variable '" .. name .. "'", 2) end})
return {run = run, evaluate = evaluate, load = load, knows = knows, forget_scripts = forget_scripts, watch = watch, written = written, names = names}
