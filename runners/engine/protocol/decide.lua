-- One person's word on an approval; the decision and what it does are one step.
-- Answers {word, status}: approved, counted (more must agree), rejected, gone, decided (before, with that status), late (its
-- time is over), voted (this person agreed already), or changed (it is not what was shown).
local id, verdict, by, note, error, digest, seen = some(7)
local shown = args(tonumber(arg()))
local approval = approval_facts(id)
if approval.status == '' then return {'gone', ''} end
if approval.status ~= 'pending' then return {'decided', approval.status} end
if tonumber(approval.expires_at) <= now then return {'late', 'pending'} end
if approval.digest ~= digest then return {'changed', 'pending'} end
if approval.kind ~= 'grant' then
  local v = call('HMGET', K('run:' .. approval.run_id), 'status', 'approval_id', 'job_type', 'job_version', 'inputs')
  if v[1] ~= 'waiting_approval' or v[2] ~= id then return {'changed', 'pending'} end
  for i, text in ipairs(shown) do
    if v[i + 2] ~= text then return {'changed', 'pending'} end
  end
end
local vote = '{"by":' .. by .. ',"at":' .. NOW .. ',"note":' .. note .. '}'
if verdict == 'approve' and string.find(approval.votes, '{"by":' .. by .. ',"at":', 1, true) then return {'voted', 'pending'} end
local _, votes = string.gsub(approval.votes, '{"by":', '')
if verdict == 'approve' and votes ~= tonumber(seen) then return {'changed', 'pending'} end -- who has agreed was read before
call('ZREM', K'retries', '') -- changes nothing, but a full Redis allows it, and then what comes after it
put_down()
if verdict == 'reject' then
  settle_refused(approval, 'rejected', by, note, error)
  return {'rejected', 'rejected'}
end
approval.votes = approval.votes == '' and vote or approval.votes .. ',' .. vote
call('HSET', K('approval:' .. id), 'votes', approval.votes)
if votes + 1 < (tonumber(approval.quorum) or 1) then
  event('approval.counted', approval.job_id, approval.run_id, '{"approval_id":"' .. id .. '","by":' .. by .. ',"votes":' .. int(votes + 1) .. '}')
  return {'counted', 'pending'}
end
settle_approved(approval, by, note)
return {'approved', 'approved'}
