/ip address
add address=10.1.1.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall nat
add action=netmap chain=srcnat src-address=10.1.1.0/24 to-addresses=203.0.113.0/24
add action=netmap chain=dstnat dst-address=203.0.113.0/24 to-addresses=10.1.1.0/24
add action=netmap chain=dstnat dst-address=198.51.100.200 dst-port=80 protocol=tcp \
    to-addresses=10.1.1.8-10.1.1.9 to-ports=8080
