:local a {1;"b";c=3;{4;{5}};
# comment
 x=10.0.0.1}
:put $a
:put ($a->"c")
:put ($a->3->1->0)
:set ($a->"new"->"deeper") 7
:put [:len $a]
:put ($a->99)
:put ("x"->0)
:foreach k,v in=$a do={ :put "$k=$v" }
