/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall nat
add action=accept chain=srcnat dst-address=10.0.0.0/8 out-interface=wan
add action=jump chain=srcnat jump-target=out out-interface=wan
add action=masquerade chain=srcnat out-interface=wan
add action=return chain=out protocol=tcp
add action=src-nat chain=out src-address=192.168.88.10 to-addresses=198.51.100.2
