#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The control socket: one daemon a socket, and clients that misbehave.
. "$(dirname "$0")/../lib.sh"

lab_network
{
	home_config
	echo "/ip firewall address-list"
	awk 'BEGIN { for (i = 0; i < 30000; i++)
		printf "add list=many address=10.%d.%d.%d\n", i / 65536, i / 256 % 256, i % 256 }'
} >"$TMP/doors.rsc"
start_sluiced "$TMP/doors.rsc"

say "a second sluiced on the same socket"
OTHER=sl-other-$$
new_ns "$OTHER"
status=0
in_ns "$OTHER" "$SLUICED" "$TMP/doors.rsc" >"$TMP/second" 2>&1 || status=$?
tail -n 3 "$TMP/second"
expect "exit status" "$status" 1
grep -q "$SLUICE_SOCKET" "$TMP/second" || die "it does not say which socket"
sluice '/system identity print' || die "the first one lost its socket"

say "clients that stop reading"
# A pipe nobody reads: after 64 KiB the client writes, and so reads, no more.
mkfifo "$TMP/pipe"
exec 9<>"$TMP/pipe"
for i in 1 2 3; do
	# shellcheck disable=SC2094
	"$SLUICE" '/ip firewall address-list print' >"$TMP/pipe" 2>/dev/null &
	lab_pids="$lab_pids $!"
	eval "stuck$i=$!"
done
started=$SECONDS
for i in 1 2 3 4 5; do
	expect "others" "$(timeout 2 "$SLUICE" '/ip firewall address-list print count-only')" 30000
done
lan ping -c 1 -W 1 $WAN4
echo "others waited $((SECONDS - started)) s"

say "garbage"
cat >"$TMP/garbage.py" <<-'PY'
	import os, socket, sys
	for data in (b"", b"\xf8SL1", b"\xf8SL1" + b"\xff" * 5000, b"\xff" * 100000,
	             b"GET / HTTP/1.0\r\n\r\n", b"\xf0\xff\xff\xff\xff", os.urandom(10000)):
	    s = socket.socket(socket.AF_UNIX)
	    s.settimeout(5)
	    s.connect(sys.argv[1])
	    try:
	        s.sendall(data)
	        s.shutdown(socket.SHUT_WR)
	        while s.recv(65536):
	            pass
	    except OSError:
	        pass
	    s.close()
PY
/usr/bin/python3 "$TMP/garbage.py" "$SLUICE_SOCKET"
sluice '/system identity print'

say "a wrong command"
status=0
sluice '/ip firewall filter add chain=forward action=nonsense' 2>&1 || status=$?
expect "exit status" "$status" 1

say "the clients that stopped reading are dropped in the end"
dropped() { [ "$(grep -c 'does not read its socket' "$TMP/sluiced.log")" -ge 3 ]; }
wait_for 45 dropped
sluice '/log print' | tail -n 3
stop_sluiced
