/interface list
add name=LAN
add name=EMPTY
/interface list member
add interface=lan list=LAN
/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall address-list
add address=10.0.0.0/8 list=known
/ip firewall filter
add action=accept chain=forward connection-state=established,related,untracked
add action=fasttrack-connection chain=forward connection-state=established,related
add action=drop chain=forward src-address-list=nobody
add action=drop chain=forward src-address-list=known
add action=add-src-to-address-list address-list=caught chain=input dst-port=23 protocol=tcp
add action=drop chain=input src-address-list=caught
add action=drop chain=input in-interface-list=!LAN
add action=accept chain=input dst-port=22 in-interface=wan protocol=tcp
add action=accept chain=input dst-port=22 in-interface=lan protocol=tcp
add action=drop chain=input in-interface-list=EMPTY
add action=jump chain=forward jump-target=web
add action=jump chain=forward jump-target=nowhere
add action=accept chain=web dst-port=80,443,8000-8100 protocol=tcp
add action=drop chain=web dst-port=8080 protocol=tcp src-address=192.168.88.7
add action=drop chain=web dst-port=79-80 protocol=tcp
add action=drop chain=lost
add action=jump chain=lost jump-target=deeper
add action=drop chain=deeper
add action=drop chain=forward limit=1,5:packet
add action=drop chain=forward limit=1,5:packet
add action=drop chain=forward disabled=yes
add action=drop chain=forward
add action=accept chain=forward comment="too late" protocol=icmp
add action=drop chain=output hotspot=auth
/ip firewall nat
add action=masquerade chain=srcnat
add action=masquerade chain=srcnat out-interface=wan
/ipv6 firewall filter
add action=drop chain=forward
add action=accept chain=forward protocol=icmpv6
