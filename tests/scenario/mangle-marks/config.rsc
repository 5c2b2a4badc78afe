/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall mangle
add action=mark-connection chain=prerouting connection-state=new new-connection-mark=first passthrough=yes
add action=mark-connection chain=forward connection-mark=first dst-port=2000 new-connection-mark=second passthrough=yes protocol=udp
add action=mark-packet chain=forward connection-mark=second new-packet-mark=big passthrough=no
add action=mark-packet chain=forward new-packet-mark=small passthrough=yes
add action=mark-connection chain=forward dst-port=3000 new-connection-mark=no-mark protocol=udp
/ip firewall filter
add action=passthrough chain=forward packet-mark=big
add action=passthrough chain=forward packet-mark=small
add action=passthrough chain=forward packet-mark=no-mark
add action=passthrough chain=forward connection-mark=!no-mark
add action=drop chain=forward dst-port=4000 protocol=udp
add action=log chain=forward connection-mark=second
