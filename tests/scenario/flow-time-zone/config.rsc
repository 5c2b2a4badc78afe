/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/system clock
set time-zone-autodetect=no time-zone-name=Asia/Tokyo
/ip firewall filter
add action=passthrough chain=forward comment="tuesday" time=0s-1d,tue
