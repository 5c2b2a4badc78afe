#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Path MTU discovery over a 1280-byte link at each place where one can be:
#
#   LAN -- (1) inner (2) -- (3) router (4) -- outer (5) -- WAN
#
# At 3 and 4 the router itself says "too big"; at 1 and 5 another router does,
# and what it says is translated.  For TCP a link is narrow at its sending end
# only, so that both hosts go on offering full segments.
. "$(dirname "$0")/../lib.sh"

FAR4=203.0.113.2 FAR6=2001:db8:20::2 NEAR4=10.10.0.2 NEAR6=2001:db8:10::2
INNER=sl-inner-$$ OUTER=sl-outer-$$

# kernel_router NS ADDRESS4 ADDRESS6 OUTWARD-DEV INWARD-DEV FAR-ADDRESS4 FAR-ADDRESS6
kernel_router() {
	in_ns "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	in_ns "$1" ip addr add "$2" dev "$4"
	in_ns "$1" ip addr add "$3" dev "$4"
	in_ns "$1" ip addr add "$6" dev "$5"
	in_ns "$1" ip addr add "$7" dev "$5"
}

network() {
	new_ns "$LAN"; new_ns "$INNER"; new_ns "$RTR"; new_ns "$OUTER"; new_ns "$WAN"
	cable "$LAN" eth0 "$INNER" inside
	cable "$INNER" outside "$RTR" ether2
	cable "$OUTER" inside "$RTR" ether1
	cable "$WAN" eth0 "$OUTER" outside
	kernel_router "$INNER" $LAN4/24 $LAN6/64 outside inside 10.10.0.1/24 2001:db8:10::1/64
	kernel_router "$OUTER" $WAN4/24 $WAN6/64 inside outside 203.0.113.1/24 2001:db8:20::1/64
	lan ip addr add $NEAR4/24 dev eth0
	lan ip addr add $NEAR6/64 dev eth0
	lan ip route add default via 10.10.0.1
	lan ip route add default via 2001:db8:10::1
	wan ip addr add $FAR4/24 dev eth0
	wan ip addr add $FAR6/64 dev eth0
	wan ip route add default via 203.0.113.1
	wan ip route add default via 2001:db8:20::1
	in_ns "$INNER" ip route add default via $LANGW4
	in_ns "$INNER" ip route add default via $LANGW6
	# Only the masqueraded network: a private address finds no way back.
	in_ns "$OUTER" ip route add 2001:db8:10::/64 via $WANGW6
	in_ns "$OUTER" ip route add 2001:db8:1::/64 via $WANGW6
}

# mtu BYTES: of the link under test, at its sending end
mtu() { in_ns "$narrow_ns" ip link set "$narrow_dev" mtu "$1"; }
far_mtu() { in_ns "$peer_ns" ip link set "$peer_dev" mtu "$1"; }

forget() {
	local ns
	for ns in $LAN $INNER $OUTER $WAN; do
		in_ns "$ns" ip route flush cache
		in_ns "$ns" ip -6 route flush cache
	done
}

# bulk HOST OPTIONS...: 3 MB by TCP in time
bulk() {
	lan timeout 20 iperf3 -J -n 3M -c "$@" >"$TMP/iperf.json" ||
		die "iperf3 $*: $(jq -r '.error // "stuck"' "$TMP/iperf.json")"
	echo "iperf3 $*: $(jq '.end.sum_received.bytes' "$TMP/iperf.json") bytes, MSS offered $(jq '.start.tcp_mss_default' "$TMP/iperf.json")"
}

# refused HOST PATTERN: a large ping that must not be fragmented is
refused() {
	lan ping -c 2 -i 0.2 -W 1 -M do -s 1400 "$1" >"$TMP/ping" 2>&1 || :
	grep -Eiq "$2" "$TMP/ping" || die "ping -M do $1: $(cat "$TMP/ping")"
}

# told NAME FILTER: a packet of the capture
told() {
	local n
	n=$(decoded "$TMP/$1.pcap" "$2" | wc -l)
	[ "$n" -gt 0 ] || die "nobody in $1 was told: $2"
}

