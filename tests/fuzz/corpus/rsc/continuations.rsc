/ip/firewall/filter
add chain=in\
   put connection-state=established,\
  related comment="a \
   b\r\
   \nc"\
disabled=no
add\
