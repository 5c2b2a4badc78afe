#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Ports forwarded inwards: from the WAN, from the LAN itself (hairpin), to a closed
# port, and to the router instead of the world (redirect).
. "$(dirname "$0")/../lib.sh"

lab_network
{
	home_config
	cat <<-'RSC'
		/ip firewall nat
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=8080 protocol=tcp to-addresses=192.168.88.10 to-ports=80
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=80 protocol=tcp to-addresses=192.168.88.10
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=8081 protocol=tcp to-addresses=192.168.88.10 to-ports=81
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=7000 protocol=udp to-addresses=192.168.88.10 to-ports=7
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=5353 protocol=udp to-addresses=192.168.88.10 to-ports=53
		add action=masquerade chain=srcnat comment=hairpin dst-address=192.168.88.10 src-address=192.168.88.0/24
		add action=redirect chain=dstnat dst-port=3128 in-interface-list=LAN protocol=tcp to-ports=80
		add action=redirect chain=dstnat dst-port=123 in-interface-list=LAN protocol=udp to-ports=7
	RSC
} >"$TMP/dstnat.rsc"
start_sluiced "$TMP/dstnat.rsc"
start_echo "$LAN" 80
start_echo "$RTR" 80
capture wan "$WAN" eth0

# get NS URL
get() { in_ns "$1" curl -sS --max-time 5 "$2"; }

say "from the WAN"
expect "changed port" "$(get "$WAN" http://$WANGW4:8080/)" "hello $WAN4"
expect "kept port" "$(get "$WAN" http://$WANGW4/)" "hello $WAN4"
expect "UDP" "$(peer "$WAN" who $WANGW4 7000)" $WAN4
expect "connections" "$(sluice '/ip firewall connection print count-only where dstnat')" 3
expect "no source translation" "$(sluice '/ip firewall connection print count-only where srcnat')" 0

say "to a closed port: the LAN host's own answer comes back from the router's address"
expect "TCP" "$(peer "$WAN" scan $WANGW4 8081)" "8081 refused"
expect "UDP" "$(peer "$WAN" udp $WANGW4 5353)" refused

say "what is not forwarded stays shut"
expect "TCP" "$(peer "$WAN" scan $WANGW4 22)" "22 silent"

say "hairpin: LAN to LAN by the public address"
expect "changed port" "$(get "$LAN" http://$WANGW4:8080/)" "hello $LANGW4"
expect "UDP" "$(peer "$LAN" who $WANGW4 7000)" $LANGW4
expect "closed" "$(peer "$LAN" scan $WANGW4 8081)" "8081 refused"

say "redirect: the router answers for the world"
expect "TCP" "$(get "$LAN" http://$WAN4:3128/)" "hello $LAN4"
expect "UDP" "$(peer "$LAN" who $WAN4 123)" $LAN4
expect "not from the WAN" "$(peer "$WAN" udp $WANGW4 123)" silent

say "many at once"
peer "$WAN" flows $WANGW4 7000 0 50

end_capture wan
expect_clean_wan "$TMP/wan.pcap"
expect "ICMP port unreachable" "$(decoded "$TMP/wan.pcap" 'icmp.type == 3 && icmp.code == 3' \
	-T fields -e ip.src -e udp.dstport | head -n 1 | tr '\t' ' ')" "$WANGW4,$WAN4 5353"
expect_good_checksums "$LAN"
expect_good_checksums "$WAN"
stop_sluiced
