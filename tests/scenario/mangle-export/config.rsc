/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ip firewall mangle
add action=mark-connection chain=prerouting connection-mark=no-mark new-connection-mark=voip passthrough=yes
add action=mark-packet chain=forward connection-mark=voip new-packet-mark=up passthrough=no
add action=change-mss chain=forward new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn
add action=change-mss chain=forward new-mss=1360 protocol=tcp tcp-flags=syn tcp-mss=1361-65535
add action=change-dscp chain=forward new-dscp=46
add action=change-dscp chain=forward new-dscp=from-priority
add action=change-dscp chain=forward new-dscp=from-priority-to-high-3-bits
add action=change-ttl chain=postrouting new-ttl=set:64
add action=change-ttl chain=postrouting new-ttl=increment:1
add action=change-ttl chain=postrouting new-ttl=dec:2
add action=set-priority chain=postrouting new-priority=5
add action=set-priority chain=postrouting new-priority=from-dscp
add action=set-priority chain=postrouting new-priority=from-dscp-high-3-bits
add action=set-priority chain=postrouting new-priority=from-ingress
add action=clear-df chain=forward
add action=strip-ipv4-options chain=forward ipv4-options=any
add action=route chain=prerouting route-dst=198.51.100.7
add action=accept chain=forward ingress-priority=!3 priority=4 tos=184/252
/ip firewall raw
add action=notrack chain=prerouting dst-port=53 protocol=udp
/ipv6 firewall mangle
add action=change-hop-limit chain=forward new-hop-limit=set:9
add action=passthrough chain=forward headers=route,hop:contains
add action=passthrough chain=forward headers=!frag:exact
add action=passthrough chain=forward tos=!255/255
