/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall layer7-protocol
add name=site regexp="^.+(example.com).*\$"
add name=answer regexp="^get .*http/1.1 200 ok"
add name=binary regexp="^\\x13\\x00?bittor"
add name=whole regexp="^ping\$"
/ip firewall filter
add action=drop chain=forward layer7-protocol=site
add action=passthrough chain=forward layer7-protocol=answer comment=answer
add action=passthrough chain=forward layer7-protocol=binary comment=binary
add action=passthrough chain=forward layer7-protocol=whole comment=whole
add action=passthrough chain=forward layer7-protocol=!answer comment=not
