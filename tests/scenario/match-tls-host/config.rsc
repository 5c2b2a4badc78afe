/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ipv6 address
add address=2001:db8:1::1/64 advertise=no interface=lan
add address=2001:db8:2::1/64 advertise=no interface=wan
/ip route
add gateway=198.51.100.254
/ipv6 route
add gateway=2001:db8:2::ff
/ip firewall raw
add action=drop chain=prerouting tls-host=raw.example.com
/ip firewall mangle
add action=passthrough chain=prerouting tls-host=* comment=hello
/ip firewall filter
add action=drop chain=forward protocol=tcp dst-port=443 tls-host=*.bad.example.com
add action=passthrough chain=forward comment=other tls-host=!*.good.example.com
add action=passthrough chain=forward comment=good tls-host=?.good.example.com
/ipv6 firewall filter
add action=drop chain=forward protocol=tcp dst-port=443 tls-host=*.bad.example.com
/ipv6 firewall raw
add action=drop chain=prerouting tls-host=raw.example.com
