-- Puts down what changes nothing else: a refusal, that somebody signed in. Answers ok.
call('ZREM', K'audit', '') -- changes nothing, but a full Redis allows it, and then the entry: who came in, and who was refused
put_down()
return 'ok'
