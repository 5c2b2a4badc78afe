/ipv6 address
add address=fd00:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ipv6 firewall nat
add action=netmap chain=srcnat src-address=fd00:1::/64 to-address=2001:db8:f::/64
add action=netmap chain=dstnat dst-address=2001:db8:f::/64 to-address=fd00:1::/64
