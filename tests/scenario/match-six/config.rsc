/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ipv6 firewall filter
add action=passthrough chain=forward comment="src-address=2001:db8:1::10/128" src-address=2001:db8:1::10/128
add action=passthrough chain=forward comment="src-address=2001:db8:1::/64" src-address=2001:db8:1::/64
add action=passthrough chain=forward comment="src-address=!2001:db8:1::/64" src-address=!2001:db8:1::/64
add action=passthrough chain=forward comment="dst-address=2001:db8:9::/48" dst-address=2001:db8:9::/48
add action=passthrough chain=forward comment="protocol=udp dst-port=53" protocol=udp dst-port=53
add action=passthrough chain=forward comment="protocol=icmpv6 icmp-options=128:0-255" protocol=icmpv6 icmp-options=128:0-255
add action=passthrough chain=forward comment="protocol=icmpv6" protocol=icmpv6
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=syn,!ack" protocol=tcp tcp-flags=syn,!ack
add action=passthrough chain=forward comment="hop-limit=equal:63" hop-limit=equal:63
add action=passthrough chain=forward comment="hop-limit=less-than:63" hop-limit=less-than:63
add action=passthrough chain=forward comment="dscp=10" dscp=10
add action=passthrough chain=forward comment="packet-size=48-60" packet-size=48-60
add action=passthrough chain=forward comment="in-interface=lan" in-interface=lan
add action=passthrough chain=forward comment="connection-state=new" connection-state=new
add action=passthrough chain=forward comment="dst-address-type=unicast" dst-address-type=unicast
add action=passthrough chain=forward comment="src-mac-address=02:00:00:00:00:10" src-mac-address=02:00:00:00:00:10
add action=passthrough chain=input comment="dst-address-type=multicast" dst-address-type=multicast
add action=passthrough chain=input comment="dst-address-type=local" dst-address-type=local
