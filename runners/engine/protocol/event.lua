-- Writes one event; for what happens outside the other scripts (a process that starts, a command in a chat).
local kind, job, run, json = arg(), arg(), arg(), arg()
event(kind, job, run, json)
return last_event and int(last_event)
