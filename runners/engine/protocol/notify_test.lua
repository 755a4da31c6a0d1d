-- Makes one delivery that somebody asked for, to see whether the rule's channel works.
local id, rule = arg(), arg()
create_delivery(id, 'test', rule, '0', '')
put_down()
trim_deliveries()
return 'ok'
