:global g 1
:local l "$g-$(1+1)-$[:len abc]-$ -$"
:put $l
:put $"g"
:set g
:put $g
:put $unknown
:set unknown 1
:local "odd name" 5
:put $"odd name"
