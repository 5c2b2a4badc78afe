#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The kernel is the control plane: what ip, a routing daemon or sluice itself change
# there at run time is followed within a second.
. "$(dirname "$0")/../lib.sh"

SECOND=sl-second-$$ SECOND4=198.51.100.3
soon=$(sized 1 3) # seconds
lab_network
# A second router on the WAN side, by a bridge in the WAN's namespace.
new_ns "$SECOND"
wan ip link add br0 type bridge
wan ip link set br0 up
wan ip link set eth0 master br0
wan ip addr flush dev eth0
wan ip addr add $WAN4/24 dev br0
wan ip addr add $WAN6/64 dev br0
cable "$SECOND" eth0 "$WAN" second
wan ip link set second master br0
in_ns "$SECOND" ip addr add $SECOND4/24 dev eth0
# The same service address behind both.
for ns in $WAN $SECOND; do
	in_ns "$ns" ip addr add 203.0.113.80/32 dev lo
	in_ns "$ns" ip -6 addr add 2001:db8:80::80/128 dev lo
done
home_config >"$TMP/home.rsc"
start_sluiced "$TMP/home.rsc"
start_echo "$WAN"
start_echo "$SECOND"

# goes_to NS: a ping of the service address moves that host's counter
echoes() { in_ns "$1" awk '/^Icmp:/ && ++n == 2 { print $10 }' /proc/net/snmp; }
goes_to() {
	local before
	before=$(echoes "$1")
	lan ping -q -c 1 -W 1 203.0.113.80 && [ "$(echoes "$1")" -gt "$before" ]
}

say "a route by sluice"
lan ping -c 1 -W 1 203.0.113.80 && die "there is no route yet"
sluice "/ip route add dst-address=203.0.113.80/32 gateway=$WAN4"
wait_for "$soon" goes_to "$WAN"
say "changed by sluice"
sluice "/ip route set [find dst-address=203.0.113.80/32] gateway=$SECOND4"
wait_for "$soon" goes_to "$SECOND"
rtr ip route
say "removed"
sluice "/ip route remove [find dst-address=203.0.113.80/32 static]"
wait_for "$soon" eval '! lan ping -q -c 1 -W 1 203.0.113.80'

say "a routing daemon's: ip route replace"
rtr ip route add 203.0.113.80/32 via $WAN4 proto bgp metric 20
wait_for "$soon" goes_to "$WAN"
for i in 1 2 3; do
	rtr ip route replace 203.0.113.80/32 via $SECOND4 proto bgp metric 20
	wait_for "$soon" goes_to "$SECOND"
	rtr ip route replace 203.0.113.80/32 via $WAN4 proto bgp metric 20
	wait_for "$soon" goes_to "$WAN"
done
expect "distance" "$(sluice ':put [/ip route get [find dst-address=203.0.113.80/32] distance]')" 20
rtr ip route add 203.0.113.80/32 via $SECOND4 proto bgp metric 10
wait_for "$soon" goes_to "$SECOND"
rtr ip route del 203.0.113.80/32 metric 10
wait_for "$soon" goes_to "$WAN"
rtr ip route del 203.0.113.80/32

say "an address by sluice, then by ip"
sluice '/ip address add address=192.168.77.1/24 interface=lan'
lan ip addr add 192.168.77.10/24 dev eth0
wait_for "$soon" lan ping -q -c 1 -W 1 192.168.77.1
wait_for "$soon" lan ping -q -c 1 -W 1 -I 192.168.77.10 $WAN4
sluice '/ip address remove [find address=192.168.77.1/24]'
wait_for "$soon" eval '! lan ping -q -c 1 -W 1 192.168.77.1'
rtr ip addr add 192.168.77.2/24 dev sl-lan
wait_for "$soon" lan ping -q -c 1 -W 1 192.168.77.2
expect "shown, dynamic" "$(sluice '/ip address print count-only where address=192.168.77.2/24 dynamic')" 1

