#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two uplinks: connections are shared out by a classifier and stay on their uplink,
# answers to who came in leave by where it came in, the router's own too; and when
# one uplink goes down, its connections are gone and the other carries all.
. "$(dirname "$0")/../lib.sh"

# The second uplink goes to the same provider, whose server has addresses of its own.
TWO4=203.0.113.2 TWOGW4=203.0.113.1 SERVER4=192.0.2.1 CLIENT4=192.0.2.50
TWO6=2001:db8:3::2 TWOGW6=2001:db8:3::1 SERVER6=2001:db8:9::1

lab_network
cable "$WAN" eth1 "$RTR" ether3
wan ip addr add $TWO4/24 dev eth1
wan ip addr add $TWO6/64 dev eth1
wan ip addr add $SERVER4/32 dev lo
wan ip addr add $CLIENT4/32 dev lo
wan ip addr add $SERVER6/128 dev lo
# Its answers bear the server's address, whichever link they take.
wan ip route replace 198.51.100.0/24 dev eth0 src $SERVER4
wan ip route replace 203.0.113.0/24 dev eth1 src $SERVER4
wan ip -6 route add 2001:db8:2::/64 dev eth0 src $SERVER6 metric 1
wan ip -6 route add 2001:db8:3::/64 dev eth1 src $SERVER6 metric 1
wan sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 \
	net.ipv4.conf.eth1.rp_filter=0

marks() { # FAMILY-MENU
	cat <<-RSC
		$1 firewall mangle
		add action=mark-connection chain=prerouting connection-mark=no-mark in-interface=one new-connection-mark=one
		add action=mark-connection chain=prerouting connection-mark=no-mark in-interface=two new-connection-mark=two
		add action=mark-connection chain=prerouting connection-mark=no-mark dst-address-type=!local in-interface=lan new-connection-mark=one per-connection-classifier=both-addresses-and-ports:2/0
		add action=mark-connection chain=prerouting connection-mark=no-mark dst-address-type=!local in-interface=lan new-connection-mark=two per-connection-classifier=both-addresses-and-ports:2/1
		add action=mark-routing chain=prerouting connection-mark=one in-interface=lan new-routing-mark=to_one passthrough=no
		add action=mark-routing chain=prerouting connection-mark=two in-interface=lan new-routing-mark=to_two passthrough=no
		add action=mark-routing chain=output connection-mark=one new-routing-mark=to_one passthrough=no
		add action=mark-routing chain=output connection-mark=two new-routing-mark=to_two passthrough=no
		$1 firewall nat
		add action=masquerade chain=srcnat out-interface=one
		add action=masquerade chain=srcnat out-interface=two
	RSC
}
{
	cat <<-RSC
		/interface ethernet
		set [ find default-name=ether1 ] name=one
		set [ find default-name=ether2 ] name=lan
		set [ find default-name=ether3 ] name=two
		/routing table
		add disabled=no fib name=to_one
		add disabled=no fib name=to_two
		/ip address
		add address=$LANGW4/24 interface=lan
		add address=$WANGW4/24 interface=one
		add address=$TWOGW4/24 interface=two
		/ip route
		add distance=1 gateway=$WAN4
		add distance=2 gateway=$TWO4
		add gateway=$WAN4 routing-table=to_one
		add gateway=$TWO4 routing-table=to_two
		/ipv6 address
		add address=$LANGW6/64 advertise=no interface=lan no-dad=yes
		add address=$WANGW6/64 advertise=no interface=one no-dad=yes
		add address=$TWOGW6/64 advertise=no interface=two no-dad=yes
		/ipv6 route
		add distance=1 gateway=$WAN6
		add distance=2 gateway=$TWO6
		add gateway=$WAN6 routing-table=to_one
		add gateway=$TWO6 routing-table=to_two
	RSC
	marks /ip
	marks /ipv6
	cat <<-RSC
		/ip firewall nat
		add action=dst-nat chain=dstnat dst-port=8080 in-interface=!lan protocol=tcp to-addresses=$LAN4 to-ports=80
	RSC
} >"$TMP/wans.rsc"
start_sluiced "$TMP/wans.rsc"
start_echo "$WAN"
start_echo "$LAN" 80
capture one "$WAN" eth0 'tcp or udp or icmp'
capture two "$WAN" eth1 'tcp or udp or icmp'

# tries N HOST: which addresses the server saw, each once
tries() {
	for _ in $(seq "$1"); do peer "$LAN" who "$2" 7; done | sort -u | tr '\n' ' '
}
of_mark() { sluice ":put [/ip firewall connection print count-only where connection-mark=$1 srcnat]"; }
gone() { [ "$(of_mark "$1")" = 0 ]; }

say "connections are shared out"
expect "both uplinks" "$(tries 12 $SERVER4)" "$WANGW4 $TWOGW4 "
expect "both, IPv6" "$(tries 12 $SERVER6)" "$WANGW6 $TWOGW6 "
expect "marked one" "$(of_mark one)" '[1-9]*'
expect "marked two" "$(of_mark two)" '[1-9]*'

say "many connections of many packets, each on its uplink"
expect "flows" "$(peer "$LAN" flows $SERVER4 7 20 20)" "40 flows, 0 failed"
expect "flows, IPv6" "$(peer "$LAN" flows $SERVER6 7 10 10)" "20 flows, 0 failed"

say "answers leave by the uplink that the question came in by"
for way in $WANGW4 $TWOGW4; do
	expect "forwarded port of $way" "$(wan curl -sS --max-time 5 \
		--interface $CLIENT4 "http://$way:8080/")" "hello $CLIENT4"
	wan ping -c 1 -W 2 -I $CLIENT4 "$way" || die "the router does not answer at $way"
done
# frames UPLINK FILTER: how many the capture has
frames() { tcpdump -n -r "$TMP/$1.pcap" "$2" 2>/dev/null | wc -l; }
carried() { [ "$(frames "$1" tcp)" -gt 50 ]; }
# By address: nothing of one uplink's address was on the other.
for pair in "one $TWOGW4" "two $WANGW4"; do
	set -- $pair
	wait_for 5 carried "$1" # tcpdump may lag on a busy machine
	end_capture "$1"
	expect "strays on uplink $1" "$(frames "$1" "host $2")" 0
	expect "private addresses on uplink $1" "$(frames "$1" 'net 192.168.88.0/24')" 0
done

say "the first uplink goes down: its connections are gone within a second"
wan ip link set eth0 down
sleep 1
gone one || die "still there: $(of_mark one)"
expect "the other's stay" "$(of_mark two)" '[1-9]*'
# The kernel tells of a TAP's carrier up to a second late (its linkwatch).
noticed() { rtr ip route get $SERVER4 | grep -q sl-two; }
wait_for 3 noticed
unrouted() { [ "$(sluice ':put [/ip route print count-only where active gateway=198.51.100.2]')" = 0 ]; }
wait_for 3 unrouted
expect "one uplink" "$(tries 8 $SERVER4)" "$TWOGW4 "
expect "flows" "$(peer "$LAN" flows $SERVER4 7 10 10)" "20 flows, 0 failed"

say "it returns"
wan ip link set eth0 up
wan ip route replace 198.51.100.0/24 dev eth0 src $SERVER4
active() { [ "$(sluice ':put [/ip route print count-only where active gateway=198.51.100.2]')" = 2 ]; }
wait_for 5 active
shared() { [ "$(tries 8 $SERVER4)" = "$WANGW4 $TWOGW4 " ]; }
wait_for 10 shared
stop_sluiced
