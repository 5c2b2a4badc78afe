#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# DNS names in address lists: what a name server says is in the list for as long as
# its TTL says, and rules act on it.
. "$(dirname "$0")/../lib.sh"

lab_network
{
	home_config
	cat <<-RSC
		/ip firewall address-list
		add address=web.example.test list=blocked
		add address=nowhere.example.test list=blocked
		add address=off.example.test disabled=yes list=blocked
		/ipv6 firewall address-list
		add address=web.example.test list=blocked
		/ip firewall filter
		add action=reject chain=forward dst-address-list=blocked place-before=0
		/ipv6 firewall filter
		add action=reject chain=forward dst-address-list=blocked place-before=0
	RSC
} >"$TMP/names.rsc"

# serve ADDRESS...: the name server answers with these, from now on
serve() {
	local a
	for a in "$@"; do echo "$a web.example.test"; done >"$TMP/hosts"
	[ -z "${dns:-}" ] || kill -HUP "$dns"
}
serve $WAN4 203.0.113.9 $WAN6
chmod 755 "$TMP"
background dns in_ns "$WAN" dnsmasq --keep-in-foreground --conf-file=/dev/null \
	--no-resolv --no-hosts --pid-file= --user=root --addn-hosts="$TMP/hosts" \
	--local=/example.test/ --local-ttl=5
dns=$lab_last
wait_for 10 wan dig +short +time=1 +tries=1 @$WAN4 web.example.test

# Only this sluiced goes by this resolv.conf: "ip netns exec" has mounts of its own.
echo "nameserver $WAN4" >"$TMP/resolv.conf"
cat >"$TMP/sluiced" <<-RUN
	#!/bin/sh
	mount --bind $TMP/resolv.conf /etc/resolv.conf && exec $SLUICED "\$@"
RUN
chmod +x "$TMP/sluiced"
SLUICED=$TMP/sluiced
start_sluiced "$TMP/names.rsc"

resolved() { sluice '/ip firewall address-list print count-only where dynamic list=blocked'; }
has() { [ "$(sluice ":put [:len [/ip firewall address-list find dynamic address=$1]]")" = 1 ]; }
say "the name's addresses are in the list"
wait_for 15 has $WAN4
has 203.0.113.9 || die "the second address is missing"
sluice '/ip firewall address-list print' '/ipv6 firewall address-list print'
expect "how many" "$(resolved)" 2
wait_for 5 eval 'sluice "/ipv6 firewall address-list print" | grep -q $WAN6'
# NAME LINE EXPECTED: the line of the entry
line_of() { sluice '/ip firewall address-list print terse' | grep "$1"; }
expect "a name that is not there" "$(line_of address=nowhere)" "*I*"
expect "a name that is there" "$(line_of address=web)" "[ 0-9]* list=blocked*"
status=0
lan ping -c 1 -W 2 $WAN4 >"$TMP/ping" || status=$?
expect "ping to it" "$status $(grep -c -i 'unreachable' "$TMP/ping")" "1 [1-9]*"
status=0
lan ping -c 1 -W 2 $WAN6 >"$TMP/ping" || status=$?
expect "ping to it, IPv6" "$status" "1"

say "an edit of the entry leaves no gap"
sluice '/ip firewall address-list set [find address=web.example.test] comment=web'
expect "at once" "$(resolved)" 2

say "the name moves"
serve 203.0.113.9 $WAN6
wait_for 20 eval '! has $WAN4'
has 203.0.113.9 || die "the address that stayed is gone"
lan ping -c 1 -W 2 $WAN4

say "the name server is silent: what was known stays"
kill "$dns"
sleep 7
expect "entries" "$(resolved)" 1

say "the entry goes, and its addresses with it"
sluice '/ip firewall address-list remove [find address=web.example.test]'
wait_for 5 eval '[ "$(resolved)" = 0 ]'
expect "export" "$(sluice '/ip firewall address-list export' | grep -c '^add')" 2
stop_sluiced
