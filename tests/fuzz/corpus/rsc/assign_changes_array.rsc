:local a {x={y=1}}
:set ($a->"x"->[:do {:set a 1}]) 7
:set ($a->[:set a {1;2}]->1) 3
