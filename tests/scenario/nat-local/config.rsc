/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall filter
add action=passthrough chain=input src-address=192.168.88.10
add action=passthrough chain=output dst-address=192.168.88.53
/ip firewall nat
add action=src-nat chain=input protocol=udp src-address=192.168.88.10 to-addresses=198.51.100.77
add action=dst-nat chain=output dst-port=53 protocol=udp to-addresses=192.168.88.53
add action=dst-nat chain=output dst-port=54 protocol=udp to-addresses=192.168.88.1
add action=src-nat chain=srcnat dst-address=192.168.88.53 to-addresses=192.168.88.1
