# by RouterOS
/interface list
add comment="the world" name=WAN
add name=LAN
/interface list member
add interface=wan list=WAN
add interface=lan list=LAN
/ip address
add address=192.168.88.1/24 comment="with \"quotes\", \\ and \$dollars" interface=lan
add address=198.51.100.1/24 interface=wan
/ip settings
set icmp-rate-limit=20
/ip firewall connection tracking
set enabled=yes loose-tcp-tracking=no udp-timeout=30s
/ip firewall address-list
add address=203.0.113.0/24 list=them
add address=192.0.2.1 disabled=yes list=them
/ip firewall filter
add action=accept chain=input comment="a comment \
    over two lines" connection-state=established,related,untracked
add action=drop chain=input connection-state=invalid log=yes log-prefix="bad one"
add action=jump chain=forward jump-target=user protocol=tcp tcp-flags=syn,!ack
add action=reject chain=user dst-port=1-1023,8080 in-interface-list=!LAN protocol=tcp reject-with=tcp-reset
add action=add-src-to-address-list address-list=seen address-list-timeout=1d2h chain=user limit=5,10:packet
add action=drop chain=forward connection-bytes=500k-0 connection-limit=!100,32 connection-rate=!2500-1G connection-type=!ftp,sip
add action=drop chain=forward dst-limit=1/1m,9,dst-address/1m psd=21,3s,3,1
add action=drop chain=forward nth=3,2 per-connection-classifier=both-addresses-and-ports:2/1 random=!30 time=22h-6h,fri,sat
add action=drop chain=forward disabled=yes dst-address-list=!them ttl=less-than:5
/ip firewall nat
add action=masquerade chain=srcnat ipsec-policy=out,none out-interface-list=WAN
add action=dst-nat chain=dstnat dst-port=8080 in-interface=wan protocol=tcp to-addresses=192.168.88.20 to-ports=80
add action=src-nat chain=srcnat src-address=192.168.88.0/24 to-addresses=198.51.100.10-198.51.100.13
/ip route
add comment=default distance=5 gateway=198.51.100.254
add blackhole dst-address=10.0.0.0/8
/ipv6 address
add address=2001:db8:1::1/64 advertise=no interface=lan
/ipv6 firewall filter
add action=drop chain=forward dst-address=2001:db8:9::/48 hop-limit=equal:1 protocol=icmpv6
add action=drop chain=forward connection-bytes=0-100k connection-limit=30,64 connection-rate=200k-0 connection-type=tftp dst-limit=5,10,src-address nth=2 per-connection-classifier=!src-address:2/2 random=99 time=!9h-18h,mon
/ipv6 firewall nat
add action=src-nat chain=srcnat out-interface=wan to-address=2001:db8:2::5/128
/system identity
set name="test router"
