/interface list
add name=WAN
/interface list member
add interface=wan list=WAN
/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall nat
add action=accept chain=srcnat connection-mark=never
add action=accept chain=srcnat dst-address=10.0.0.0/8
add action=jump chain=srcnat jump-target=hide out-interface-list=WAN
add action=return chain=hide src-address=192.168.88.77
add action=masquerade chain=hide limit=1,1:packet
/ip firewall raw
add action=notrack chain=prerouting src-address=192.168.88.66
