/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=drop chain=forward p2p=all-p2p
add action=drop chain=forward hotspot=auth
add action=drop chain=forward hotspot=http
