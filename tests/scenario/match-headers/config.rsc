/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="ttl=equal:63" ttl=equal:63
add action=passthrough chain=forward comment="ttl=not-equal:63" ttl=not-equal:63
add action=passthrough chain=forward comment="ttl=less-than:10" ttl=less-than:10
add action=passthrough chain=forward comment="ttl=greater-than:63" ttl=greater-than:63
add action=passthrough chain=forward comment="dscp=46" dscp=46
add action=passthrough chain=forward comment="dscp=!46" dscp=!46
add action=passthrough chain=forward comment="packet-size=33" packet-size=33
add action=passthrough chain=forward comment="packet-size=28-32" packet-size=28-32
add action=passthrough chain=forward comment="packet-size=!28-33" packet-size=!28-33
add action=passthrough chain=forward comment="src-mac-address=02:00:C0:A8:58:0A" src-mac-address=02:00:C0:A8:58:0A
add action=passthrough chain=forward comment="src-mac-address=!02:00:C0:A8:58:0A" src-mac-address=!02:00:C0:A8:58:0A
add action=passthrough chain=forward comment="fragment=no" fragment=no
add action=passthrough chain=forward comment="fragment=yes" fragment=yes
