#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# pptpd and pptp: GRE passes as related and nothing else lets it; untranslated, two
# clients with one call id behind one address, a server behind a forwarded port. A
# call that ends takes its GRE connection with it.
. "$(dirname "$0")/../lib.sh"

LAN2=sl-lan2-$$ LAN2_4=192.168.89.10
PPP=$LAB_ROOT/tests/lab/ppp.py

# Calls may be made from the LANs, and to what is forwarded; all else is related.
pptp_config() {
	cat <<-'RSC'
		/interface ethernet
		set [ find default-name=ether1 ] name=wan
		set [ find default-name=ether2 ] name=lan
		set [ find default-name=ether3 ] name=lan2
		/ip address
		add address=192.168.88.1/24 interface=lan
		add address=192.168.89.1/24 interface=lan2
		add address=198.51.100.1/24 interface=wan
		/ip firewall filter
		add action=accept chain=forward connection-state=established
		add action=accept chain=forward connection-state=related connection-type=pptp
		add action=drop chain=forward connection-state=invalid
		add action=accept chain=forward connection-nat-state=dstnat
		add action=accept chain=forward in-interface=!wan protocol=tcp dst-port=1723
		add action=drop chain=forward
	RSC
}

# serve NAME NS ADDRESS: pptpd there
serve() {
	local name=$1 ns=$2
	mkdir "$TMP/$name"
	printf '#!/bin/sh\nPPP_LOG=%s exec %s answer\n' "$TMP/$name/ppp.log" "$PPP" \
		>"$TMP/$name/pppd"
	chmod +x "$TMP/$name/pppd"
	: >"$TMP/$name/options"
	cat >"$TMP/$name/pptpd.conf" <<-CONF
		option $TMP/$name/options
		ppp $TMP/$name/pppd
		listen $3
		localip 10.99.0.1
		remoteip 10.99.0.10-50
	CONF
	background "$name" ip netns exec "$ns" pptpd -f -c "$TMP/$name/pptpd.conf" \
		-p "$TMP/$name/pid"
	wait_for 10 in_ns "$ns" sh -c 'ss -Hltn sport = 1723 | grep -q .'
}

# call NAME NS SERVER: pptp calls from there.  It throws dice for its call id: ours
# fall alike every time.  What it keeps for all calls of a machine is a namespace's.
call() {
	local name=$1 ns=$2 server=$3
	head -c 64 /dev/zero | tr '\0' '!' >"$TMP/dice"
	background "$name" ip netns exec "$ns" sh -ec '
		mount --bind "$1" /dev/random
		mkdir -p /run/pptp
		mount -t tmpfs none /run/pptp
		exec "$2" call "$3"' sh "$TMP/dice" "$PPP" "$server"
	eval "${name}_pid=$lab_last"
	wait_for 20 grep -q exchanged "$TMP/$name.log"
}

# hang_up NAME: it must have had all its answers
hang_up() {
	local pid
	eval "pid=\$$1_pid"
	kill "$pid"
	end_of "$1" "$pid"
	grep 'hung up' "$TMP/$1.log"
}

tunnels() { sluice '/ip firewall connection print count-only where protocol=gre'; }
has_tunnels() { [ "$(tunnels)" = "$1" ]; }

# still_talks NAME: its tunnel goes on
still_talks() {
	local pid
	eval "pid=\$$1_pid"
	sleep 0.5
	kill -0 "$pid" || die "$1: $(tail -n 3 "$TMP/$1.log")"
}

# ids_in PCAP TYPE FIELD: what messages of that type say there
ids_in() {
	decoded "$1" "pptp.control_message_type == $2" -T fields -e "$3" | sort -un
}

lab_network
new_ns "$LAN2"
cable "$LAN2" eth0 "$RTR" ether3
lan2() { in_ns "$LAN2" "$@"; }
lan2 ip addr add $LAN2_4/24 dev eth0
lan2 ip route add default via 192.168.89.1

