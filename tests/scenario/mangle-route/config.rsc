/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
add address=192.0.2.1/24 interface=dmz
/ip route
add gateway=198.51.100.254
/ip firewall mangle
add action=route chain=prerouting dst-port=25 passthrough=no protocol=tcp route-dst=192.0.2.25
add action=route chain=prerouting dst-port=26 passthrough=no protocol=tcp route-dst=192.0.2.1
add action=route chain=prerouting dst-port=27 passthrough=no protocol=tcp route-dst=203.0.113.7
