/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall filter
add action=accept chain=forward connection-state=established,related
add action=accept chain=forward connection-state=new dst-port=10080 protocol=udp
add action=drop chain=forward
/ip firewall nat
add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=10080 protocol=udp to-addresses=192.168.88.20
/ip firewall service-port
set amanda disabled=no
