/system sluice
set timer-profile=rfc
/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall connection tracking
set generic-timeout=1m tcp-syn-sent-timeout=5s
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
