/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="dst-address-type=unicast" dst-address-type=unicast
add action=passthrough chain=forward comment="dst-address-type=!local" dst-address-type=!local
add action=passthrough chain=input comment="dst-address-type=local" dst-address-type=local
add action=passthrough chain=input comment="dst-address-type=!local" dst-address-type=!local
add action=passthrough chain=input comment="dst-address-type=broadcast" dst-address-type=broadcast
add action=passthrough chain=input comment="dst-address-type=multicast" dst-address-type=multicast
add action=passthrough chain=input comment="dst-address-type=broadcast,multicast" dst-address-type=broadcast,multicast
add action=passthrough chain=input comment="src-address-type=local" src-address-type=local
add action=passthrough chain=input comment="src-address-type=unicast" src-address-type=unicast
add action=passthrough chain=output comment="src-address-type=local" src-address-type=local
