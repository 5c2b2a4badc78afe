/ip address
add address=10.1.1.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall filter
add action=passthrough chain=forward connection-nat-state=ein-snat
add action=passthrough chain=forward connection-nat-state=ein-dnat
add action=passthrough chain=forward connection-nat-state=!ein-snat,ein-dnat
/ip firewall nat
add action=endpoint-independent-nat chain=srcnat out-interface=wan
add action=masquerade chain=srcnat out-interface=wan
add action=endpoint-independent-nat chain=dstnat in-interface=wan
add action=endpoint-independent-nat chain=dstnat in-interface=wan to-addresses=198.51.100.1
