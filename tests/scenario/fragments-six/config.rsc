/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ip firewall connection tracking
set enabled=yes
