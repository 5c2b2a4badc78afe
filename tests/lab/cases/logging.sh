#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Log lines on their way to a syslog server, and a flood of them: nothing waits.
. "$(dirname "$0")/../lib.sh"

lab_network
{
	home_config
	cat <<-RSC
		/system identity
		set name=gate
		/system logging action
		set 3 remote=$WAN4 remote-port=5514 bsd-syslog=yes syslog-facility=local0
		/system logging
		add action=remote topics=firewall prefix=fw
		/ip firewall filter
		add chain=forward protocol=udp dst-port=9 action=log log-prefix=seen
	RSC
} >"$TMP/logging.rsc"
cat >"$TMP/server.py" <<-'PY'
	import socket, sys

	sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	sock.bind(("0.0.0.0", 5514))
	print("ready", flush=True)
	while True:
	    print(sock.recv(4096).decode(), flush=True)
PY
background server ip netns exec "$WAN" /usr/bin/python3 "$TMP/server.py"
wait_for 10 grep -q ready "$TMP/server.log"
start_sluiced "$TMP/logging.rsc"
start_echo "$WAN"
wait_for 10 lan ping -c 1 -W 1 $WAN4

say "one line"
peer "$LAN" udp $WAN4 9
wait_for 5 grep -q seen "$TMP/server.log"
expect "datagram" "$(grep seen "$TMP/server.log" | tail -n 1)" \
	"<134>??? ?? ??:??:?? gate firewall,info fw: seen forward: in:lan out:wan, connection-state:new src-mac *, proto UDP, $LAN4:*->$WAN4:9, len 32"
sluice '/log print' | grep -q 'firewall,info seen forward' || die "not kept"

say "a server that is not there, and an unplugged one"
sluice '/system logging action set remote remote=192.0.2.1'
peer "$LAN" udp $WAN4 9
sluice "/system logging action set remote remote=$WAN4"
background follow "$SLUICE" '/log print follow-only where topics~"warning"'
follow=$lab_last

say "a flood of lines"
background pace peer "$LAN" pace $WAN4 7 100; pace=$lab_last
wait_for 10 grep -q open "$TMP/pace.log"
sluice '/ip firewall filter add chain=forward action=log log-prefix=flood place-before=0'
lan ping -q -f -c 3000 -W 1 $WAN4 >/dev/null
kill -TERM "$pace"
wait "$pace" || :
cat "$TMP/pace.log"
grep -q ' lost 0 ' "$TMP/pace.log" || die "packets were lost"
[ "$(counter log-lost)" -gt 1000 ] || die "nothing was suppressed"
wait_for 5 sluice ':if ([:len [/log find where message~"log lines were suppressed"]] = 0) do={:error "not told"}'
wait_for 5 grep -q 'log lines were suppressed' "$TMP/follow.log"
kill -INT "$follow"
lines=$(grep -c flood "$TMP/server.log")
echo "$lines lines came, $(counter log-lost) were suppressed"
[ "$lines" -ge 100 ] && [ "$lines" -le 2000 ] || die "the rate"
stop_sluiced
