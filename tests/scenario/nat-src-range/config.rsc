/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall nat
add action=src-nat chain=srcnat out-interface=wan src-address=192.168.88.0/24 \
    to-addresses=198.51.100.10-198.51.100.13
