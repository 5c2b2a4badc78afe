# jan/02/2024 10:00:00 by RouterOS 6.49.10
# software id = 
/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=one
add address=192.0.2.1/24 interface=two
/ip firewall mangle
add action=mark-routing chain=prerouting dst-port=2000 new-routing-mark=\
    "to_two" passthrough=no protocol=udp
add action=mark-routing chain=prerouting dst-port=2001 new-routing-mark=other \
    passthrough=no protocol=udp
/ip firewall filter
add action=drop chain=forward routing-mark=!to_two dst-port=3000 protocol=udp
/ip route
add distance=1 gateway=192.0.2.254 routing-mark=to_two
add distance=1 gateway=198.51.100.254
