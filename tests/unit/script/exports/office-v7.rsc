# 2025-02-03 08:30:11 by RouterOS 7.17
# software id = IJ90-KL12
#
# model = RB5009UG+S+
# serial number = HF000000000
/interface bridge
add ingress-filtering=no name=bridge-lan vlan-filtering=yes
add arp=disabled name=lo
/interface ethernet
set [ find default-name=ether1 ] name=ether1-isp1
set [ find default-name=ether2 ] name=ether2-isp2
set [ find default-name=ether3 ] comment="switch, trunk" l2mtu=1596
set [ find default-name=ether8 ] poe-out=off power-cycle-ping-enabled=no
set [ find default-name=sfp-sfpplus1 ] auto-negotiation=no fec-mode=off speed=\
    10G-baseSR-LR
/interface vlan
add interface=bridge-lan name=vlan10-staff vlan-id=10
add interface=bridge-lan loop-protect=on name=vlan20-guests vlan-id=20
add comment="telephones" interface=bridge-lan name=vlan30-voice vlan-id=30
add interface=ether2-isp2 name=vlan835 use-service-tag=no vlan-id=835
/interface pppoe-client
add allow=pap,chap disabled=no interface=vlan835 name=pppoe-isp2 user=\
    office@isp2
/interface bonding
add mode=802.3ad name=bond-nas slaves=ether6,ether7 transmit-hash-policy=\
    layer-2-and-3
/interface wireguard
add comment="site to site" listen-port=51820 mtu=1420 name=wg-branch
/interface vrrp
add interface=vlan10-staff name=vrrp-staff priority=150 vrid=10
/interface list
add name=WAN
add name=LAN
add exclude=dynamic include=LAN name=MGMT
/interface lte apn
set [ find default=yes ] ip-type=ipv4 use-network-apn=no
/ip ipsec policy group
add name=roadwarriors
/ip ipsec profile
add dh-group=ecp256,modp2048 enc-algorithm=aes-256 hash-algorithm=sha256 name=\
    ike2
/ip ipsec peer
add exchange-mode=ike2 name=ike2 passive=yes profile=ike2
/ip pool
add name=staff ranges=10.10.10.100-10.10.10.199
add name=guests ranges=10.10.20.10-10.10.20.250
/ip dhcp-server
add address-pool=staff interface=vlan10-staff lease-time=12h name=staff
add add-arp=yes address-pool=guests interface=vlan20-guests name=guests
/ip smb users
set [ find default=yes ] disabled=yes
/port
set 0 name=serial0
/ppp profile
set *0 use-compression=no
add change-tcp-mss=yes dns-server=10.10.10.1 local-address=10.10.99.1 name=vpn \
    remote-address=staff
set *FFFFFFFE local-address=10.10.98.1
/queue type
add kind=fq-codel name=fq
add cake-diffserv=besteffort cake-nat=yes kind=cake name=cake
/queue simple
add max-limit=20M/50M name=guests queue=fq/fq target=vlan20-guests
add burst-limit=0/0 limit-at=2M/2M max-limit=10M/10M name=voice priority=1/1 \
    target=10.10.30.0/24
/queue tree
add name=isp1-up packet-mark=no-mark parent=ether1-isp1 queue=cake
/routing bgp template
set default disabled=no output.network=bgp-networks
/routing ospf instance
add disabled=no name=main redistribute=connected,static router-id=10.10.10.1
/routing ospf area
add disabled=no instance=main name=backbone
/routing table
add disabled=no fib name=to-isp2
/snmp community
set [ find default=yes ] addresses=10.10.10.0/24 name=office
/user group
add name=monitor policy="read,test,api,!local,!telnet,!ssh,!ftp,!reboot,!write\
    ,!policy,!winbox,!password,!web,!sniff,!sensitive,!romon,!rest-api"
/interface bridge port
add bridge=bridge-lan interface=ether3
add bridge=bridge-lan interface=ether4 pvid=10
add bridge=bridge-lan frame-types=admit-only-untagged-and-priority-tagged \
    interface=ether5 pvid=20
add bridge=bridge-lan interface=bond-nas pvid=10
/interface bridge vlan
add bridge=bridge-lan tagged=bridge-lan,ether3 untagged=ether4,bond-nas \
    vlan-ids=10
