:local s x
:while (true) do={ :set s ($s . $s) }
:local a {1}
:while (true) do={ :set a {$a;$a} }
:local b {1}
:while (true) do={ :set b ($b , $b) }
