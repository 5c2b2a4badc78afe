/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=add-src-to-address-list address-list=scanners address-list-timeout=1h chain=forward psd=21,3s,3,1
add action=drop chain=forward src-address-list=scanners
