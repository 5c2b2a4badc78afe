/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="src-address=192.168.88.10" src-address=192.168.88.10
add action=passthrough chain=forward comment="src-address=192.168.88.8/29" src-address=192.168.88.8/29
add action=passthrough chain=forward comment="src-address=192.168.88.9-192.168.88.11" src-address=192.168.88.9-192.168.88.11
add action=passthrough chain=forward comment="src-address=!192.168.88.10" src-address=!192.168.88.10
add action=passthrough chain=forward comment="dst-address=203.0.113.0/24" dst-address=203.0.113.0/24
add action=passthrough chain=forward comment="dst-address=!203.0.113.0/24" dst-address=!203.0.113.0/24
add action=passthrough chain=forward comment="dst-address=0.0.0.0/0" dst-address=0.0.0.0/0
add action=passthrough chain=forward comment="src-address=192.168.88.10 dst-address=203.0.113.0" src-address=192.168.88.10 dst-address=203.0.113.0
