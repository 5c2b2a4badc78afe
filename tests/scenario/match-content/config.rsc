/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ipv6 address
add address=2001:db8:1::1/64 advertise=no interface=lan
add address=2001:db8:2::1/64 advertise=no interface=wan
/ip route
add gateway=198.51.100.254
/ipv6 route
add gateway=2001:db8:2::ff
/ip firewall filter
add action=drop chain=forward content=Secret
add action=drop chain=forward content="\01two words\FF"
add action=passthrough chain=forward content=!harmless comment=other protocol=udp
/ip firewall raw
add action=drop chain=prerouting content=rawbytes
/ip firewall mangle
add action=passthrough chain=postrouting content=harmless comment=marked
/ipv6 firewall filter
add action=drop chain=forward content=Secret
/ipv6 firewall raw
add action=drop chain=prerouting content=rawbytes
