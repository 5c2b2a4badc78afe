#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A netdev vanishes under traffic: the rest goes on, and the port comes back with it.
. "$(dirname "$0")/../lib.sh"

DMZ=sl-dmz-$$ DMZ4=203.0.113.2
lab_network
new_ns "$DMZ"
plug_dmz() {
	cable "$DMZ" eth0 "$RTR" ether3
	in_ns "$DMZ" ip addr add $DMZ4/24 dev eth0
	in_ns "$DMZ" ip route add default via 203.0.113.1
}
plug_dmz
{
	home_config
	cat <<-'RSC'
		/interface ethernet
		set [ find default-name=ether3 ] name=dmz
		/ip address
		add address=203.0.113.1/24 interface=dmz
		/ip route
		add dst-address=10.9.0.0/16 gateway=203.0.113.2
	RSC
} >"$TMP/ports.rsc"
start_sluiced "$TMP/ports.rsc"
start_echo "$WAN"
start_echo "$DMZ"
running() { [ "$(sluice ":put [/interface ethernet get $1 running]")" = "$2" ]; }
has_route() { sluice '/ip route print where dst-address=10.9.0.0/16' | grep -q ' As'; }

say "all of it works"
background pace peer "$LAN" pace $WAN4 7 100; pace=$lab_last
wait_for 10 grep -q open "$TMP/pace.log"
background dmz peer "$LAN" pace $DMZ4 7 100
wait_for 10 grep -q open "$TMP/dmz.log"
wait_for 5 has_route

say "the netdev goes"
rtr ip link del ether3
wait_for 5 running dmz false
rtr ip -o link show | grep 'sl-dmz' && die "its TAP is still there"
lan ping -c 1 -W 1 $DMZ4 && die "who answered?"
lan ping -c 2 -i 0.2 -W 1 $WAN4
if has_route; then die "the route through it is still active"; fi

say "it returns"
plug_dmz
wait_for 10 running dmz true
wait_for 5 lan ping -c 1 -W 1 $DMZ4
expect "address" "$(rtr ip -4 -o addr show dev sl-dmz)" "*203.0.113.1/24*"
wait_for 5 has_route
expect "UDP" "$(peer "$LAN" who $DMZ4 7)" $LAN4

say "it goes down and up, gets another MAC address and another MTU"
rtr ip link set ether3 down
wait_for 5 running dmz false
rtr ip link set ether3 address 02:00:00:00:00:99
rtr ip link set ether3 mtu 1400
rtr ip link set ether3 up
wait_for 5 running dmz true
in_ns "$DMZ" ip neigh flush dev eth0
wait_for 5 lan ping -c 1 -W 1 $DMZ4
expect "the TAP's MAC" "$(rtr cat /sys/class/net/sl-dmz/address)" 02:00:00:00:00:99
expect "the TAP's MTU" "$(rtr cat /sys/class/net/sl-dmz/mtu)" 1400

say "the other ports noticed nothing"
kill "$pace"
end_of pace "$pace"
cat "$TMP/pace.log"
grep -q ' lost 0 ' "$TMP/pace.log" || die "packets were lost"
stop_sluiced
