/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ipv6 firewall filter
add chain=input connection-state=untracked
add action=drop chain=input connection-state=invalid
