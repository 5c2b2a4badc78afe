:for i from=1 to=3 do={ :put $i }
:for i from=3 to=1 step=-1 do={ :put $i }
:for i from=9223372036854775806 to=9223372036854775807 do={}
:foreach i in=a,b do={ :if ($i="a") do={ :put A } else={ :put B } }
:local n 0
:while ($n<5) do={ :set n ($n+1) }
:do { :error x } on-error={ :put caught }
:do { :set n ($n-1) } while=($n>0)
:put [:if (true) do={ :return 5 }]
:return 1
