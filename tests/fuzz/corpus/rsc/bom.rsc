/ip firewall filter
add chain=a
