/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall connection tracking
set enabled=yes
/ip firewall mangle
add action=change-mss chain=forward new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn
add action=change-mss chain=forward dst-port=81 new-mss=1000 protocol=tcp tcp-flags=syn
add action=change-ttl chain=prerouting dst-port=1000 new-ttl=set:1 protocol=udp
add action=change-ttl chain=postrouting dst-port=1001 new-ttl=set:64 protocol=udp
add action=change-ttl chain=prerouting dst-port=1002 new-ttl=increment:1 protocol=udp
add action=change-dscp chain=forward dst-port=1003 new-dscp=46 protocol=udp
add action=set-priority chain=forward dst-port=1003 dscp=46 new-priority=from-dscp-high-3-bits protocol=udp
add action=passthrough chain=postrouting priority=5
add action=strip-ipv4-options chain=forward ipv4-options=any
add action=clear-df chain=prerouting dst-port=1005 protocol=udp
/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 firewall mangle
add action=change-mss chain=forward new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn
add action=change-hop-limit chain=postrouting dst-port=1001 new-hop-limit=set:64 protocol=udp
