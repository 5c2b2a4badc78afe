/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip address
add address=172.16.0.1/24 interface=dmz
/interface list
add name=LAN
add name=WAN
add name=INSIDE
add exclude=LAN include=LAN,INSIDE name=INNER
/interface list member
add interface=lan list=LAN
add interface=wan list=WAN
add interface=lan list=INSIDE
add interface=dmz list=INSIDE
/ip firewall filter
add action=passthrough chain=forward comment="in-interface=lan" in-interface=lan
add action=passthrough chain=forward comment="in-interface=!lan" in-interface=!lan
add action=passthrough chain=forward comment="out-interface=wan" out-interface=wan
add action=passthrough chain=forward comment="out-interface=!wan" out-interface=!wan
add action=passthrough chain=forward comment="in-interface-list=LAN" in-interface-list=LAN
add action=passthrough chain=forward comment="in-interface-list=!LAN" in-interface-list=!LAN
add action=passthrough chain=forward comment="out-interface-list=WAN" out-interface-list=WAN
add action=passthrough chain=forward comment="in-interface-list=all" in-interface-list=all
add action=passthrough chain=forward comment="in-interface-list=none" in-interface-list=none
add action=passthrough chain=forward comment="in-interface-list=INNER" in-interface-list=INNER
add action=passthrough chain=forward comment="in-interface=lan out-interface=wan" in-interface=lan out-interface=wan
add action=passthrough chain=input comment="in-interface=lan" in-interface=lan
add action=passthrough chain=output comment="out-interface=wan" out-interface=wan
