-- What a batch has come to is written also when one of its runs breaks the script: it is not rolled back.
local function settle_all()
  settle()
  for _, group in ipairs(freed_flows) do wake_flow(group) end
end
local went_well, answer = pcall(main)
if went_well then settle_all() else pcall(settle_all) end
if not went_well then error(answer, 0) end
if audit then return {audit.word, answer or false} end
return answer
