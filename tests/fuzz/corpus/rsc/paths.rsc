/
..
/ip/firewall nat
../filter/add chain=a
/ip firewall fitler
add chain=b
//ip//address//print
