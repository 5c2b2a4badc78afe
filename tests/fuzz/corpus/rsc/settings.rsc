/ip firewall connection tracking
set enabled=yes udp-timeout=10s loose-tcp-tracking=no
print
/system identity set name="a \"b\""
:put [/system identity get name]
