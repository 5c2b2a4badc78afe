# 2024-03-01 10:00:00 by RouterOS 7.14
# software id = ABCD-1234
#
/ip firewall filter
add action=accept chain=input comment=\
    "defconf: accept established,related" connection-state=\
    established,related
