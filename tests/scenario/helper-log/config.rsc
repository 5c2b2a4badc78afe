/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
/ip firewall filter
add chain=forward connection-type=ftp action=accept comment="a helper's"
/system logging
add topics=firewall,debug action=memory
