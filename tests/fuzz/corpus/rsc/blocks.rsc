{
:local a 1
{ :local a 2; /ip firewall; filter add chain=a }
:put $a
}
add chain=x
{ :foo
:bar }
:put 1 }
