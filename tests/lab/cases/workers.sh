#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two workers, both directions of translated flows: everything works, and flows that
# sluice may choose ports for never change workers.
WORKERS=2
. "$(dirname "$0")/../lib.sh"

lab_network
wan ip route add 192.168.88.0/24 via $WANGW4
{
	home_config
	cat <<-'RSC'
		/ip firewall nat
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=7000 protocol=tcp to-addresses=192.168.88.10 to-ports=7
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=7000 protocol=udp to-addresses=192.168.88.10 to-ports=7
	RSC
} >"$TMP/workers.rsc"
start_sluiced "$TMP/workers.rsc"
start_echo "$LAN"
start_echo "$WAN"
# Neighbours first: packets that wait for one are not what is counted here.
lan ping -c 1 -W 2 $WAN4
lan ping -c 1 -W 2 $WAN6

say "masquerade"
before=$(counter handoff-sent)
peer "$LAN" flows $WAN4 7 100 100
after=$(counter handoff-sent)
expect "packets handed over" $((after - before)) 0
peer "$LAN" flows $WAN6 7 50 50
expect "and none for IPv6" $(($(counter handoff-sent) - after)) 0

say "ports taken: the second host's clash with the first's"
lan ip addr add 192.168.88.11/24 dev eth0
cat >"$TMP/clash.py" <<-PY
	import socket
	socks = []
	for host in "$LAN4", "192.168.88.11":
	    for port in range(20000, 20100):
	        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	        s.settimeout(5)
	        s.bind((host, port))
	        s.connect(("$WAN4", 7))
	        s.send(b"x%d" % port)
	        assert s.recv(100) == b"x%d" % port
	        socks.append(s)
PY
before=$(counter handoff-sent)
lan /usr/bin/python3 "$TMP/clash.py"
expect "packets handed over" $(($(counter handoff-sent) - before)) 0

say "dst-nat to another port: nothing to choose, so some change workers"
before=$(counter handoff-sent)
peer "$WAN" flows $WANGW4 7000 100 100
handed=$(($(counter handoff-sent) - before))
echo "packets handed over: $handed"
[ $handed -gt 0 ] || die "that cannot be"

say "everything at once, both ways, with pings, large ones too"
background in peer "$WAN" flows $WANGW4 7000 50 50; in=$lab_last
background out peer "$LAN" flows $WAN4 7 50 50; out=$lab_last
# Until all answers are there: without -w, ping waits only twice the longest time.
for i in $(seq 10); do
	background "ping$i" lan ping -q -c 10 -i 0.02 -w 10 -s $((i * 400)) $WAN4
	eval "ping$i=$lab_last"
done
end_of in "$in"
end_of out "$out"
for i in $(seq 10); do
	eval "end_of ping$i \$ping$i"
	grep -q ' 0% packet loss' "$TMP/ping$i.log" || die "$(cat "$TMP/ping$i.log")"
done
sluice '/system sluice counters print where name~"handoff"'
expect "received" "$(counter handoff-received)" "$(counter handoff-sent)"
expect "none lost" "$(counter handoff-full)" 0
stop_sluiced
