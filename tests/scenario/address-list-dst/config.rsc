/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=add-dst-to-address-list address-list=asked address-list-timeout=none-dynamic \
    chain=forward comment=ask dst-port=53 protocol=udp
add action=passthrough chain=forward comment=asked dst-address-list=asked dst-port=80 protocol=udp
