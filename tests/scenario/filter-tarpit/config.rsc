/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=accept chain=forward connection-state=established,related
add action=tarpit chain=forward dst-port=80 protocol=tcp
add action=tarpit chain=forward protocol=udp
add action=tarpit chain=input protocol=tcp
/ip firewall nat
add action=dst-nat chain=dstnat dst-port=8080 in-interface=wan protocol=tcp \
    to-addresses=192.168.88.20 to-ports=80
