/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ipv6 firewall address-list
add address=2001:db8:9::/48 list=them
/ipv6 firewall filter
add action=passthrough chain=forward comment=them dst-address-list=them
add action=add-src-to-address-list address-list=us address-list-timeout=5s chain=forward
