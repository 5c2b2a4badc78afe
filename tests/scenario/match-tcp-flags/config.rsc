/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=syn" protocol=tcp tcp-flags=syn
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=syn,!ack" protocol=tcp tcp-flags=syn,!ack
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=syn,ack" protocol=tcp tcp-flags=syn,ack
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=!syn,!ack,!fin,!rst" protocol=tcp tcp-flags=!syn,!ack,!fin,!rst
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=fin" protocol=tcp tcp-flags=fin
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=rst,!syn" protocol=tcp tcp-flags=rst,!syn
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=ece,cwr" protocol=tcp tcp-flags=ece,cwr
add action=passthrough chain=forward comment="protocol=tcp tcp-flags=urg,psh" protocol=tcp tcp-flags=urg,psh
