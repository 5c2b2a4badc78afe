# Every mistake is named, with its place; nothing is done.
/ip address
add address=192.168.88.1/33 interface=lan
add address=192.168.88.1/24 interface=nowhere
/ip firewall filter
add action=drop
add action=limit chain=forward
add chain=forward dst-port=80
add chain=forward protocol=tcp dst-port=70000
add chain=forward conection-state=new
add chain=forward connection-state=fresh
add chain=forward in-interface-list=NONE
add action=jump chain=forward
add action=masquerade chain=forward
/ip firewall nat
add action=drop chain=srcnat
add action=masquerade chain=srcnat out-interface=wan connection-state=new
/ip firewall connection tracking
set udp-timeout=never
set enabled=perhaps
/ip fierwall filter
add chain=input
