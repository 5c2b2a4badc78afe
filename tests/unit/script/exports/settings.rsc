# Every property that can be set, but for those of rules; none at its default.
/routing table
add comment=x disabled=yes fib=yes name=t
/interface bridge
add admin-mac=02:00:00:00:00:01 ageing-time=4m arp=proxy-arp arp-timeout=1m \
    auto-mac=no comment="a \"quoted\" \$name\\ and more" dhcp-snooping=yes \
    ether-type=0x88a8 fast-forward=no frame-types=admit-only-vlan-tagged \
    igmp-snooping=yes ingress-filtering=no mtu=1400 mvrp=yes name=br1 \
    port-cost-mode=short priority=0x7000 protocol-mode=none pvid=7 \
    vlan-filtering=yes
add disabled=yes name=br2
/interface ethernet
set [ find default-name=ether1 ] advertise=1G-baseT-full arp=disabled \
    auto-negotiation=no comment=line disabled=yes l2mtu=1600 mac-address=\
    02:00:00:00:00:02 mtu=1492 name=wan speed=1G-baseT-full
/interface vlan
add arp=reply-only comment=x interface=br1 mtu=1400 name=v7 use-service-tag=\
    yes vlan-id=7
add disabled=yes interface=v7 name=v8 vlan-id=4095
/interface list
add comment="one; two" name=A
add exclude=A include=A,all name="B b"
/interface list member
add comment=x interface=wan list=A
add disabled=yes interface=v8 list="B b"
/ip address
add address=192.0.2.1/24 comment=first interface=wan
add address=10.0.0.1/32 disabled=yes interface=v7
add address=10.1.0.1/24 interface=br1 network=10.9.0.0
/ip firewall address-list
add address=10.0.0.0/8 comment="# not a comment" list=l1
add address=10.0.0.1-10.0.0.9 disabled=yes list="l 2"
add address=172.16.0.1 list=l1
/ip firewall connection tracking
set enabled=yes generic-timeout=9m icmp-timeout=9s liberal-tcp-tracking=yes \
    loose-tcp-tracking=no max-entries=12345 tcp-close-timeout=11s \
    tcp-close-wait-timeout=12s tcp-established-timeout=1w2d3h4m5s \
    tcp-fin-wait-timeout=13s tcp-last-ack-timeout=14s tcp-max-retrans-timeout=\
    6m tcp-syn-received-timeout=6s tcp-syn-sent-timeout=7s \
    tcp-time-wait-timeout=15s tcp-unacked-timeout=7m udp-stream-timeout=4m \
    udp-timeout=20s
/ip firewall filter
add action=drop chain=input comment="all of it \" \\ \$ \t \r\n \01\FF" log=\
    yes log-prefix="x y"
/ip route
add blackhole=yes distance=7 dst-address=10.0.0.0/8
add check-gateway=ping comment=r disabled=yes dst-address=192.168.0.0/16 \
    gateway=192.0.2.9 pref-src=192.0.2.1 routing-mark=m scope=20 target-scope=\
    11
add dst-address=192.168.1.0/24 gateway="192.0.2.7%wan" routing-table=t \
    suppress-hw-offload=yes type=unreachable vrf-interface=v7
/ip settings
set accept-redirects=yes accept-source-route=yes allow-fast-path=no \
    arp-timeout=1m icmp-errors-use-inbound-interface-address=yes \
    icmp-rate-limit=20 icmp-rate-mask=0x1 ip-forward=no \
    ipv4-multipath-hash-policy=l4 max-neighbor-entries=4096 route-cache=no \
    rp-filter=strict secure-redirects=no send-redirects=no tcp-syncookies=yes \
    tcp-timestamps=disabled
/ipv6 address
add address=2001:db8::1/64 advertise=no comment=x interface=wan no-dad=yes
add address=2001:db8:1::1/128 disabled=yes eui-64=yes from-pool=p interface=\
    br1
/ipv6 route
add comment=x dst-address=2001:db8:2::/48 gateway="fe80::1%wan"
add blackhole=yes dst-address=2001:db8::/32
/ipv6 settings
set accept-redirects=no accept-router-advertisements=yes allow-fast-path=no \
    disable-ipv6=yes disable-link-local-address=yes forward=no \
    max-neighbor-entries=1 min-neighbor-entries=2 multipath-hash-policy=l4 \
    soft-max-neighbor-entries=3 stale-neighbor-detect-interval=4s \
    stale-neighbor-timeout=5
/system identity
set name="a router; of \"mine\""
