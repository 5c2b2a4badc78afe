/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ip settings
set icmp-rate-limit=0
/ipv6 firewall filter
add action=reject chain=forward dst-port=1001 protocol=udp reject-with=icmp-no-route
add action=reject chain=forward dst-port=1002 protocol=udp reject-with=icmp-admin-prohibited
add action=reject chain=forward dst-port=1003 protocol=udp reject-with=icmp-not-neighbour
add action=reject chain=forward dst-port=1004 protocol=udp reject-with=icmp-address-unreachable
add action=reject chain=forward dst-port=1005 protocol=udp reject-with=icmp-port-unreachable
add action=reject chain=forward dst-port=1006 protocol=udp reject-with=icmp-err-src-routing-header
add action=reject chain=forward dst-port=1007 protocol=udp reject-with=icmp-headers-too-long
add action=reject chain=forward dst-port=1008 protocol=udp
add action=reject chain=forward protocol=tcp reject-with=tcp-reset
