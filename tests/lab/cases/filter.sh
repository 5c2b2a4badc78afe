#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The filter as real clients see it: every way to reject, log lines, lists that
# change and expire while traffic flows, limits.
. "$(dirname "$0")/../lib.sh"

rejects4="icmp-network-unreachable icmp-host-unreachable icmp-protocol-unreachable
 icmp-port-unreachable icmp-net-prohibited icmp-host-prohibited icmp-admin-prohibited tcp-reset"
rejects6="icmp-no-route icmp-admin-prohibited icmp-not-neighbour icmp-address-unreachable
 icmp-port-unreachable icmp-err-src-routing-header icmp-headers-too-long tcp-reset"

config() {
	local port how
	cat <<-'RSC'
		/interface list
		add name=GUEST
		/ip address
		add address=192.168.88.1/24 interface=ether2
		add address=198.51.100.1/24 interface=ether1
		/ipv6 address
		add address=2001:db8:1::1/64 advertise=no interface=ether2
		add address=2001:db8:2::1/64 advertise=no interface=ether1
		/ip settings
		set icmp-rate-limit=0
		/ip firewall filter
		add chain=forward connection-state=established,related action=accept
	RSC
	port=1001
	for how in $rejects4; do
		echo "add chain=forward protocol=tcp dst-port=$port action=reject reject-with=$how"
		[ "$how" = tcp-reset ] ||
			echo "add chain=forward protocol=udp dst-port=$port action=reject reject-with=$how"
		port=$((port + 1))
	done
	cat <<-'RSC'
		add chain=forward protocol=tcp dst-port=7 action=log log-prefix=web
		add chain=forward dst-address-list=blocked action=drop
		add chain=forward in-interface-list=GUEST action=reject reject-with=icmp-admin-prohibited
		add chain=forward protocol=icmp limit=1,3:packet action=accept comment=limited packet-size=100-200
		add chain=forward protocol=icmp packet-size=100-200 action=drop
		add chain=forward protocol=udp dst-port=7 action=jump jump-target=udp
		add chain=udp src-address=192.168.88.0-192.168.88.20 action=return
		add chain=udp action=drop
		/ipv6 firewall filter
		add chain=input connection-state=established,related,untracked action=accept
		add chain=input connection-state=invalid action=drop
	RSC
	port=1001
	for how in $rejects6; do
		echo "add chain=forward protocol=tcp dst-port=$port action=reject reject-with=$how"
		port=$((port + 1))
	done
}

lab_network
wan ip route add 192.168.88.0/24 via $WANGW4
config >"$TMP/filter.rsc"
start_sluiced "$TMP/filter.rsc"
start_echo "$WAN"
capture lan "$LAN" eth0

say "reject, as a TCP client sees it"
ports="1001 1002 1003 1004 1005 1006 1007 1008"
# shellcheck disable=SC2086
peer "$LAN" scan $WAN4 $ports >"$TMP/scan4"
# The client's kernel says it in its own words.
diff - "$TMP/scan4" <<-'SEEN' || die "IPv4 rejects"
	1001 unreachable-ENETUNREACH
	1002 unreachable-EHOSTUNREACH
	1003 unreachable-ENOPROTOOPT
	1004 refused
	1005 unreachable-ENETUNREACH
	1006 unreachable-EHOSTUNREACH
	1007 unreachable-EHOSTUNREACH
	1008 refused
SEEN
# One host is told at most so often (/ipv6 settings): one port after the other.
for port in $ports; do peer "$LAN" scan $WAN6 "$port"; done >"$TMP/scan6"
diff - "$TMP/scan6" <<-'SEEN' || die "IPv6 rejects"
	1001 unreachable-ENETUNREACH
	1002 unreachable-EACCES
	1003 unreachable-EHOSTUNREACH
	1004 unreachable-EHOSTUNREACH
	1005 refused
	1006 unreachable-EPROTO
	1007 unreachable-EPROTO
	1008 refused
SEEN
say "and UDP"
expect "port unreachable" "$(peer "$LAN" udp $WAN4 1004)" refused

