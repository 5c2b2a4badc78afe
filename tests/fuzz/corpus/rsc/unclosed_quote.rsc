/ip firewall filter
add chain=input comment="Allow Established connections

add chain=input comment="closed"
