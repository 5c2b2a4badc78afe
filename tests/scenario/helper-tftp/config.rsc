/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=accept chain=forward connection-state=established,related
add action=accept chain=forward connection-state=new dst-port=69,6969 protocol=udp
add action=drop chain=forward
/ip firewall nat
add action=accept chain=srcnat dst-address=198.51.100.9
add action=masquerade chain=srcnat out-interface=wan protocol=udp to-ports=30000-30000
add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=7069 protocol=udp to-addresses=192.168.88.20 to-ports=69
/ip firewall service-port
set tftp ports=69,6969
