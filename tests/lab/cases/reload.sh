#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A helper and a tracker are loaded again under 1,000 FTP control connections, with
# transfers before, between and after: none breaks.  Unloading waits.
. "$(dirname "$0")/../lib.sh"

MANY=$(sized 1000 200)
ulimit -n 8192

lab_network
home_config >"$TMP/reload.rsc"
# Plugins of our own, to be written over; one of them is none, and the rest runs.
cp -r "$BUILD/lib/sluice" "$TMP/plugins"
cp /bin/true "$TMP/plugins/helpers/broken.so"
start_sluiced "$TMP/reload.rsc" --plugins "$TMP/plugins"
grep -q 'plugin refused: .*/broken.so: symbol sl_plugin_query is missing' \
	"$TMP/sluiced.log" || die "not refused"
wait_for 10 lan ping -c 1 -W 1 $WAN4

plugin() { sluice ":put [/system sluice plugin get [find name=$1 !outgoing] $2]"; }
outgoing() { sluice ':put [:len [/system sluice plugin find outgoing]]'; }

say "$MANY control connections"
background server ip netns exec "$WAN" "$LAB_ROOT/tests/lab/ftp_many.py" server 21
wait_for 10 grep -q ready "$TMP/server.log"
mkfifo "$TMP/orders"
background client sh -c "exec ip netns exec $LAN $LAB_ROOT/tests/lab/ftp_many.py \
	client $WAN4 21 $MANY <$TMP/orders"
exec 9>"$TMP/orders"
wait_for 60 grep -q ready "$TMP/client.log"
rounds=0
round() {
	rounds=$((rounds + 1))
	echo round >&9
	# shellcheck disable=SC2016
	wait_for 60 sh -c '[ "$(grep -c ok "$1")" -ge "$2" ] || grep -q Error "$1"' \
		- "$TMP/client.log" $rounds
	grep -q Error "$TMP/client.log" && die "$(cat "$TMP/client.log")"
	return 0
}
round
expect "sessions" "$(plugin ftp connections)" "$MANY"
expect "followed" "$(sluice '/ip firewall connection print count-only where uses-helper')" "$MANY"

say "loaded again, while they talk"
round &
for _ in 1 2 3; do
	# In place: what runs is a copy.
	cp "$BUILD/lib/sluice/helpers/ftp.so" "$TMP/plugins/helpers/ftp.so"
	sluice '/system sluice plugin reload ftp' '/system sluice plugin reload tcp'
done
wait $! || exit 1
rounds=$((rounds + 1))
round
# All of them said something since: nobody needs the old ones.
wait_for 10 sh -c "[ \"\$($SLUICE ':put [:len [/system sluice plugin find outgoing]]')\" = 0 ]"
expect "sessions" "$(plugin ftp connections)" "$MANY"

say "a file that is no plugin"
cp /bin/true "$TMP/plugins/helpers/ftp.so"
status=0
sluice '/system sluice plugin reload ftp' 2>"$TMP/error" || status=$?
expect "refused" "$status $(cat "$TMP/error")" \
	"1 failure: $TMP/plugins/helpers/ftp.so: symbol sl_plugin_query is missing, wanted it"
expect "shown" "$(plugin broken invalid) $(plugin ftp invalid)" "true false"
round
cp "$BUILD/lib/sluice/helpers/ftp.so" "$TMP/plugins/helpers/ftp.so"

say "unloaded while in use"
sluice '/system sluice plugin unload ftp'
expect "they finish on it" "$(outgoing)" 1
round
sluice '/system sluice plugin reload ftp'
round
expect "sessions" "$(plugin ftp connections)" "$MANY"

say "the end"
echo quit >&9
exec 9>&-
end_of client "$lab_last"
wait_for 30 sh -c "[ \"\$($SLUICE ':put [/system sluice plugin get [find name=ftp] connections]')\" = 0 ]"
expect "expected" "$(plugin ftp expectations)" 0
stop_sluiced
