/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=passthrough chain=forward comment="up to 66" connection-bytes=0-66
add action=passthrough chain=forward comment="67 and more" connection-bytes=67-0
add action=passthrough chain=forward comment="any rate but 0" connection-rate=1-0
add action=passthrough chain=forward comment="528 bit/s" connection-rate=528-528
add action=passthrough chain=forward comment="not 528 bit/s" connection-rate=!528-528
add action=passthrough chain=forward comment="a helper's" connection-type=ftp,sip
add action=passthrough chain=forward comment="no helper's" connection-type=!ftp,sip
