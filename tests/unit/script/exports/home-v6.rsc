# mar/01/2024 10:00:00 by RouterOS 6.49.13
# software id = AB12-CD34
#
# model = RBD52G-5HacD2HnD
# serial number = 000000000000
/interface bridge
add admin-mac=48:8F:5A:00:00:01 auto-mac=no comment=defconf fast-forward=no \
    igmp-snooping=yes name=bridge protocol-mode=none
/interface ethernet
set [ find default-name=ether1 ] comment="to the modem" loop-protect=off \
    mac-address=48:8F:5A:00:00:00 mtu=1508
set [ find default-name=ether2 ] name=ether2-office speed=100Mbps
set [ find default-name=ether5 ] advertise=10M-half,10M-full,100M-half,100M-full \
    arp-timeout=30s disabled=yes rx-flow-control=auto tx-flow-control=auto
/interface pppoe-client
add add-default-route=yes disabled=no interface=ether1 max-mru=1500 max-mtu=\
    1500 name=pppoe-out1 password=secret use-peer-dns=yes user=someone@isp
/interface wireless
set [ find default-name=wlan1 ] band=2ghz-b/g/n channel-width=20/40mhz-XX \
    country=germany disabled=no distance=indoors frequency=auto installation=\
    indoor mode=ap-bridge name=wlan-2g ssid="Home \$weet home" \
    wireless-protocol=802.11
set [ find default-name=wlan2 ] band=5ghz-a/n/ac channel-width=\
    20/40/80mhz-XXXX country=germany disabled=no distance=indoors frequency=\
    auto mode=ap-bridge ssid="Home 5"
/interface list
add comment=defconf name=WAN
add comment=defconf name=LAN
/interface wireless security-profiles
set [ find default=yes ] authentication-types=wpa2-psk eap-methods="" mode=\
    dynamic-keys supplicant-identity=MikroTik wpa2-pre-shared-key=verysecret
/ip hotspot profile
set [ find default=yes ] html-directory=flash/hotspot
/ip ipsec profile
set [ find default=yes ] dh-group=modp2048 enc-algorithm=aes-256,aes-128
/ip ipsec proposal
set [ find default=yes ] enc-algorithms=aes-256-cbc,aes-128-cbc
/ip pool
add name=dhcp ranges=192.168.88.10-192.168.88.254
/ip dhcp-server
add address-pool=dhcp disabled=no interface=bridge lease-script=":if (\$leaseB\
    ound = \"1\") do={\r\
    \n  :log info \"lease \$leaseActIP \$leaseActMAC\"\r\
    \n}" name=defconf
/queue simple
add max-limit=5M/20M name=guests target=192.168.99.0/24
/queue tree
add max-limit=40M name=upload packet-mark=up parent=global queue=default
/user group
set full policy="local,telnet,ssh,ftp,reboot,read,write,policy,test,winbox,pas\
    sword,web,sniff,sensitive,api,romon,dude,tikapp"
/interface bridge port
add bridge=bridge comment=defconf interface=ether2-office
add bridge=bridge comment=defconf interface=ether3
add bridge=bridge comment=defconf interface=ether4
add bridge=bridge comment=defconf interface=wlan-2g
add bridge=bridge comment=defconf interface=wlan2
/ip neighbor discovery-settings
set discover-interface-list=LAN
/ip settings
set rp-filter=loose tcp-syncookies=yes
/interface l2tp-server server
set enabled=yes ipsec-secret=secret use-ipsec=required
/interface list member
add comment=defconf interface=bridge list=LAN
add comment=defconf interface=ether1 list=WAN
add interface=pppoe-out1 list=WAN
/ip address
add address=192.168.88.1/24 comment=defconf interface=bridge network=\
    192.168.88.0
add address=192.168.1.2/24 comment="the modem's own page" interface=ether1 \
    network=192.168.1.0
/ip cloud
set ddns-enabled=yes update-time=no
/ip dhcp-client
add comment=defconf disabled=no interface=ether1 use-peer-dns=no
/ip dhcp-server lease
add address=192.168.88.20 client-id=1:0:11:32:aa:bb:cc comment=NAS mac-address=\
    00:11:32:AA:BB:CC server=defconf
/ip dhcp-server network
add address=192.168.88.0/24 comment=defconf gateway=192.168.88.1 netmask=24
/ip dns
set allow-remote-requests=yes servers=9.9.9.9,149.112.112.112
/ip dns static
add address=192.168.88.1 name=router.lan
add address=192.168.88.20 regexp="(^|\\.)nas\\.lan\$"
/ip firewall address-list
add address=192.168.88.20 comment=NAS list=servers
add address=192.168.88.0/24 list=LAN
add address=10.0.0.0-10.0.0.255 list=LAN
add address=cloud.example.net list=trusted
/ip firewall filter
add action=accept chain=input comment=\
    "defconf: accept established,related,untracked" connection-state=\
    established,related,untracked
add action=drop chain=input comment="defconf: drop invalid" connection-state=\
    invalid
add action=accept chain=input comment="defconf: accept ICMP" protocol=icmp
add action=add-src-to-address-list address-list=scanners address-list-timeout=\
    2w chain=input comment="port scanners" protocol=tcp psd=21,3s,3,1
add action=drop chain=input src-address-list=scanners
add action=accept chain=input comment="L2TP over IPsec" dst-port=500,1701,4500 \
    in-interface-list=WAN protocol=udp
