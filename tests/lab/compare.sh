# SPDX-License-Identifier: Apache-2.0
# sluice and the kernel (nftables conntrack and masquerade, the same policy) as
# routers between the same two hosts, interleaved: packets/s, TCP, round trip.

# The kernel's router is a second namespace with cables of its own; the hosts
# reach the same addresses through it in network namespaces of their own.
KLAN=sl-klan-$$ KRTR=sl-krtr-$$ KWAN=sl-kwan-$$

kernel_network() {
	new_ns "$KLAN"; new_ns "$KRTR"; new_ns "$KWAN"
	cable "$KLAN" eth0 "$KRTR" ether2
	cable "$KWAN" eth0 "$KRTR" ether1
	in_ns "$KLAN" ip addr add $LAN4/24 dev eth0
	in_ns "$KLAN" ip route add default via $LANGW4
	in_ns "$KWAN" ip addr add $WAN4/24 dev eth0
	in_ns "$KRTR" ip addr add $LANGW4/24 dev ether2
	in_ns "$KRTR" ip addr add $WANGW4/24 dev ether1
	in_ns "$KRTR" sysctl -qw net.ipv4.ip_forward=1
	in_ns "$KRTR" nft -f - <<-'NFT'
		table ip r {
			chain forward {
				type filter hook forward priority filter; policy drop;
				ct state established,related,untracked accept
				ct state invalid drop
				iifname "ether2" accept
			}
			chain post {
				type nat hook postrouting priority srcnat;
				oifname "ether1" masquerade
			}
		}
	NFT
	background kiperf3 ip netns exec "$KWAN" iperf3 -s
	wait_for 10 in_ns "$KLAN" ping -c 1 -W 1 $WAN4
}

# What the router delivers is counted on the WAN host's netdev and dropped there:
# the host's own stack is not what is measured.
drop_at_wan() {
	in_ns "$1" nft -f - <<-'NFT'
		table netdev sink {
			chain in {
				type filter hook ingress device "eth0" priority 0;
				udp dport 9-1000 drop
			}
		}
	NFT
}

rx_packets() { in_ns "$1" cat /sys/class/net/eth0/statistics/rx_packets; }
mac_of() { in_ns "$1" cat /sys/class/net/"$2"/address; }

# forwarded_pps LAN-NS WAN-NS ROUTER-MAC FLOWS: small UDP frames that came through
forwarded_pps() {
	local before after seconds=2
	before=$(rx_packets "$2")
	in_ns "$1" "$BUILD/bench/blast" eth0 "$3" $LAN4 $WAN4 "$4" $seconds >/dev/null
	sleep 0.2
	after=$(rx_packets "$2")
	echo $(((after - before) / seconds))
}

tcp_gbps() {
	in_ns "$1" iperf3 -J -c $WAN4 -t 2 |
		jq -r '.end.sum_received.bits_per_second / 1e9 * 100 | round / 100'
}

idle_rtt_us() {
	in_ns "$1" ping -q -c 200 -i 0.005 -W 1 $WAN4 |
		sed -n 's|^rtt[^=]*= [0-9.]*/\([0-9.]*\)/.*|\1|p' |
		awk '{ printf "%d", $1 * 1000 }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# Three rounds, one after the other, medians: machines are noisy.
compare_with_kernel() {
	local rounds=${ROUNDS:-3} i smac kmac
	kernel_network
	drop_at_wan "$WAN"; drop_at_wan "$KWAN"
	smac=$(mac_of "$RTR" ether2) kmac=$(mac_of "$KRTR" ether2)
	: >"$TMP/cmp"
	for i in $(seq "$rounds"); do
		echo "rtt sluice $(idle_rtt_us "$LAN")" >>"$TMP/cmp"
		echo "rtt kernel $(idle_rtt_us "$KLAN")" >>"$TMP/cmp"
		echo "tcp sluice $(tcp_gbps "$LAN")" >>"$TMP/cmp"
		echo "tcp kernel $(tcp_gbps "$KLAN")" >>"$TMP/cmp"
		echo "pps sluice $(forwarded_pps "$LAN" "$WAN" "$smac" 100)" >>"$TMP/cmp"
		echo "pps kernel $(forwarded_pps "$KLAN" "$KWAN" "$kmac" 100)" >>"$TMP/cmp"
	done
	value() { awk -v a="$1" -v b="$2" '$1 == a && $2 == b { print $3 }' "$TMP/cmp" | median; }
	printf '%-34s %12s %12s\n' "median of $rounds" sluice kernel
	printf '%-34s %12s %12s\n' "packets/s, 60-byte frames" "$(value pps sluice)" "$(value pps kernel)"
	printf '%-34s %12s %12s\n' "TCP throughput, Gbit/s" "$(value tcp sluice)" "$(value tcp kernel)"
	printf '%-34s %12s %12s\n' "idle round trip, microseconds" "$(value rtt sluice)" "$(value rtt kernel)"
}
