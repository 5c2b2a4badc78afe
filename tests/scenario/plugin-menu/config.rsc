/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall nat
add action=masquerade chain=srcnat out-interface=wan
/system sluice plugin option
set sctp.sctp-established-timeout value=10m
set [find name=ftp.data-timeout] value=1m30s
