/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add chain=forward comment="2,3" dst-port=53 limit=2,3:packet protocol=udp
add chain=forward comment="1k,1k bit" dst-port=54 limit=1k,1k:bit protocol=udp
add chain=forward comment="1/1m,1" dst-port=55 limit=1/1m,1 protocol=udp
add action=drop chain=forward comment=over