# narrow PLACE DIRECTION NS DEV PEER-NS PEER-DEV: TCP that way, and pings, over it
narrow() {
	local place=$1 way=$2
	narrow_ns=$3 narrow_dev=$4 peer_ns=$5 peer_dev=$6
	say "narrow at $place"
	forget
	mtu 1280
	wait_for 5 mirrored "$place"
	capture lan "$LAN" eth0 icmp or icmp6
	capture wan "$WAN" eth0 icmp or icmp6
	if [ "$way" = up ]; then
		bulk $FAR4; bulk $FAR6
		forget
		refused $FAR4 'frag needed|message too long'
		refused $FAR6 'too big|message too long'
	else
		bulk $FAR4 -R; bulk $FAR6 -R
	fi
	# Large ones in fragments.  An IPv6 sender must learn first.
	forget
	far_mtu 1280
	lan ping -q -c 2 -i 0.2 -W 1 -M dont -s 1400 $FAR4
	lan ping -q -c 2 -i 0.2 -W 1 -M dont -s 4000 $FAR4
	lan ping -q -c 2 -i 0.2 -W 1 -s 4000 $FAR6 >/dev/null || :
	lan ping -q -c 2 -i 0.2 -W 1 -s 1400 $FAR6
	lan ping -q -c 2 -i 0.2 -W 1 -s 4000 $FAR6
	end_capture lan; end_capture wan
	# Quoted: the packet as its sender sent it, source and destination.
	if [ "$way" = up ]; then
		told lan "icmp.type == 3 && icmp.code == 4 && icmp.mtu == 1280 && frame contains 0a:0a:00:02:cb:00:71:02"
		told lan "icmpv6.type == 2 && icmpv6.mtu == 1280"
	else
		told wan "icmp.type == 3 && icmp.code == 4 && icmp.mtu == 1280 && frame contains cb:00:71:02:c6:33:64:01"
		told wan "icmpv6.type == 2 && icmpv6.mtu == 1280"
	fi
	expect_clean_wan "$TMP/wan.pcap"
	far_mtu 1500
	mtu 1500
	wait_for 5 mirrored_back "$place"
}

# The router follows the MTU of its own netdevs.
router_mtu() { sluice ":put [/interface get [find name=$1] actual-mtu]"; }
mirrored() {
	case $1 in
	router-lan) [ "$(router_mtu lan)" = 1280 ] ;;
	router-wan) [ "$(router_mtu wan)" = 1280 ] ;;
	*) true ;;
	esac
}
mirrored_back() { [ "$(router_mtu lan) $(router_mtu wan)" = "1500 1500" ]; }

network
{
	home_config
	echo "/ip route"
	echo "add dst-address=10.10.0.0/24 gateway=$LAN4"
	echo "add dst-address=0.0.0.0/0 gateway=$WAN4"
	echo "/ipv6 route"
	echo "add dst-address=2001:db8:10::/64 gateway=$LAN6"
	echo "add dst-address=::/0 gateway=$WAN6"
} >"$TMP/pmtu.rsc"
start_sluiced "$TMP/pmtu.rsc"
background iperf3 ip netns exec "$WAN" iperf3 -s
wait_for 10 in_ns "$WAN" bash -c 'ss -ltn | grep -q :5201'
capture all "$WAN" eth0 net 192.168.0.0/16 or net 10.0.0.0/8

lan ping -c 2 -i 0.2 -W 2 $FAR4
lan ping -c 2 -i 0.2 -W 2 $FAR6

narrow outer up "$OUTER" outside "$WAN" eth0
narrow router-wan up "$RTR" ether1 "$OUTER" inside
narrow router-lan down "$RTR" ether2 "$INNER" outside
narrow inner down "$INNER" inside "$LAN" eth0

say "nothing else"
end_capture all
expect_clean_wan "$TMP/all.pcap"
expect_good_checksums "$LAN"
expect_good_checksums "$WAN"
stop_sluiced
