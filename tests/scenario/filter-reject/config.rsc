/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip settings
set icmp-rate-limit=0
/ip firewall filter
add action=reject chain=forward dst-port=1001 protocol=udp reject-with=icmp-network-unreachable
add action=reject chain=forward dst-port=1002 protocol=udp reject-with=icmp-host-unreachable
add action=reject chain=forward dst-port=1003 protocol=udp reject-with=icmp-protocol-unreachable
add action=reject chain=forward dst-port=1004 protocol=udp reject-with=icmp-port-unreachable
add action=reject chain=forward dst-port=1005 protocol=udp reject-with=icmp-net-prohibited
add action=reject chain=forward dst-port=1006 protocol=udp reject-with=icmp-host-prohibited
add action=reject chain=forward dst-port=1007 protocol=udp reject-with=icmp-admin-prohibited
add action=reject chain=forward dst-port=1008 protocol=udp
add action=reject chain=forward protocol=icmp reject-with=icmp-admin-prohibited
add action=reject chain=input protocol=udp reject-with=icmp-admin-prohibited
