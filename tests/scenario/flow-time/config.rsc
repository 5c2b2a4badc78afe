/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="monday night" time=22h-6h,mon
add action=passthrough chain=forward comment="tuesday" time=0s-1d,tue
add action=passthrough chain=forward comment="not at work" time=!9h-17h,mon,tue,wed,thu,fri
