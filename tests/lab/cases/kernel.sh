#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What sluiced does to the kernel, and leaves there: nothing by a config error,
# nothing after SIGTERM, and after kill -9 nothing is forwarded around the firewall.
. "$(dirname "$0")/../lib.sh"

lab_network
wan ip route add 192.168.88.0/24 via $WANGW4
# A kernel that would route, if it were let.
rtr sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
rtr ip addr add $LANGW4/24 dev ether2
rtr ip addr add $WANGW4/24 dev ether1
lan ping -c 1 -W 2 $WAN4
rtr ip addr flush dev ether2 scope global
rtr ip addr flush dev ether1 scope global
{
	home_config
	cat <<-'RSC'
		/ip route
		add blackhole dst-address=10.0.0.0/8
		add dst-address=203.0.113.0/24 gateway=198.51.100.2
		/ipv6 route
		add blackhole=yes dst-address=2001:db8:dead::/48
	RSC
} >"$TMP/good.rsc"

# What the kernel has, without what changes by itself.
state() {
	rtr ip -d -o link
	rtr ip -o addr
	rtr ip route show table all
	rtr ip -6 route show table all
	rtr nft list ruleset
	rtr sysctl -a 2>/dev/null | grep -E '\.(ether1|ether2|all|default)\.' |
		grep -E 'forwarding|disable_ipv6|accept_|rp_filter|arp_'
}
normal() {
	state | sed -E 's/ expires [0-9]+sec//; s/valid_lft [^ ]+ preferred_lft [^ ]+//;
		s/^[0-9]+: //; s/ state [A-Z]+//; s/ tentative//' | sort
}
same() { normal >"$TMP/after"; diff "$TMP/before" "$TMP/after"; }
no_trace() {
	# Link-local addresses are back as soon as IPv6 is.
	(wait_for 3 same) || same ||
		die "the kernel's state is another one after $1"
	[ ! -e "$SLUICE_SOCKET" ] || die "the socket file is left after $1"
}
# The hosts' link-local addresses have settled.
settled() { ! rtr ip -6 addr | grep -q tentative; }
wait_for 10 settled
normal >"$TMP/before"

say "a config with mistakes"
{
	home_config
	echo '/ip firewall filter'
	echo 'add chain=forward action=nonsense'
	echo 'add chain=forward protocol=tcp dst-port=99999'
	echo '/ip firewall natt'
	echo 'add chain=srcnat'
	echo '/ip address'
	echo 'add address=300.1.2.3/24 interface=lan'
	echo 'add address=10.1.2.3/24 interface=nowhere'
	echo ':put "unclosed'
} >"$TMP/bad.rsc"
first=$(grep -n nonsense "$TMP/bad.rsc" | cut -d: -f1)
status=0
rtr "$SLUICED" "$TMP/bad.rsc" >"$TMP/bad.out" 2>"$TMP/bad.err" || status=$?
cat "$TMP/bad.err"
expect "exit status" "$status" 1
[ ! -s "$TMP/bad.out" ] || die "it said: $(cat "$TMP/bad.out")"
for line in "$first" $((first + 1)); do
	grep -Eq "^$TMP/bad.rsc:$line:[0-9]+: ." "$TMP/bad.err" || die "line $line is not named"
done
no_trace "a config error"
rtr "$SLUICED" --check "$TMP/good.rsc" || die "--check of a good config"
no_trace "--check"
status=0
rtr "$SLUICED" "$TMP/none.rsc" 2>"$TMP/bad.err" || status=$?
expect "no such file" "$status $(cat "$TMP/bad.err")" "1 *none.rsc*No such file*"

say "SIGTERM"
start_sluiced "$TMP/good.rsc"
rtr ip route | grep -q 'blackhole 10.0.0.0/8' || die "the route was not placed"
rtr nft list ruleset | grep -q netdev || die "where is the shield?"
lan ping -c 1 -W 2 $WAN4
stop_sluiced
no_trace "SIGTERM"

say "kill -9 under traffic"
start_sluiced "$TMP/good.rsc"
lan ping -c 1 -W 2 $WAN4
background flood in_ns "$LAN" ping -q -i 0.005 $WAN4
background flood6 in_ns "$LAN" ping -q -i 0.005 $WAN6
capture wan "$WAN" eth0 'icmp[icmptype] == icmp-echo or (icmp6 and ip6[40] == 128)'
capture_has() { [ "$(tcpdump -n -r "$TMP/wan.pcap" 2>/dev/null | wc -l)" -gt 20 ]; }
wait_for 5 capture_has
kill -9 "$SLUICED_PID"
wait "$SLUICED_PID" 2>/dev/null || :
killed=$(date +%s.%N)
# The worst case: somebody gives the netdevs addresses.
rtr ip addr add $LANGW4/24 dev ether2
rtr ip addr add $WANGW4/24 dev ether1
# Now the kernel has addresses, routes and ip_forward=1, and traffic comes in.
lan ping -c 10 -i 0.1 -W 1 $LANGW4 >/dev/null || :
end_capture wan
late=$(tshark -n -r "$TMP/wan.pcap" -Y "frame.time_epoch > $killed" 2>/dev/null | wc -l)
expect "packets the kernel forwarded" "$late" 0
rtr ip -o link | grep ': sl-' && die "a TAP is left"
rtr nft list tables | grep -i sluice && die "a shield without its process is left"
rtr ip addr del $LANGW4/24 dev ether2
rtr ip addr del $WANGW4/24 dev ether1

say "and the next start works, over what was left"
start_sluiced "$TMP/good.rsc"
lan ping -c 2 -i 0.2 -W 2 $WAN4
lan ping -c 2 -i 0.2 -W 2 $WAN6
stop_sluiced
