/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="protocol=udp" protocol=udp
add action=passthrough chain=forward comment="protocol=17" protocol=17
add action=passthrough chain=forward comment="protocol=!udp" protocol=!udp
add action=passthrough chain=forward comment="protocol=icmp" protocol=icmp
add action=passthrough chain=forward comment="protocol=gre" protocol=gre
add action=passthrough chain=forward comment="protocol=139" protocol=139
add action=passthrough chain=forward comment="protocol=ipsec-esp" protocol=ipsec-esp
add action=passthrough chain=forward comment="protocol=ospf" protocol=ospf
add action=passthrough chain=forward comment="protocol=tcp" protocol=tcp
