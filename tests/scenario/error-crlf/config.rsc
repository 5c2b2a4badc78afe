/ip firewall filter
add chain=forward \
    action=drop comment="a \
    b" wrong=1
