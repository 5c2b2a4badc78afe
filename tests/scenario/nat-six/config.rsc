/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ipv6 firewall nat
add action=src-nat chain=srcnat out-interface=wan protocol=udp to-address=2001:db8:2::5/128
add action=masquerade chain=srcnat out-interface=wan
add action=dst-nat chain=dstnat dst-port=8080 in-interface=wan protocol=tcp \
    to-address=2001:db8:1::20/128 to-ports=80