add action=accept chain=input in-interface-list=WAN protocol=ipsec-esp
add action=jump chain=input comment="ssh in stages" connection-state=new \
    dst-port=22 jump-target=ssh protocol=tcp
add action=drop chain=ssh src-address-list=ssh_blocked
add action=add-src-to-address-list address-list=ssh_blocked \
    address-list-timeout=1w3d chain=ssh src-address-list=ssh_stage2
add action=add-src-to-address-list address-list=ssh_stage2 \
    address-list-timeout=1m chain=ssh src-address-list=ssh_stage1
add action=add-src-to-address-list address-list=ssh_stage1 \
    address-list-timeout=1m chain=ssh
add action=return chain=ssh
add action=drop chain=input comment="defconf: drop all not coming from LAN" \
    in-interface-list=!LAN
add action=accept chain=forward comment="defconf: accept in ipsec policy" \
    ipsec-policy=in,ipsec
add action=accept chain=forward comment="defconf: accept out ipsec policy" \
    ipsec-policy=out,ipsec
add action=fasttrack-connection chain=forward comment="defconf: fasttrack" \
    connection-state=established,related
add action=accept chain=forward comment=\
    "defconf: accept established,related, untracked" connection-state=\
    established,related,untracked
add action=drop chain=forward comment="defconf: drop invalid" \
    connection-state=invalid
add action=reject chain=forward comment="no SMTP from inside" dst-port=25 \
    protocol=tcp reject-with=icmp-admin-prohibited src-address-list=!servers
add action=drop chain=forward comment="children sleep" disabled=yes \
    src-mac-address=00:11:22:33:44:55 time=21h-6h,sun,mon,tue,wed,thu
add action=drop chain=forward comment=\
    "defconf:  drop all from WAN not DSTNATed" connection-nat-state=!dstnat \
    connection-state=new in-interface-list=WAN
/ip firewall mangle
add action=change-mss chain=forward comment="the tunnel is narrow" new-mss=\
    1452 out-interface=pppoe-out1 passthrough=no protocol=tcp tcp-flags=syn \
    tcp-mss=1453-65535
add action=mark-packet chain=postrouting new-packet-mark=up \
    out-interface-list=WAN passthrough=no
/ip firewall nat
add action=masquerade chain=srcnat comment="defconf: masquerade" ipsec-policy=\
    out,none out-interface-list=WAN
add action=masquerade chain=srcnat comment=hairpin dst-address=192.168.88.20 \
    src-address=192.168.88.0/24
add action=dst-nat chain=dstnat comment="NAS: https" dst-address-type=local \
    dst-port=443 protocol=tcp to-addresses=192.168.88.20 to-ports=5001
add action=dst-nat chain=dstnat comment="game console" dst-port=3074 \
    in-interface-list=WAN protocol=udp to-addresses=192.168.88.30
add action=redirect chain=dstnat comment="all DNS is ours" dst-port=53 \
    in-interface-list=LAN protocol=udp to-ports=53
/ip firewall service-port
set ftp disabled=yes
set tftp disabled=yes
set irc disabled=yes
set h323 disabled=yes
set sip disabled=yes
set pptp disabled=yes
/ip route
add comment="lab" distance=1 dst-address=10.20.0.0/16 gateway=192.168.88.2
add disabled=yes distance=1 gateway=192.168.1.1 routing-mark=backup
/ip service
set telnet disabled=yes
set www address=192.168.88.0/24
set api-ssl disabled=yes
/ip smb shares
set [ find default=yes ] directory=/flash/pub
/ip ssh
set strong-crypto=yes
/ip upnp
set enabled=yes
/ip upnp interfaces
add interface=bridge type=internal
add interface=pppoe-out1 type=external
/lcd
set enabled=no touch-screen=disabled
/ppp secret
add name=phone password=secret profile=default-encryption service=l2tp
/system clock
set time-zone-name=Europe/Berlin
/system identity
set name=home-router
/system leds
add interface=wlan2 leds=led1 type=wireless-signal-strength
/system logging
add prefix=fw topics=firewall
/system ntp client
set enabled=yes primary-ntp=192.53.103.108 server-dns-names=pool.ntp.org
/system routerboard settings
set cpu-frequency=auto
/system scheduler
add interval=1d name=backup on-event=\
    "/system backup save name=daily\r\
    \n/export file=daily" policy=\
    ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon \
    start-date=jan/01/1970 start-time=03:30:00
/system script
add dont-require-permissions=no name=wan-watch owner=admin policy=read,write,test \
    source="# restarts the line\r\
    \n:local host 9.9.9.9\r\
    \n:if ([/ping \$host count=5] = 0) do={\r\
    \n  /interface pppoe-client disable pppoe-out1\r\
    \n  :delay 5s\r\
    \n  /interface pppoe-client enable pppoe-out1\r\
    \n} else={ :log info \"100% fine; \\\"ok\\\"\" }\r\
    \n"
/tool bandwidth-server
set enabled=no
/tool e-mail
set address=mail.example.net from=router@example.net port=587 start-tls=yes
/tool graphing interface
add allow-address=192.168.88.0/24
/tool mac-server
set allowed-interface-list=LAN
/tool mac-server mac-winbox
set allowed-interface-list=LAN
/tool netwatch
add comment=line down-script="/system script run wan-watch" host=9.9.9.9
/tool romon port
add disabled=no
