/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
add action=dst-nat chain=dstnat dst-port=8080 protocol=udp to-addresses=192.168.88.20 to-ports=80
/ip firewall filter
add action=passthrough chain=forward comment="connection-state=new" connection-state=new
add action=passthrough chain=forward comment="connection-state=established,related" connection-state=established,related
add action=passthrough chain=forward comment="connection-state=!new" connection-state=!new
add action=passthrough chain=forward comment="connection-state=invalid" connection-state=invalid
add action=passthrough chain=forward comment="connection-nat-state=srcnat" connection-nat-state=srcnat
add action=passthrough chain=forward comment="connection-nat-state=dstnat" connection-nat-state=dstnat
add action=passthrough chain=forward comment="connection-nat-state=srcnat,dstnat" connection-nat-state=srcnat,dstnat
add action=passthrough chain=forward comment="connection-nat-state=!dstnat" connection-nat-state=!dstnat
add action=passthrough chain=forward comment="connection-state=new connection-nat-state=!dstnat in-interface=wan" connection-state=new connection-nat-state=!dstnat in-interface=wan
