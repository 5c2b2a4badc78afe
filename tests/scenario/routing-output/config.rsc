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
add action=mark-connection chain=prerouting connection-state=new in-interface=two new-connection-mark=two
add action=mark-routing chain=output connection-mark=two new-routing-mark=to_two passthrough=no
add action=mark-routing chain=output dst-port=2000 new-routing-mark=to_two protocol=udp
add action=passthrough chain=postrouting out-interface=two
/ip firewall nat
add action=masquerade chain=srcnat out-interface=two
