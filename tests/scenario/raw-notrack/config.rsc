/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall raw
add action=notrack chain=prerouting protocol=udp src-address=192.168.88.10
add action=passthrough chain=prerouting protocol=udp src-address=192.168.88.10
add action=notrack chain=output dst-port=5001 protocol=udp
/ip firewall mangle
add action=mark-connection chain=prerouting new-connection-mark=never protocol=udp
/ip firewall filter
add action=passthrough chain=forward connection-state=untracked
add action=passthrough chain=forward connection-state=!untracked
add action=passthrough chain=forward fragment=yes
add action=passthrough chain=output connection-state=untracked
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
/ipv6 address
add address=2001:db8:1::1/64 interface=lan
add address=2001:db8:2::1/64 interface=wan
/ipv6 firewall raw
add action=notrack chain=prerouting
/ipv6 firewall filter
add action=passthrough chain=forward connection-state=untracked headers=frag:contains
