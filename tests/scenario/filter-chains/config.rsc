/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=input
add action=passthrough chain=forward
add action=passthrough chain=output
add action=drop chain=output protocol=udp src-port=5001
add action=drop chain=input dst-address=198.51.100.1
