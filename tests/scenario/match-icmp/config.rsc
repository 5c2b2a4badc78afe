/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="protocol=icmp icmp-options=8" protocol=icmp icmp-options=8
add action=passthrough chain=forward comment="protocol=icmp icmp-options=8:0" protocol=icmp icmp-options=8:0
add action=passthrough chain=forward comment="protocol=icmp icmp-options=8:0-255" protocol=icmp icmp-options=8:0-255
add action=passthrough chain=forward comment="protocol=icmp icmp-options=3:3" protocol=icmp icmp-options=3:3
add action=passthrough chain=forward comment="protocol=icmp icmp-options=3:0-4" protocol=icmp icmp-options=3:0-4
add action=passthrough chain=forward comment="protocol=icmp icmp-options=!8:0" protocol=icmp icmp-options=!8:0
add action=passthrough chain=forward comment="protocol=icmp icmp-options=11:0-255" protocol=icmp icmp-options=11:0-255
add action=passthrough chain=forward comment="protocol=icmp icmp-options=3:4" protocol=icmp icmp-options=3:4
