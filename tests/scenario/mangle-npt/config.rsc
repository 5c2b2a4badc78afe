/ipv6 address
add address=fd01:203:405:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 route
add gateway=2001:db8:2::fe
/ipv6 firewall mangle
add action=snpt chain=postrouting dst-prefix=2001:db8:1::/48 out-interface=wan src-prefix=fd01:203:405::/48
add action=passthrough chain=postrouting src-address=2001:db8:1::/48
add action=dnpt chain=prerouting dst-prefix=fd01:203:405::/48 in-interface=wan src-prefix=2001:db8:1::/48
add action=snpt chain=postrouting dst-prefix=2001:db8:1::/65 src-prefix=fd01::/48
add action=snpt chain=postrouting src-prefix=fd01::/48
/ipv6 firewall raw
add action=notrack chain=prerouting
