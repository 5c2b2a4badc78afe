#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 50 phones with SIPp: registration, calls with media both ways, hold, resume and
# BYE; untranslated, behind masquerade, to a server behind a forwarded port; UDP and
# TCP, both families.  The filter lets in requests and what is established or
# related: media comes through by the helper alone.
. "$(dirname "$0")/../lib.sh"

command -v sipp >/dev/null || skip "no sipp"
PHONES=$(sized 50 10)

lab_network
wan ip route add 192.168.88.0/24 via $WANGW4
{
	requests_only udp:5060,5061 tcp:5060,5061
	cat <<-RSC
		/ip firewall nat
		add action=masquerade chain=srcnat comment=srcnat disabled=yes out-interface=wan
		add action=dst-nat chain=dstnat dst-address=$WANGW4 dst-port=5060,5061 protocol=udp to-addresses=$LAN4
	RSC
} >"$TMP/sip.rsc"
start_sluiced "$TMP/sip.rsc"
for version in 4 6; do
	mkdir "$TMP/ip$version"
	"$LAB_ROOT/tests/lab/sip/make.py" "$TMP/ip$version" $version
done

# sip NAME NS SCENARIO LOCAL-ADDRESS ...: SIPp there
sip() {
	local name=$1 ns=$2 version=4 scenario=$3 address=$4; shift 4
	case $address in *:*) version=6; address="[$address]" ;; esac
	in_ns "$ns" timeout 60 sipp -sf "$TMP/ip$version/$scenario.xml" -i "$address" \
		-nostdin -max_socket 500 -cid_str %u-%p@phone -trace_err -error_file "$TMP/$name.err" -m "$PHONES" "$@" \
		>"$TMP/$name.log" 2>&1 ||
		{ tail -n 40 "$TMP/$name.log"; cat "$TMP/$name.err"; return 1; } >&2
}

# The connections that carried media, by how many packets they had.
media() {
	sluice "/ip$2 firewall connection print count-only where expected connection-type=sip protocol=udp $1"
}

# calls TITLE NS ADDRESS SERVER-NS SERVER-ADDRESS DESTINATION TRANSPORT
calls() {
	local title=$1 ns=$2 from=$3 server=$4 at=$5 to=$6 transport=$7 v= f=
	case $to in *:*) v=v6 to="[$to]" ;; esac
	case $transport in u*) f=-t\ u1 ;; *) f=-t\ t1 ;; esac
	sluice "/ip$v firewall connection remove [find]"
	# shellcheck disable=SC2086 # two words
	background answer sip answer "$server" answer "$at" -p 5060 -mp 30000 $f
	local answer_pid=$lab_last
	# shellcheck disable=SC2086
	background registrar sip registrar "$server" registrar "$at" -p 5061 -mp 29000 $f
	local registrar_pid=$lab_last
	sleep 0.5
	sip register "$ns" register "$from" -p 6060 -t "$transport" -r 50 "$to:5061" ||
		die "$title: nobody can register"
	end_of registrar "$registrar_pid"
	sip call "$ns" call "$from" -p 7060 -mp 20000 -t "$transport" -r 25 "$to:5060" ||
		die "$title: calls fail"
	end_of answer "$answer_pid"
	sluice "/ip$v firewall connection print where connection-type=sip" | head -n 6
	expect "$title, media of phones, both ways" \
		"$(media 'repl-packets>0 orig-packets>0' "$v")" "$PHONES"
}

say "without translation"
calls plain "$LAN" $LAN4 "$WAN" $WAN4 $WAN4 un
calls "plain, TCP" "$LAN" $LAN4 "$WAN" $WAN4 $WAN4 tn

say "behind masquerade"
sluice '/ip firewall nat enable [find comment=srcnat]'
capture wan "$WAN" eth0
calls masqueraded "$LAN" $LAN4 "$WAN" $WAN4 $WAN4 un
calls "masqueraded, TCP" "$LAN" $LAN4 "$WAN" $WAN4 $WAN4 tn
end_capture wan
expect "inside addresses in what is said outside" \
	"$(decoded "$TMP/wan.pcap" "sip contains \"$LAN4\"" | wc -l)" 0

say "to a server behind a forwarded port"
calls forwarded "$WAN" $WAN4 "$LAN" $LAN4 $WANGW4 un

say "IPv6"
calls six "$LAN" $LAN6 "$WAN" $WAN6 $WAN6 un

say "calls that ended expect nothing"
sluice '/ip firewall connection remove [find]' '/ipv6 firewall connection remove [find]'
wait_for 5 bash -c "$SLUICE ':put [/system sluice plugin get [find name=sip] expectations]' | grep -qx 0"

expect_good_checksums "$LAN"
expect_good_checksums "$WAN"
