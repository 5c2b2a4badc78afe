/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=accept chain=forward connection-state=established,related
add action=accept chain=forward in-interface=lan
add action=drop chain=forward
add action=drop chain=input in-interface=wan
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
/ip firewall service-port
set irc,rtsp disabled=no
