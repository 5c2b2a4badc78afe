/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment=all
add action=log chain=forward comment=log dst-port=1001 log-prefix=seen protocol=udp
add action=drop chain=forward comment=disabled disabled=yes
add chain=forward comment=accept dst-port=1001 protocol=udp
add action=drop chain=forward comment=drop dst-port=1002 log=yes log-prefix=gone protocol=udp
add action=passthrough chain=forward comment=rest
