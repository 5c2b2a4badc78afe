/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/system sluice plugin option
set later.loose value=yes
