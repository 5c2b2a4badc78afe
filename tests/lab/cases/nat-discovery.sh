#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What STUN clients (RFC 5780) find out about the router: plain masquerade, the
# endpoint-independent pair, random ports, hairpin.
. "$(dirname "$0")/../lib.sh"

command -v turnserver >/dev/null || skip "needs coturn"
OTHER4=198.51.100.3 # the server's second address

lab_network
wan ip addr add $OTHER4/24 dev eth0
home_config >"$TMP/home.rsc"
start_sluiced "$TMP/home.rsc"
background turn ip netns exec "$WAN" turnserver -n --no-auth --no-tls --no-dtls --no-cli \
	-L $WAN4 -L $OTHER4 -p 3478 --alt-listening-port 3479 --pidfile "$TMP/turn.pid" \
	--log-file stdout --simple-log --db "$TMP/turn.db"
wait_for 10 eval "in_ns $WAN ss -Huln 'sport = 3479' | grep -q $OTHER4"

# discover OPTION...: what the tool says
discover() { lan timeout 40 turnutils_natdiscovery "$@" -L $LAN4 $WAN4 2>&1 || true; }
# finds WHAT OPTION PHRASE: the tool comes to that conclusion
finds() {
	local out
	out=$(discover "$2")
	case $out in
	*"$3"*) echo "$1: $3" ;;
	*) die "$1: not '$3' but: $out" ;;
	esac
}
# Old connections would answer for the new rules.
rules() {
	sluice '/ip firewall nat remove [find]' "$@"
	sluice '/ip firewall connection remove [find]'
}
admit='/ip firewall filter add action=accept chain=forward connection-nat-state=ein-dnat place-before=0'
full_cone='/ip firewall nat add action=endpoint-independent-nat chain=dstnat in-interface=wan protocol=udp'

capture wan "$WAN" eth0

say "masquerade: ports are kept where they can be, strangers stay out"
finds mapping -m "Endpoint Independent Mapping"
finds filtering -f "Address and Port Dependent Filtering"

say "the pair: one end for everybody, and anybody may use it"
rules "$full_cone" "$admit" \
	'/ip firewall nat add action=endpoint-independent-nat chain=srcnat out-interface=wan protocol=udp' \
	'/ip firewall nat add action=masquerade chain=srcnat out-interface=wan'
finds mapping -m "Endpoint Independent Mapping"
finds filtering -f "Endpoint Independent Filtering"

say "the same with random ports"
rules "$full_cone" \
	'/ip firewall nat add action=endpoint-independent-nat chain=srcnat out-interface=wan protocol=udp randomise-ports=yes'
finds mapping -m "Endpoint Independent Mapping"
finds filtering -f "Endpoint Independent Filtering"
say "two random draws: not the client's port, and not one after the other"
first=$(discover -m -l 40000 | sed -n 's/.*reflexive addr: .*://p' | head -n 1)
sluice '/ip firewall connection remove [find]'
wait_for 15 eval 'second=$(discover -m -l 40001 | sed -n "s/.*reflexive addr: .*://p" | head -n 1)
	[ "$second" -gt 0 ]'
echo "mapped to $first and $second"
[ "$first" != 40000 ] && [ "$second" != 40001 ] && [ $((second - first)) != 1 ] ||
	die "predictable ports: $first, $second"

say "hairpin: a client reaches the mapping of another, and is seen as its own"
rules '/ip firewall nat add action=endpoint-independent-nat chain=dstnat dst-address=198.51.100.1 protocol=udp' \
	'/ip firewall nat add action=endpoint-independent-nat chain=srcnat out-interface=wan protocol=udp' \
	'/ip firewall nat add action=endpoint-independent-nat chain=srcnat out-interface=lan src-address=192.168.88.0/24 protocol=udp to-addresses=198.51.100.1'
finds hairpin -H "Received a request"

end_capture wan
expect_clean_wan "$TMP/wan.pcap"
stop_sluiced