add bridge=bridge-lan tagged=bridge-lan,ether3 untagged=ether5 vlan-ids=20
add bridge=bridge-lan tagged=bridge-lan,ether3 vlan-ids=30
/ip firewall connection tracking
set enabled=yes tcp-established-timeout=1h udp-stream-timeout=2m
/ip neighbor discovery-settings
set discover-interface-list=MGMT
/ip settings
set accept-redirects=no max-neighbor-entries=16384 rp-filter=strict
/interface list member
add interface=ether1-isp1 list=WAN
add interface=pppoe-isp2 list=WAN
add interface=vlan10-staff list=LAN
add interface=vlan20-guests list=LAN
add interface=vlan30-voice list=LAN
add disabled=yes interface=wg-branch list=LAN
/interface wireguard peers
add allowed-address=10.99.0.2/32,10.20.0.0/16 endpoint-address=\
    branch.example.net endpoint-port=51820 interface=wg-branch name=branch \
    persistent-keepalive=25s public-key=\
    "cHVibGljcHVibGljcHVibGljcHVibGljcHVibGljcHU="
/ip address
add address=203.0.113.2/30 comment=ISP1 interface=ether1-isp1 network=\
    203.0.113.0
add address=10.10.10.1/24 interface=vlan10-staff network=10.10.10.0
add address=10.10.20.1/24 interface=vlan20-guests network=10.10.20.0
add address=10.10.30.1/24 interface=vlan30-voice network=10.10.30.0
add address=10.99.0.1/30 interface=wg-branch network=10.99.0.0
add address=10.255.255.1 interface=lo network=10.255.255.1
/ip dhcp-server lease
add address=10.10.10.20 client-id=ff:1:2:3 mac-address=00:11:22:33:44:66 server=\
    staff
/ip dhcp-server option
add code=66 name=tftp value="'10.10.30.5'"
/ip dhcp-server network
add address=10.10.10.0/24 dns-server=10.10.10.1 domain=office.example.net \
    gateway=10.10.10.1 ntp-server=10.10.10.1
add address=10.10.20.0/24 dns-server=9.9.9.9 gateway=10.10.20.1
/ip dns
set allow-remote-requests=yes cache-size=8192KiB servers=203.0.113.53
/ip dns static
add cname=nas.office.example.net name=files.office.example.net type=CNAME
/ip firewall address-list
add address=10.10.0.0/16 list=office
add address=10.20.0.0/16 comment="the branch" list=office
add address=198.51.100.0/24 comment="monitoring; 24/7" list=support
add address=vpn.example.net list=support
/ip firewall filter
# inactive time
add action=accept chain=forward comment="cleaners may phone" disabled=yes \
    time=18h-20h,mon,tue,wed,thu,fri
add action=accept chain=input connection-state=established,related,untracked
add action=drop chain=input connection-state=invalid
add action=accept chain=input protocol=icmp limit=50/5s,20:packet
add action=accept chain=input comment="keepalived" protocol=vrrp \
    in-interface=vlan10-staff
add action=accept chain=input comment=OSPF in-interface=wg-branch protocol=ospf
add action=accept chain=input dst-port=51820 in-interface-list=WAN protocol=udp
add action=accept chain=input dst-port=8291,22 protocol=tcp \
    src-address-list=support
add action=accept chain=input dst-port=53 in-interface-list=LAN protocol=udp
add action=accept chain=input dst-port=53 in-interface-list=LAN protocol=tcp
add action=drop chain=input in-interface=!vlan10-staff log-prefix=in
add action=fasttrack-connection chain=forward connection-mark=no-mark \
    connection-state=established,related hw-offload=yes
add action=accept chain=forward connection-state=established,related,untracked
add action=drop chain=forward connection-state=invalid
add action=jump chain=forward in-interface=vlan20-guests jump-target=guests
add action=accept chain=guests dst-address-list=!office out-interface-list=WAN
add action=reject chain=guests reject-with=icmp-net-prohibited
add action=accept chain=forward dst-address=10.20.0.0/16 out-interface=\
    wg-branch src-address=10.10.0.0/16
add action=accept chain=forward connection-nat-state=dstnat
add action=accept chain=forward in-interface-list=LAN out-interface-list=WAN
add action=drop chain=forward connection-limit=200,32 protocol=tcp tcp-flags=\
    syn,!fin,!rst,!ack
add action=drop chain=forward
/ip firewall mangle
add action=mark-connection chain=prerouting connection-mark=no-mark \
    in-interface=pppoe-isp2 new-connection-mark=isp2 passthrough=yes
add action=mark-routing chain=output connection-mark=isp2 new-routing-mark=\
    to-isp2 passthrough=no
