/ip address
add address=192.168.88.1/24 interface=lan
/ip route
add dst-address=203.0.113.0/24 gateway=wan
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
