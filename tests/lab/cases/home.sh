#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A home behind one address: every ordinary program through masquerade, both
# families, and nothing on the WAN that should not be there.
. "$(dirname "$0")/../lib.sh"
. "$LAB_ROOT/tests/lab/servers.sh"

lab_network
home_config >"$TMP/home.rsc"
start_sluiced "$TMP/home.rsc"
start_servers
# All of the small talk, and whatever private address slips out at any time.
capture wan "$WAN" eth0
capture private "$WAN" eth0 net 192.168.0.0/16

say "ping"
lan ping -c 3 -i 0.2 -W 2 $WAN4
lan ping -c 3 -i 0.2 -W 2 $WAN6

# hops ADDRESS OPTIONS...: the addresses on the way, one a line
hops() {
	local to=$1; shift
	lan traceroute -n -q 1 -w 2 -m 5 "$@" "$to" | awk 'NR > 1 { print $2 }' | paste -sd' '
}
say "traceroute"
expect "IPv4 UDP" "$(hops $WAN4)" "$LANGW4 $WAN4"
expect "IPv4 ICMP" "$(hops $WAN4 -I)" "$LANGW4 $WAN4"
expect "IPv6 UDP" "$(hops $WAN6)" "$LANGW6 $WAN6"
expect "IPv6 ICMP" "$(hops $WAN6 -I)" "$LANGW6 $WAN6"

say "DNS"
expect "A" "$(lan dig +short +time=2 @$WAN4 www.example.test)" 192.0.2.80
expect "AAAA" "$(lan dig +short +time=2 @$WAN6 www.example.test AAAA)" 2001:db8::80
expect "TCP" "$(lan dig +tcp +short +time=2 @$WAN4 www.example.test)" 192.0.2.80

# download MB: both families
download() {
	wan_file "$1"
	for host in $WAN4 "[$WAN6]"; do
		lan curl -sS --max-time 60 -o "$TMP/got" "http://$host/file"
		cmp "$TMP/www/file" "$TMP/got" || die "the file differs from $host"
	done
}
say "a web download, equal at both ends"
download 5
end_capture wan
download "$(sized 100 20)"

say "iperf3"
for options in "" -R "-u -b 50M -l 1200"; do
	for host in $WAN4 $WAN6; do
		# shellcheck disable=SC2086
		lan timeout 30 iperf3 -J -c $host -t 1 $options >"$TMP/iperf.json" ||
			die "iperf3 $options $host: $(jq -r .error "$TMP/iperf.json")"
		mbps=$(jq '(.end.sum_received // .end.sum).bits_per_second / 1e6 | floor' "$TMP/iperf.json")
		echo "iperf3 -c $host $options: $mbps Mbit/s"
		[ "$mbps" -ge 20 ] || die "that is nothing"
	done
done

say "the WAN's view"
end_capture private
expect_clean_wan "$TMP/wan.pcap"
expect_clean_wan "$TMP/private.pcap"
expect_good_checksums "$LAN"
expect_good_checksums "$WAN"
stop_sluiced
