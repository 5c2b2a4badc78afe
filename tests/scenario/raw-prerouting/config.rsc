/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall raw
add action=passthrough chain=prerouting fragment=yes
add action=passthrough chain=prerouting fragment=no
add action=drop chain=prerouting protocol=gre
add action=drop chain=output dst-port=5001 protocol=udp
