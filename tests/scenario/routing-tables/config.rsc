/routing table
add fib name=to_two
add comment="not for packets" name=rib
add disabled=yes fib name=off
add fib name=300
/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=one
add address=192.0.2.1/24 interface=two
/ip route
add distance=1 gateway=198.51.100.254
add distance=1 gateway=192.0.2.254 routing-table=to_two
add blackhole dst-address=203.0.113.128/25 routing-table=to_two
add gateway=192.0.2.254 routing-table=rib
add gateway=192.0.2.254 routing-table=off
add dst-address=203.0.113.7/32 gateway=192.0.2.7 routing-table=300
/ip firewall mangle
add action=mark-routing chain=prerouting dst-port=2000 new-routing-mark=to_two passthrough=no protocol=udp
add action=mark-routing chain=prerouting dst-port=2001 new-routing-mark=rib passthrough=no protocol=udp
add action=mark-routing chain=prerouting dst-port=2002 new-routing-mark=off passthrough=no protocol=udp
add action=mark-routing chain=prerouting dst-port=2003 new-routing-mark=300 passthrough=no protocol=udp
add action=mark-routing chain=prerouting dst-port=2004 new-routing-mark=to_two protocol=udp
add action=mark-routing chain=prerouting dst-port=2004 new-routing-mark=main protocol=udp routing-mark=to_two
/ip firewall filter
add action=passthrough chain=forward routing-mark=to_two
add action=passthrough chain=forward routing-mark=main
add action=passthrough chain=forward routing-table=!to_two
/ipv6 address
add address=2001:db8:88::1/64 interface=lan
add address=2001:db8:1::1/64 interface=one
add address=2001:db8:2::1/64 interface=two
/ipv6 route
add gateway=2001:db8:1::fe
add gateway=2001:db8:2::fe routing-table=to_two
/ipv6 firewall mangle
add action=mark-routing chain=prerouting dst-port=2000 new-routing-mark=to_two protocol=udp
