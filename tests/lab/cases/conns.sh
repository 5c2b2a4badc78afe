#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two hundred thousand connections, and an operator who prints, counts, follows and
# removes them while traffic flows: nobody on an assured flow notices.
. "$(dirname "$0")/../lib.sh"

[ -x "$BUILD/bench/blast" ] || skip "bench/blast was not built"
many=$(sized 200000 30000) pps=$(sized 40000 10000)
lab_network
{
	home_config
	echo "/ip firewall connection tracking"
	echo "set udp-timeout=10m"
} >"$TMP/conns.rsc"
start_sluiced "$TMP/conns.rsc"
start_echo "$WAN"
mac=$(rtr cat /sys/class/net/ether2/address)
connections() { sluice "/ip firewall connection print count-only $*"; }
memory() { sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$SLUICED_PID/status"; }

say "$many connections"
# On a busy machine not every frame of the first round comes through: again, slower.
for round in 1 2 3 4 5; do
	rate=$((pps / round))
	lan "$BUILD/bench/blast" eth0 "$mac" $LAN4 $WAN4 "$many" "$((many / rate + 1))" "$rate"
	open=$(connections)
	echo "open after round $round: $open"
	[ "$open" -lt "$many" ] || break
done
[ "$open" -ge "$many" ] || die "only $open of $many are open"

say "an assured flow, with its steady stream"
background pace peer "$LAN" pace $WAN4 7 200; pace=$lab_last
wait_for 10 grep -q open "$TMP/pace.log"
background talk peer "$LAN" talk $WAN4 7 "$(sized 50 150)" 100; talk=$lab_last
wait_for 10 grep -q open "$TMP/talk.log"

say "packets on all of them, meanwhile:"
background blast in_ns "$LAN" "$BUILD/bench/blast" eth0 "$mac" $LAN4 $WAN4 "$many" 600 "$((pps / 8))"
background follow "$SLUICE" '/ip firewall connection print follow where dst-address~":7$"'
follow=$lab_last

say "print"
echo 5 >"/proc/$SLUICED_PID/clear_refs" # forget the peak
rss=$(memory VmRSS)
"$LAB_ROOT/tests/lab/peer.py" stream "$SLUICE" '/ip firewall connection print' | tee "$TMP/stream"
read -r _ first _ total _ lines <"$TMP/stream"
[ "$lines" -ge "$many" ] || die "$lines lines of $many"
[ $((first * 3)) -lt "$total" ] || die "the first line came after $first of $total ms"
grown=$(($(memory VmHWM) - rss))
echo "memory grew by $grown KiB meanwhile"
# The output is about 150 bytes a line.
[ $grown -lt $((many * 150 / 1024 / 4)) ] || [ -n "${SLUICE_SLOW:-}" ] ||
	die "print kept its output"

say "count with conditions, detail, one property, find"
expect "by port" "$(connections 'where dst-address~":9$"')" "$(sized 60000 30000)"
expect "nothing" "$(connections 'where dst-address~":9$" protocol=tcp')" 0
expect "assured" "$(connections 'where assured protocol=udp')" 1
sluice '/ip firewall connection print detail where dst-address~":7$"'
sluice '/ip firewall connection print terse proplist=src-address where dst-address~":9$"' | wc -l

for form in '' terse 'detail where protocol=udp' as-value; do
	sluice "/ip firewall connection print $form" >/dev/null
done

say "remove them, by tens of thousands"
started=$SECONDS
sluice '/ip firewall connection remove [find dst-address~":9$"]'
echo "took $((SECONDS - started)) s"
[ "$(counter connections-removed)" -ge "$(sized 60000 30000)" ] || die "not removed"

say "the assured flows"
kill "$pace"
end_of pace "$pace"
cat "$TMP/pace.log"
grep -q ' lost 0 ' "$TMP/pace.log" || die "packets of an assured flow were lost"
end_of talk "$talk"
kill -0 "$follow" || die "print follow ended"
kill "$follow"
grep -q "$WAN4:7 " "$TMP/follow.log" || die "follow showed nothing: $(head "$TMP/follow.log")"
stop_sluiced
