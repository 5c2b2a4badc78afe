#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: rules.sh NAME [PATTERN]
# The rows of rules/NAME.rows, each matcher or action both ways; with a PATTERN
# only those whose name matches it.
: "${OFFLOADS:=off}" # so that every checksum on a wire is a real one
. "$(dirname "$0")/../lib.sh"

[ $# -ge 1 ] || die "usage: rules.sh NAME [PATTERN]"
lab_network
# A host on either side that never answers by itself: what a row sends is all
# there is.
LANQ4=192.168.88.20 LANQ6=2001:db8:1::20 WANQ4=198.51.100.9 WANQ6=2001:db8:2::9
quiet_host() {
	in_ns "$1" ip addr add "$2/24" dev eth0
	in_ns "$1" ip addr add "$3/64" dev eth0 preferred_lft 0
	in_ns "$1" nft -f - <<-NFT
		table inet quiet {
			chain in {
				type filter hook prerouting priority -400;
				icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
				ip daddr $2 drop
				ip6 daddr $3 drop
			}
		}
	NFT
}
quiet_host "$LAN" $LANQ4 $LANQ6
quiet_host "$WAN" $WANQ4 $WANQ6
wan ip route add 192.168.88.0/24 via "$WANGW4"
cat >"$TMP/rules.rsc" <<-'RSC'
	/interface list
	add name=WAN
	add name=LAN
	/interface list member
	add interface=ether1 list=WAN
	add interface=ether2 list=LAN
	/ip address
	add address=192.168.88.1/24 interface=ether2
	add address=198.51.100.1/24 interface=ether1
	/ipv6 address
	add address=2001:db8:1::1/64 advertise=no interface=ether2
	add address=2001:db8:2::1/64 advertise=no interface=ether1
	/ip settings
	set icmp-rate-limit=0
RSC
start_sluiced "$TMP/rules.rsc"
start_echo "$WAN" 80
# Nothing of a row waits for the first resolution of an address.
knows() { rtr ip neigh show "$1" | grep -q lladdr; }
for host in $LAN4 $WAN4 $LAN6 $WAN6; do
	wait_for 10 rtr ping -q -c 1 -W 1 "$host"
done
for host in $LANQ4 $WANQ4 $LANQ6 $WANQ6; do
	rtr ping -q -c 1 -W 0.1 "$host" >/dev/null || :
	wait_for 10 knows "$host"
done
mac_of() { in_ns "$1" cat "/sys/class/net/$2/address"; }
LANMAC=$(mac_of "$LAN" eth0) WANMAC=$(mac_of "$WAN" eth0)
LANGWMAC=$(mac_of "$RTR" ether2) WANGWMAC=$(mac_of "$RTR" ether1)
export LAN RTR WAN LAN4 LAN6 WAN4 WAN6 LANGW4 LANGW6 WANGW4 WANGW6
export LANQ4 LANQ6 WANQ4 WANQ6 LANMAC WANMAC LANGWMAC WANGWMAC SLUICE TMP
"$LAB_ROOT/tests/lab/rows.py" "$LAB_ROOT/tests/lab/rules/$1.rows" "${2:-}"
stop_sluiced
