/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall address-list
add address=203.0.113.9 list=them
add address=203.0.113.64/26 list=them
add address=198.18.0.0/15 list=them
add address=198.51.100.90-198.51.100.100 list=them
add address=192.0.2.1 disabled=yes list=them
/ip firewall filter
add action=passthrough chain=forward comment=them dst-address-list=them protocol=udp
add action=passthrough chain=forward comment="not them" dst-address-list=!them protocol=udp
add action=passthrough chain=forward comment="no such list" dst-address-list=nobody
add action=add-src-to-address-list address-list=knocked address-list-timeout=10s chain=forward \
    comment=knock dst-port=7000 protocol=tcp
add chain=forward comment=open dst-port=22 protocol=tcp src-address-list=knocked
add action=drop chain=forward comment=closed dst-port=22 protocol=tcp
