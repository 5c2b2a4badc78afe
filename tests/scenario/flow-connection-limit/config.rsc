/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=drop chain=forward comment="more than 2 of a block" connection-limit=2,29 connection-state=new protocol=tcp
add action=passthrough chain=forward comment="up to 3 in all" connection-limit=!3,0 protocol=tcp
