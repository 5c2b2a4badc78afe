/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=accept chain=forward connection-state=established
add action=accept chain=forward connection-state=related connection-type=rtsp
add action=accept chain=forward connection-state=new dst-port=554 in-interface=lan protocol=tcp
add action=drop chain=forward
add action=drop chain=input in-interface=wan
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
/ip firewall service-port
set rtsp disabled=no
