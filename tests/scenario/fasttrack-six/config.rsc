/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ipv6 firewall filter
add action=fasttrack-connection chain=forward connection-state=established
add action=accept chain=forward connection-state=established,related
add action=accept chain=forward in-interface=lan
add action=drop chain=forward
