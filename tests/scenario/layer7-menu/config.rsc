/ip firewall layer7-protocol
add name=web regexp="^get .*http" comment="the web"
add name=bin regexp="^\\x13bittorrent|[\\x01-\\x1f]{2,4}"
/ip firewall filter
add action=passthrough chain=forward layer7-protocol=web
add action=passthrough chain=forward layer7-protocol=!bin
/ip firewall nat
add action=accept chain=dstnat layer7-protocol=web
/ip firewall mangle
add action=passthrough chain=forward layer7-protocol=web
