/ip firewall nat
add action=dst-nat chain=dstnat to-addresses=10.0.0.300
add action=dst-nat chain=dstnat protocol=tcp to-ports=0-70000
/ip firewall filter
add action=reject chain=forward reject-with=icmp-nothing
add chain=forward src-address=2001:db8::1
add chain=forward limit=5
add chain=forward ttl=about:5
add chain=forward protocol=icmp icmp-options=300
add chain=forward tcp-flags=syn
add chain=postrouting src-mac-address=02:00:00:00:00
/ipv6 firewall filter
add chain=forward src-address=10.0.0.1
