/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall connection tracking
set enabled=yes tcp-syn-sent-timeout=11s tcp-syn-received-timeout=12s \
    tcp-established-timeout=30s tcp-fin-wait-timeout=14s \
    tcp-close-wait-timeout=15s tcp-last-ack-timeout=16s \
    tcp-time-wait-timeout=17s tcp-close-timeout=18s \
    tcp-max-retrans-timeout=19s tcp-unacked-timeout=20s udp-timeout=21s \
    udp-stream-timeout=22s icmp-timeout=23s generic-timeout=24s
