-- Asks for an examination, which a scheduler does soon. Answers ok.
call('HMSET', K'examination', 'asked_at', NOW, 'asked_by', arg())
put_down()
return 'ok'