say "not translated"
wan ip route add 192.168.88.0/23 via $WANGW4
pptp_config >"$TMP/plain.rsc"
start_sluiced "$TMP/plain.rsc"
serve outside "$WAN" $WAN4
call plain "$LAN" $WAN4
expect "tunnels" "$(tunnels)" 1
expect "expected ones" "$(sluice '/ip firewall connection print count-only where protocol=gre expected connection-type=pptp')" 1
expect "translated ones" "$(sluice '/ip firewall connection print count-only where srcnat || dstnat')" 0
hang_up plain
wait_for 3 has_tunnels 0
stop_sluiced
wan ip route del 192.168.88.0/23

say "two clients behind one address, with one call id"
{
	pptp_config
	cat <<-'RSC'
		/ip firewall nat
		add action=masquerade chain=srcnat out-interface=wan
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=1723 protocol=tcp to-addresses=192.168.88.10
	RSC
} >"$TMP/nat.rsc"
start_sluiced "$TMP/nat.rsc"
capture wan "$WAN" eth0
capture lan "$LAN" eth0
capture lan2 "$LAN2" eth0
call one "$LAN" $WAN4
call two "$LAN2" $WAN4
expect "tunnels" "$(tunnels)" 2
sluice '/ip firewall connection print detail where protocol=gre'
expect "expected, translated" "$(sluice '/ip firewall connection print count-only where protocol=gre expected (srcnat || dstnat) connection-type=pptp')" 2

say "one hangs up: its tunnel ends, the other's goes on"
hang_up one
wait_for 3 has_tunnels 1
still_talks two

say "an error about a translated GRE packet reaches who sent it"
wan /usr/bin/python3 - $WANGW4 $WAN4 <<'PY'
import sys
from scapy.all import ICMP, IP, Raw, conf, send, sniff

conf.verb = 0
router, own = sys.argv[1:]
gre = sniff(iface="eth0", count=1, timeout=10, lfilter=lambda p:
            IP in p and p[IP].proto == 47 and p[IP].src == router)[0][IP]
send(IP(src=own, dst=router) / ICMP(type=3, code=1) /
     Raw(bytes(gre)[:28]))
PY

say "the control connection goes: so does its tunnel"
sluice '/ip firewall connection remove [find where protocol=tcp]'
wait_for 3 has_tunnels 0
kill "$two_pid"
wait "$two_pid" || :
end_capture wan; end_capture lan; end_capture lan2
expect_clean_wan "$TMP/wan.pcap"
expect "who is told, and of whose packet" \
	"$(decoded "$TMP/lan2.pcap" 'icmp.type == 3 && icmp.code == 1' -T fields -e ip.dst -e ip.src)" \
	"$LAN2_4,$WAN4	$WAN4,$LAN2_4"
expect "call id of one" "$(ids_in "$TMP/lan.pcap" 7 pptp.call_id | wc -l)" 1
expect "the other's" "$(ids_in "$TMP/lan2.pcap" 7 pptp.call_id)" \
	"$(ids_in "$TMP/lan.pcap" 7 pptp.call_id)"
expect "what the server was told" "$(ids_in "$TMP/wan.pcap" 7 pptp.call_id | wc -l)" 2

say "a server behind a forwarded port"
serve inside "$LAN" $LAN4
call in "$WAN" $WANGW4
expect "tunnels" "$(sluice '/ip firewall connection print count-only where protocol=gre expected (srcnat || dstnat)')" 1
hang_up in
wait_for 3 has_tunnels 0
grep -q end "$TMP/inside/ppp.log" || die "the server's pppd was not told"

say "GRE without a call stays out"
peer_gre() {
	in_ns "$1" /usr/bin/python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
s.sendto(bytes.fromhex("2001880b00000001"), (sys.argv[1], 0))' "$2"
}
peer_gre "$LAN" $WAN4
peer_gre "$WAN" $WANGW4
sleep 0.3
expect "tunnels through the router" "$(sluice '/ip firewall connection print count-only where protocol=gre src-address=192.168.88.10')" 0
stop_sluiced
