#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Ports of one public address: clients that clash, a pool of two ports that runs out
# and recovers, a service of the router's own, three hundred thousand connections.
. "$(dirname "$0")/../lib.sh"

[ -x "$BUILD/bench/blast" ] || skip "bench/blast was not built"
OTHER4=192.168.88.11 THIRD4=192.168.88.12
lab_network
for host in $OTHER4 $THIRD4; do lan ip addr add $host/24 dev eth0; done
for i in 1 2 3 4 5 6 7 8; do wan ip addr add 198.51.100.1$i/24 dev eth0; done
{
	home_config
	cat <<-'RSC'
		/ip firewall nat
		add action=src-nat chain=srcnat dst-port=7007 place-before=0 protocol=udp to-addresses=198.51.100.1 to-ports=6000-6001
		/ip firewall connection tracking
		set udp-timeout=10m
	RSC
} >"$TMP/pool.rsc"
start_sluiced "$TMP/pool.rsc"
start_echo "$WAN" 80
background echo2 peer "$WAN" echo 7007
wait_for 10 grep -q ready "$TMP/echo2.log"
connections() { sluice "/ip firewall connection print count-only $*"; }
# pool PROTOCOL COLUMN
pool() { sluice ":put [/system sluice nat-pool get [find protocol=$1] $2]"; }
# client KIND HOST PORT SERVER SERVER-PORT STAY: "answer" or "silent", from that
# address and port; stays so many seconds
cat >"$TMP/client.py" <<-'PY'
	import socket, sys, time
	kind, host, port, server, sport, stay = sys.argv[1:]
	s = socket.socket(socket.AF_INET, getattr(socket, "SOCK_" + kind))
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.settimeout(2)
	s.bind((host, int(port)))
	try:
	    s.connect((server, int(sport)))
	    s.send(b"hello")
	    print("answer" if s.recv(100) == b"hello" else "wrong", flush=True)
	except TimeoutError:
	    print("silent", flush=True)
	time.sleep(float(stay))
PY
client() { lan /usr/bin/python3 "$TMP/client.py" "$@"; }
# Where a connection's answers come in: the public port (or id).
reply_port() {
	sluice ":put [/ip firewall connection get [find $*] reply-dst-address]" |
		sed 's/.*://'
}

say "two clients, one source port, one server"
for kind in STREAM DGRAM; do
	background "first-$kind" client $kind $LAN4 20000 $WAN4 7 60
	background "second-$kind" client $kind $OTHER4 20000 $WAN4 7 60
	for n in first second; do
		wait_for 10 grep -q . "$TMP/$n-$kind.log"
		expect "$n $kind" "$(cat "$TMP/$n-$kind.log")" answer
	done
done
for proto in tcp udp; do
	one=$(reply_port "protocol=$proto src-address=\"$LAN4:20000\"")
	two=$(reply_port "protocol=$proto src-address=\"$OTHER4:20000\"")
	echo "$proto: $one and $two"
	[ "$one" != "$two" ] || die "both have port $one"
	[ "$one" = 20000 ] || [ "$two" = 20000 ] || die "nobody kept 20000"
	[ "$one" -ge 1024 ] && [ "$two" -ge 1024 ] || die "the class was left"
	expect "connections of the pool" "$(pool $proto connections)" 2
done

say "and one echo id"
background ping1 lan ping -q -I $LAN4 -e 4242 -c 5 -i 0.2 -W 2 $WAN4; ping1=$lab_last
background ping2 lan ping -q -I $OTHER4 -e 4242 -c 5 -i 0.2 -W 2 $WAN4; ping2=$lab_last
end_of ping1 "$ping1"
end_of ping2 "$ping2"
for n in 1 2; do
	grep -q '5 received' "$TMP/ping$n.log" || die "$(cat "$TMP/ping$n.log")"
done
expect "ids in use" "$(pool icmp busiest)" 2

say "a pool of two ports"
refused=$(counter nat-ports)
for host in $LAN4 $OTHER4; do
	expect "$host" "$(client DGRAM $host 20001 $WAN4 7007 0)" answer
done
expect "the third" "$(client DGRAM $THIRD4 20001 $WAN4 7007 0)" silent
expect "dropped" $(($(counter nat-ports) - refused)) '[1-9]*'
expect "refused by the pool" "$(pool udp refused)" "$(($(counter nat-ports) - refused))"
expect "its ports" "$(for h in $LAN4 $OTHER4; do
	reply_port "src-address=\"$h:20001\""; done | sort | xargs)" "6000 6001"
refused=$(counter nat-ports)
sluice "/ip firewall connection remove [find src-address=\"$OTHER4:20001\"]"
expect "the third, now" "$(client DGRAM $THIRD4 20001 $WAN4 7007 0)" answer
expect "the first still" "$(client DGRAM $LAN4 20001 $WAN4 7007 0)" answer
expect "dropped" $(($(counter nat-ports) - refused)) 0

say "a service of the router"
background service peer "$RTR" echo 5555
wait_for 10 grep -q ready "$TMP/service.log"
wait_for 5 rtr sh -c 'ss -Hlun sport = 5555 | grep -q .'
# is_left KIND PROTOCOL: a client with its port gets another one
is_left() {
	local of="protocol=$2 src-address=\"$LAN4:5555\""
	sluice "/ip firewall connection remove [find $of]"
	[ "$(client "$1" $LAN4 5555 $WAN4 7 0)" = answer ] && [ "$(reply_port "$of")" -ne 5555 ]
}
# It is known within a second.
wait_for 3 is_left DGRAM udp
wait_for 3 is_left STREAM tcp

each=$(sized 18750 1500) pps=$(sized 40000 8000)
say "$((each * 16)) connections: two hosts with the same ports, eight servers"
mac=$(rtr cat /sys/class/net/ether2/address)
before=$(connections 'where dst-address~":9$"')
started=$SECONDS
# On a busy machine not every frame of the first round comes through.
for round in 1 2 3 4; do
	for server in 1 2 3 4 5 6 7 8; do
		for host in $LAN4 $OTHER4; do
			lan "$BUILD/bench/blast" eth0 "$mac" $host 198.51.100.1$server \
				"$each" "$(awk "BEGIN { print $each / $pps + 0.05 }")" "$pps" >/dev/null
		done
	done
	open=$(connections 'where dst-address~":9$"')
	echo "open after round $round, $((SECONDS - started)) s: $open"
	[ "$open" -lt $((each * 16)) ] || break
done
expect "all are open" "$open" $((each * 16))
expect "nothing refused" "$(counter nat-ports)" "$refused"
sluice '/system sluice nat-pool print'
expect "ports towards the busiest server" "$(pool udp busiest)" $((each * 2))
sluice '/ip firewall connection print terse proplist=reply-src-address,reply-dst-address where dst-address~":9$"' |
	sed 's/^ *[0-9]* *//; s/^[A-Za-z ]* r/r/' >"$TMP/tuples"
expect "reply tuples" "$(sort -u "$TMP/tuples" | wc -l)" $((each * 16))

say "and none"
sluice '/ip firewall connection remove [find]'
expect "ports that are left" "$(pool udp connections)" 0
stop_sluiced
