/routing table
add fib name=to_two
/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=one
add address=192.0.2.1/24 interface=two
/ip route
add gateway=198.51.100.254
add gateway=192.0.2.254 routing-table=to_two
/ip firewall mangle
add action=mark-connection chain=prerouting connection-state=new in-interface=lan dst-port=2000 new-connection-mark=two protocol=udp
add action=mark-routing chain=prerouting connection-mark=two in-interface=lan new-routing-mark=to_two
/ip firewall filter
add action=fasttrack-connection chain=forward connection-state=established
add action=accept chain=forward
/ip firewall nat
add action=masquerade chain=srcnat out-interface=one
add action=masquerade chain=srcnat out-interface=two