say "a neighbour with another MAC address"
lan ping -q -c 1 -W 1 $WAN4
wan ip link set br0 address 02:00:00:00:00:42
wan ping -q -c 1 -W 1 $WANGW4 || : # it speaks, as a machine with a new card does
wait_for 3 lan ping -q -c 1 -W 1 $WAN4
expect "ARP" "$(sluice "/ip arp print where address=$WAN4" | tr a-f A-F)" "*02:00:00:00:00:42*"

say "twenty thousand routes at once, while traffic flows"
routes=20000
background pace peer "$LAN" pace $WAN4 7 100; pace=$lab_last
wait_for 10 grep -q open "$TMP/pace.log"
awk -v n="$routes" -v gw=$WAN4 'BEGIN { for (i = 0; i < n; i++)
	printf "route add 10.%d.%d.0/24 via %s proto bgp\n", i / 256, i % 256, gw }' >"$TMP/add"
sed 's/^route add/route del/' "$TMP/add" >"$TMP/del"
count() { [ "$(sluice '/ip route print count-only where dst-address in 10.0.0.0/8')" = "$1" ]; }
rtr ip -batch "$TMP/add"
# The menu shows 4096 of them; the data plane has all.
wait_for 10 count 4096
rtr ip -batch "$TMP/del"
wait_for 10 count 0
rtr ip -batch "$TMP/add"
wait_for 10 count 4096
kill "$pace"
end_of pace "$pace"
cat "$TMP/pace.log"
grep -q ' lost 0 ' "$TMP/pace.log" || die "packets were lost"

say "more news than the socket holds: everything is read again"
kill -STOP "$SLUICED_PID"
rtr ip -batch "$TMP/del"
rtr ip -batch "$TMP/add"
rtr ip -batch "$TMP/del"
rtr ip route add 203.0.113.80/32 via $SECOND4 proto bgp
kill -CONT "$SLUICED_PID"
wait_for 5 grep -q 'rtnetlink overrun' "$TMP/sluiced.log"
wait_for 10 count 0
wait_for "$soon" goes_to "$SECOND"
say "ids stay while the kernel changes other things"
# ids MENU PATTERN NAME...: the ids of these items
ids() {
	local menu=$1 key=$2 value
	shift 2
	for value; do sluice ":put [$menu find $key=$value]"; done
}
shows() { [ -n "$(ids "$@" | tr -d '\n')" ]; }
rtr ip route add 203.0.113.91/32 via $WAN4 proto bgp
rtr ip route add 203.0.113.93/32 via $WAN4 proto bgp
rtr ip addr add 198.51.100.201/24 dev sl-wan
wait_for 2 shows '/ip route' dst-address 203.0.113.93/32
wait_for 2 shows '/ip address' address 198.51.100.201/24
before=$(ids '/ip route' dst-address 203.0.113.91/32 203.0.113.93/32
	ids '/ip address' address 198.51.100.201/24)
rtr ip route add 203.0.113.92/32 via $WAN4 proto bgp
rtr ip addr add 198.51.100.202/24 dev sl-wan
wait_for 2 shows '/ip route' dst-address 203.0.113.92/32
wait_for 2 shows '/ip address' address 198.51.100.202/24
rtr ip route del 203.0.113.91/32
rtr ip route add 203.0.113.91/32 via $WAN4 proto bgp metric 9
wait_for 2 shows '/ip route' dst-address '203.0.113.91/32 distance=9'
after=$(ids '/ip route' dst-address 203.0.113.93/32
	ids '/ip address' address 198.51.100.201/24)
expect "ids" "$after" "$(echo "$before" | tail -n +2)"
[ "$(ids '/ip route' dst-address 203.0.113.91/32)" != "$(echo "$before" | head -n 1)" ] ||
	die "another route has the id of one that is gone"

stop_sluiced
