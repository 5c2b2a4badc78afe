/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="ipsec-policy=in,none" ipsec-policy=in,none
add action=passthrough chain=forward comment="ipsec-policy=in,ipsec" ipsec-policy=in,ipsec
add action=passthrough chain=forward comment="ipsec-policy=out,none" ipsec-policy=out,none
add action=passthrough chain=forward comment="ipsec-policy=out,ipsec" ipsec-policy=out,ipsec
