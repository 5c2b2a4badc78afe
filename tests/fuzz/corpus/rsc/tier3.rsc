:parse "x"
:execute {:put 1}
:onerror e in={} do={}
:local f do={ :return 1 }
$f a=1
:resolve example.com
:environment print
