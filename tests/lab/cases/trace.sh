#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# /tool trace on a live router: over the console, as JSON and over the API, while
# real programs talk; it ends by count, by time and by Ctrl-C, and leaves nothing.
. "$(dirname "$0")/../lib.sh"

lab_network
{
	home_config
	echo "/ip firewall raw"
	echo "add chain=prerouting protocol=udp dst-port=666 action=drop comment=evil"
} >"$TMP/trace.rsc"
start_sluiced "$TMP/trace.rsc"
start_echo "$WAN"

# traced COMMAND: begins it, and returns when it is in force
traced() {
	background trace "$SLUICE" "$@"
	trace=$lab_last
	sleep 0.3
}

# Neighbours are known from now on.
wait_for 10 lan ping -c 1 -W 1 $WAN4

say "a connection, by count"
traced '/tool trace protocol=tcp dst-port=7 in-interface=lan count=1'
peer "$LAN" talk $WAN4 7 3 10
end_of trace "$trace"
cat "$TMP/trace.log"
grep -Eq "^ +1 packet +in:lan tcp S $LAN4:[0-9]+->$WAN4:7 len 60" "$TMP/trace.log" || die "no packet"
grep -Eq '^ +1 state +new' "$TMP/trace.log" || die "no state"
grep -Eq '^ +1 rule +nat srcnat \*[0-9A-F]+ masquerade' "$TMP/trace.log" || die "no rule"
grep -Eq "^ +1 translated +$WANGW4:[0-9]+->$WAN4:7" "$TMP/trace.log" || die "no translation"
grep -Eq '^ +1 end +sent out:wan' "$TMP/trace.log" || die "no end"
[ "$(grep -c ' packet ' "$TMP/trace.log")" = 1 ] || die "more than one packet"

say "why a packet does not come through, as JSON"
traced --json '/tool trace protocol=udp dst-port=666 count=1'
peer "$LAN" udp $WAN4 666
end_of trace "$trace"
cat "$TMP/trace.log"
expect "the rule" "$(jq -r 'select(.step == "rule") | .table + " " + .chain + " " + .action + " " + .message' "$TMP/trace.log")" "raw prerouting drop evil"
expect "the end" "$(jq -r 'select(.step == "end") | .message' "$TMP/trace.log")" "dropped: filter*"

say "by time, and with nobody there"
start=$SECONDS
sluice '/tool trace src-address=192.0.2.77 duration=1s'
[ $((SECONDS - start)) -le 3 ] || die "it did not end"

say "by Ctrl-C, and again"
traced '/tool trace in-interface=lan'
lan ping -c 3 -i 0.05 $WAN4
wait_for 5 grep -q 'icmp type 8' "$TMP/trace.log"
expect "one at a time" "$(sluice '/tool trace count=1' 2>&1 || :)" "*somebody else is tracing*"
kill -INT "$trace"
wait "$trace" || :
wait_for 5 "$SLUICE" '/tool trace duration=10ms'

say "over the API"
cat >"$TMP/api.py" <<-'PY'
	import socket, sys

	def word(text):
	    data = text.encode()
	    assert len(data) < 128
	    return bytes((len(data),)) + data

	def sentence(sock, *words):
	    sock.sendall(b"".join(word(w) for w in words) + b"\0")

	def read(stream):
	    words = []
	    while True:
	        n = stream.read(1)[0]
	        if not n:
	            return words
	        words.append(stream.read(n).decode())

	sock = socket.socket(socket.AF_UNIX)
	sock.settimeout(10)
	sock.connect(sys.argv[1])
	stream = sock.makefile("rb")
	sentence(sock, "/login", "=name=admin", "=password=")
	assert read(stream)[0] == "!done"
	sentence(sock, "/tool/trace", "=protocol=icmp", "=count=1", ".tag=t")
	print("asked", flush=True)
	while True:
	    got = read(stream)
	    print(" ".join(got), flush=True)
	    if got[0] == "!done":
	        break
	sentence(sock, "/tool/trace", "=src-address=192.0.2.77", ".tag=u")
	sentence(sock, "/cancel", "=tag=u", ".tag=c")
	ended = {read(stream)[0] for _ in range(3)}
	assert ended == {"!trap", "!done"}, ended
PY
background api /usr/bin/python3 "$TMP/api.py" "$SLUICE_SOCKET"; api=$lab_last
wait_for 5 grep -q asked "$TMP/api.log"
sleep 0.3
lan ping -c 1 $WAN4
end_of api "$api"
cat "$TMP/api.log"
grep -q '!re .*=step=end' "$TMP/api.log" || die "no end over the API"

say "packets flow on and nothing is kept"
lan ping -c 1 -W 2 $WAN4
stop_sluiced
