/ip address
add address=10.1.1.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall nat
add action=endpoint-independent-nat chain=srcnat out-interface=wan protocol=udp randomise-ports=yes \
    to-addresses=198.51.100.1 to-ports=20000-20001
add action=endpoint-independent-nat chain=dstnat in-interface=wan protocol=udp