say "log"
peer "$LAN" talk $WAN4 7 1 0
line=$(sluice '/log print' | grep 'web forward:' | head -n 1)
expect "line" "$line" "*firewall,info web forward: in:ether2 out:ether1, connection-state:new src-mac *, proto TCP (SYN), $LAN4:*->$WAN4:7, len 60"

say "an address list with a timeout"
lan ping -c 1 -W 2 $WAN4
sluice "/ip firewall address-list add list=blocked address=$WAN4 timeout=2s"
expect "listed" "$(sluice '/ip firewall address-list print count-only where list=blocked')" 1
lan ping -c 1 -W 1 -s 10 -e 4711 $WAN4 && die "a blocked address answered"
wait_for 5 lan ping -c 1 -W 1 $WAN4
expect "expired" "$(sluice '/ip firewall address-list print count-only where list=blocked')" 0

say "an interface list that changes"
lan ping -c 1 -W 2 $WAN4
sluice '/interface list member add list=GUEST interface=ether2'
lan ping -c 1 -W 2 -s 20 $WAN4 >"$TMP/ping" && die "a guest got through"
grep -q 'Packet filtered' "$TMP/ping" || die "$(cat "$TMP/ping")"
sluice '/interface list member remove [find list=GUEST]'
lan ping -c 1 -W 2 $WAN4

say "limit: a burst of three, then one a second"
# Each ping of its own process is a connection of its own: state new.
answered=0
for i in 1 2 3 4 5 6; do
	if lan ping -q -c 1 -W 1 -s 100 $WAN4 >/dev/null; then
		answered=$((answered + 1))
	else
		break
	fi
done
case $answered in 3 | 4) ;; *) die "$answered were answered" ;; esac
expect "counted" "$(sluice ':put [/ip firewall filter get [find comment=limited] packets]')" "$answered"

say "user chains"
expect "returned" "$(peer "$LAN" who $WAN4 7)" $LAN4
lan ip addr add 192.168.88.30/24 dev eth0
lan ip route add $WAN4 via $LANGW4 src 192.168.88.30
expect "dropped" "$(peer "$LAN" udp $WAN4 7)" silent
lan ip route del $WAN4 via $LANGW4

say "neighbour discovery is untracked"
lan ip -6 neigh flush dev eth0
lan ping -c 1 -W 2 $LANGW6
expect "connections" "$(sluice '/ipv6 firewall connection print count-only where protocol!=tcp protocol!=icmpv6')" 0
[ "$(sluice ':put [/ipv6 firewall filter get 0 packets]')" -gt 0 ] || die "untracked matched nothing"

end_capture lan
say "as tshark reads the rejects"
decoded "$TMP/lan.pcap" "icmp.type == 3 && tcp.dstport >= 1001 && tcp.dstport <= 1007" \
	-T fields -e tcp.dstport -e icmp.code | sort -u | tr '\t' ' ' >"$TMP/codes"
printf '%s\n' "1001 0" "1002 1" "1003 2" "1004 3" "1005 9" "1006 10" "1007 13" |
	diff - "$TMP/codes" || die "ICMP codes"
decoded "$TMP/lan.pcap" "icmpv6.type <= 4 && tcp.dstport >= 1001 && tcp.dstport <= 1007" \
	-T fields -e tcp.dstport -e icmpv6.type -e icmpv6.code | sort -u | tr '\t' ' ' >"$TMP/codes6"
printf '%s\n' "1001 1 0" "1002 1 1" "1003 1 2" "1004 1 3" "1005 1 4" "1006 1 7" "1007 1 8" |
	diff - "$TMP/codes6" || die "ICMPv6 codes"
for host in $WAN4 $WAN6; do
	family=ip; [ $host = $WAN4 ] || family=ipv6
	[ -n "$(decoded "$TMP/lan.pcap" "tcp.flags.reset == 1 && tcp.srcport == 1008 && $family.src == $host")" ] ||
		die "no reset from $host"
done
expect_good_checksums "$LAN"
stop_sluiced
