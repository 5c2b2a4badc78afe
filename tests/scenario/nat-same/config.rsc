/ip address
add address=10.1.1.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall nat
add action=same chain=srcnat protocol=udp same-not-by-dst=yes src-address=10.1.1.0/24 to-addresses=203.0.113.0-203.0.113.7
add action=same chain=srcnat protocol=tcp src-address=10.1.1.0/24 to-addresses=203.0.113.0-203.0.113.7
add action=same chain=srcnat src-address=10.1.1.0/24
