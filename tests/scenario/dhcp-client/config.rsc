# The factory filter, and a WAN whose address a DHCP client of the host will get.
/interface list
add name=WAN
add name=LAN
/interface list member
add interface=wan list=WAN
add interface=lan list=LAN
/ip address
add address=192.168.88.1/24 interface=lan
/ip firewall filter
add action=accept chain=input connection-state=established,related,untracked
add action=drop chain=input connection-state=invalid
add action=drop chain=input in-interface-list=!LAN
add action=accept chain=forward connection-state=established,related,untracked
add action=drop chain=forward
/ip firewall nat
add action=masquerade chain=srcnat out-interface-list=WAN
