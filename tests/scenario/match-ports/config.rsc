/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="protocol=udp dst-port=53" protocol=udp dst-port=53
add action=passthrough chain=forward comment="protocol=udp dst-port=53,67-69" protocol=udp dst-port=53,67-69
add action=passthrough chain=forward comment="protocol=udp dst-port=!53,67-69" protocol=udp dst-port=!53,67-69
add action=passthrough chain=forward comment="protocol=udp src-port=1000-1002" protocol=udp src-port=1000-1002
add action=passthrough chain=forward comment="protocol=udp src-port=!1000-1002" protocol=udp src-port=!1000-1002
add action=passthrough chain=forward comment="protocol=udp port=53" protocol=udp port=53
add action=passthrough chain=forward comment="protocol=udp port=1000,67" protocol=udp port=1000,67
add action=passthrough chain=forward comment="protocol=udp port=!1000,67" protocol=udp port=!1000,67
add action=passthrough chain=forward comment="protocol=tcp dst-port=53" protocol=tcp dst-port=53
