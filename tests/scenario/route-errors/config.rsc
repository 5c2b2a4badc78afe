/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add blackhole dst-address=10.2.0.0/16
add dst-address=10.3.0.0/16 type=unreachable
add dst-address=10.4.0.0/16 type=prohibit
add dst-address=203.0.113.0/24 gateway=198.51.100.254
/ip settings
set icmp-rate-limit=0
