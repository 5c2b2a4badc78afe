/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add chain=forward comment="two at once for each server" dst-limit=1/10s,2,dst-address/1m protocol=udp
add action=drop chain=forward comment=over protocol=udp
