-- A run that somebody asked for and that a guard refused: one row, or one more in the last row. Without its job nothing is kept.
local job, row = arg(), arg()
if call('EXISTS', K('job:' .. job)) == 1 then record(job, row) end
