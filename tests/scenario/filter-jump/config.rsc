/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip route
add gateway=198.51.100.254
/ip firewall filter
add action=drop chain=deep protocol=tcp comment="tcp ends here"
add action=jump chain=forward jump-target=user comment="everything goes in"
add action=return chain=user protocol=icmp comment="icmp comes back early"
add action=jump chain=user jump-target=deep comment="the rest goes deeper"
add action=passthrough chain=user comment="what deep let through"
add action=passthrough chain=forward comment="what came back"
add action=jump chain=forward jump-target=nowhere comment="a chain without rules" disabled=no
add action=return chain=forward protocol=ospf comment="return from a built-in chain accepts"
add action=drop chain=forward comment="so ospf never comes here"
add action=passthrough chain=orphan comment="nobody jumps here"
