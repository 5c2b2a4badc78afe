#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The RouterOS API with the real client library, and export: what it prints loads
# into another sluiced as the same configuration.
. "$(dirname "$0")/../lib.sh"

lab_network
{
	home_config
	cat <<-'RSC'
		/ip firewall filter
		add action=reject chain=forward comment="two words, \"quoted\"" dst-port=25,465-587 log=yes log-prefix=mail: protocol=tcp reject-with=tcp-reset
		add action=accept chain=input disabled=yes limit=10/1m,5:packet protocol=icmp
		/ip firewall address-list
		add address=203.0.113.0/24 list=test comment="a network"
		add address=198.51.100.7-198.51.100.9 list=test
		/ip firewall nat
		add action=dst-nat chain=dstnat dst-port=8080 in-interface=wan protocol=tcp to-addresses=192.168.88.10 to-ports=80
		/ip route
		add distance=1 dst-address=203.0.113.0/24 gateway=198.51.100.2
		add blackhole comment=hole dst-address=10.0.0.0/8
		/ip firewall connection tracking
		set udp-timeout=20s
		/system identity
		set name="a router"
	RSC
} >"$TMP/full.rsc"
start_sluiced "$TMP/full.rsc"

say "librouteros"
status=0
/usr/bin/python3 "$LAB_ROOT/tests/lab/api_session.py" "$SLUICE_SOCKET" || status=$?
[ $status != 77 ] || skip "librouteros is not installed"
[ $status = 0 ] || die "the API session failed"

say "export and load again"
sluice '/export' >"$TMP/one.rsc"
cat "$TMP/one.rsc"
stop_sluiced
start_sluiced "$TMP/one.rsc"
sluice '/export' >"$TMP/two.rsc"
strip() { grep -v '^# ' "$1"; }
diff <(strip "$TMP/one.rsc") <(strip "$TMP/two.rsc") || die "the export of the export differs"
for menu in '/ip firewall filter' '/ip firewall nat' '/ip firewall address-list' \
	'/ip route' '/ip address' '/interface list member'; do
	sluice "$menu print count-only"
done | paste -sd' ' >"$TMP/counts"
expect "items" "$(cat "$TMP/counts")" "9 2 2 * 2 2"
stop_sluiced