add action=mark-connection chain=prerouting comment="two lines, shared" \
    connection-mark=no-mark dst-address-type=!local in-interface-list=LAN \
    new-connection-mark=isp2 passthrough=yes per-connection-classifier=\
    both-addresses-and-ports:2/1
add action=change-mss chain=forward new-mss=clamp-to-pmtu out-interface=\
    pppoe-isp2 protocol=tcp tcp-flags=syn
/ip firewall nat
add action=accept chain=srcnat comment="not into the tunnel" dst-address=\
    10.20.0.0/16
add action=src-nat chain=srcnat out-interface=ether1-isp1 to-addresses=\
    203.0.113.2
add action=masquerade chain=srcnat out-interface=pppoe-isp2
add action=dst-nat chain=dstnat comment="mail" dst-address=203.0.113.2 \
    dst-port=25,587,993 protocol=tcp to-addresses=10.10.10.20
add action=netmap chain=dstnat disabled=yes dst-address=198.51.100.0/28 \
    to-addresses=10.10.10.0/28
/ip firewall raw
add action=drop chain=prerouting comment="bogons on the line" \
    in-interface-list=WAN src-address=10.0.0.0/8
add action=notrack chain=prerouting dst-port=53 protocol=udp src-address-list=\
    support
/ip firewall service-port
set ftp ports=21,2121
set sip disabled=yes ports=5060,5061,5062 sip-direct-media=no
/ip ipsec identity
add auth-method=digital-signature certificate=office generate-policy=\
    port-strict mode-config=request-only peer=ike2 policy-template-group=\
    roadwarriors
/ip route
add check-gateway=ping comment=ISP1 disabled=no distance=1 dst-address=\
    0.0.0.0/0 gateway=203.0.113.1 routing-table=main scope=30 \
    suppress-hw-offload=no target-scope=10
add comment=ISP2 distance=2 dst-address=0.0.0.0/0 gateway=pppoe-isp2
add dst-address=0.0.0.0/0 gateway=pppoe-isp2 routing-table=to-isp2
add blackhole comment="never out" distance=250 dst-address=10.0.0.0/8
add dst-address=10.20.0.0/16 gateway=10.99.0.2%wg-branch
/ip service
set api address=10.10.10.0/24
set winbox address=10.10.10.0/24,198.51.100.0/24
/ip traffic-flow
set enabled=yes interfaces=ether1-isp1
/ip traffic-flow target
add dst-address=10.10.10.50
/ipv6 settings
set disable-ipv6=no forward=yes
/ipv6 nd
set [ find default=yes ] disabled=yes
/ppp secret
add name=boss profile=vpn remote-address=10.10.99.9 service=sstp
/radius
add address=10.10.10.60 service=ppp,login timeout=500ms
/routing ospf interface-template
add area=backbone disabled=no interfaces=wg-branch type=ptp
/routing rule
add action=lookup-only-in-table disabled=no src-address=10.10.30.0/24 table=\
    to-isp2
/snmp
set contact="it@example.net" enabled=yes location="rack 2, unit 7"
/system clock
set time-zone-autodetect=no time-zone-name=Europe/Zurich
/system identity
set name="office gw"
/system logging action
set 3 remote=10.10.10.50
add name=siem remote=10.10.10.51 remote-log-format=cef target=remote
/system logging
set 0 topics=info,!firewall
add action=siem topics=firewall
/system scheduler
add interval=5m name=failover on-event="/system script run failover" policy=\
    read,write,test start-time=startup
/system script
add dont-require-permissions=no name=failover owner=admin policy=\
    read,write,test source=":global lineDown\r\
    \n:local up [/ping 203.0.113.1 count=3 interval=200ms]\r\
    \n:if (\$up = 0 and \$lineDown != true) do={\r\
    \n    :set lineDown true\r\
    \n    /ip route set [find comment=\"ISP1\"] distance=10\r\
    \n    :foreach c in=[/ip firewall connection find where srcnat] do={\r\
    \n        :do { /ip firewall connection remove \$c } on-error={}\r\
    \n    }\r\
    \n}\r\
    \n"
/tool bandwidth-server
set authenticate=yes enabled=no
/tool netwatch
add disabled=no down-script="" host=203.0.113.1 http-codes="" interval=10s \
    test-script="" timeout=1s type=simple up-script=""
/tool sniffer
set filter-interface=ether1-isp1 memory-limit=1000KiB
/user aaa
set use-radius=yes
