/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall filter
add action=accept chain=input connection-state=established,related
add action=drop chain=input
/ip firewall service-port
set netbios-ns disabled=no
set snmp disabled=no
