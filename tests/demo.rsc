# A home router: LAN behind one public address.
/interface ethernet
set [ find default-name=ether1 ] name=wan
set [ find default-name=ether2 ] name=lan
/interface list
add name=WAN
add name=LAN
/interface list member
add interface=wan list=WAN
add interface=lan list=LAN
/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ipv6 address
add address=2001:db8:1::1/64 advertise=no interface=lan
add address=2001:db8:2::1/64 advertise=no interface=wan
/ip firewall filter
add action=accept chain=input comment="what we started, or is about it" \
    connection-state=established,related,untracked
add action=drop chain=input comment="neither new nor known" \
    connection-state=invalid
add action=accept chain=input comment="let us be pinged" protocol=icmp
add action=drop chain=input comment="nothing else from outside" \
    in-interface-list=!LAN
add action=accept chain=forward comment="what is under way" \
    connection-state=established,related,untracked
add action=drop chain=forward comment="neither new nor known" \
    connection-state=invalid
add action=drop chain=forward comment="only what we forward on purpose" \
    connection-nat-state=!dstnat connection-state=new in-interface-list=WAN
/ip firewall nat
add action=masquerade chain=srcnat comment="share the WAN address" \
    out-interface-list=WAN
/ipv6 firewall filter
add action=accept chain=input connection-state=established,related,untracked
add action=drop chain=input connection-state=invalid
add action=accept chain=input protocol=icmpv6
add action=drop chain=input in-interface-list=!LAN
add action=accept chain=forward connection-state=established,related,untracked
add action=drop chain=forward connection-state=invalid
add action=accept chain=forward protocol=icmpv6
add action=drop chain=forward in-interface-list=!LAN
/system identity
set name=demo
