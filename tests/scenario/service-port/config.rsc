/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
/ip firewall service-port
set tftp disabled=yes ports=69,6969
set [find name=irc] disabled=no
