/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall raw
add action=drop chain=prerouting protocol=udp dst-port=666
/ip firewall filter
add action=accept chain=forward connection-state=established,related
add action=jump chain=forward jump-target=web dst-port=80 protocol=tcp
add action=drop chain=forward comment="everything else"
add action=reject chain=input reject-with=icmp-admin-prohibited
add action=log chain=web
add action=accept chain=web
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
add action=dst-nat chain=dstnat dst-port=8080 in-interface=wan protocol=tcp \
    to-addresses=192.168.88.20 to-ports=80
