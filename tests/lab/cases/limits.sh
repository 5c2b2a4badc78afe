#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Floods: a table that is full, answers that are limited, memory that stays bounded.
. "$(dirname "$0")/../lib.sh"

[ -x "$BUILD/bench/blast" ] || skip "bench/blast was not built"
lab_network
{
	home_config
	echo "/ip firewall connection tracking"
	echo "set max-entries=20000"
} >"$TMP/limits.rsc"
start_sluiced "$TMP/limits.rsc"
start_echo "$WAN"
mac=$(rtr cat /sys/class/net/ether2/address)
memory() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$SLUICED_PID/status"; }

say "an assured flow"
background pace peer "$LAN" pace $WAN4 7 100; pace=$lab_last
wait_for 10 grep -q open "$TMP/pace.log"
background talk peer "$LAN" talk $WAN4 7 60 100; talk=$lab_last
wait_for 10 grep -q open "$TMP/talk.log"

say "a flood of new flows, ten times what the table holds"
lan "$BUILD/bench/blast" eth0 "$mac" $LAN4 $WAN4 20000 1 "$(sized 30000 10000)"
full=$(memory)
lan "$BUILD/bench/blast" eth0 "$mac" $LAN4 $WAN4 200000 4 "$(sized 30000 10000)"
total=$(sluice '/ip firewall connection print count-only')
echo "entries: $total, memory $full then $(memory) KiB"
[ "$total" -le 20000 ] || die "more entries than max-entries"
[ "$total" -ge 15000 ] || die "it gave up too many"
[ $(($(memory) - full)) -lt 8192 ] || [ -n "${SLUICE_SLOW:-}" ] || die "memory grew"
[ "$(counter connections-evicted)" -gt 10000 ] || die "nobody gave way"
sluice '/ip firewall connection tracking print'

say "a SYN flood"
cat >"$TMP/syn.py" <<-PY
	import socket, struct, time
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	s.bind(("eth0", 0))
	def ck(b):
	    t = sum(struct.unpack("!%dH" % (len(b) // 2), b))
	    t = (t >> 16) + (t & 0xffff)
	    return ~(t + (t >> 16)) & 0xffff
	src, dst = socket.inet_aton("$LAN4"), socket.inet_aton("$WAN4")
	mac = bytes.fromhex("$mac".replace(":", ""))
	own = bytes.fromhex(open("/sys/class/net/eth0/address").read().strip().replace(":", ""))
	ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0, src, dst)
	ip = ip[:10] + struct.pack("!H", ck(ip)) + ip[12:]
	start = time.monotonic()
	for n in range($(sized 40000 10000)):
	    if n % 100 == 0: # a table to fill, not a link
	        time.sleep(max(0, start + n / $(sized 20000 5000) - time.monotonic()))
	    t = struct.pack("!HHIIBBHHH", 1024 + n % 60000, 1000 + n // 60000, n, 0, 0x50, 2, 1024, 0, 0)
	    c = ck(src + dst + struct.pack("!HH", 6, 20) + t)
	    s.send(mac + own + b"\x08\x00" + ip + t[:16] + struct.pack("!H", c) + t[18:])
PY
lan /usr/bin/python3 "$TMP/syn.py"
[ "$(sluice '/ip firewall connection print count-only')" -le 20000 ] || die "more entries than max-entries"

say "the assured flows lived"
kill "$pace"
end_of pace "$pace"
cat "$TMP/pace.log"
read -r _ sent _ lost _ <<<"$(tail -n 1 "$TMP/pace.log")"
[ $((lost * 20)) -lt "$sent" ] || die "an assured flow suffered"
end_of talk "$talk"
# Given up and tracked anew, it would have begun to count again.
seen=$(sluice ":put [/ip firewall connection get [find dst-address=\"$WAN4:7\" protocol=udp] orig-packets]")
[ "$seen" -ge $((sent * 9 / 10)) ] || die "its entry gave way: $seen of $sent packets counted"

say "TTL exceeded: at most so often"
before=$(counter icmp-sent)
# Every 2 ms, where icmp-rate-limit lets one through in 10.
lan ping -q -c 300 -i 0.002 -t 1 -W 1 $WAN4 >"$TMP/flood" || :
cat "$TMP/flood"
sent=$(($(counter icmp-sent) - before))
echo "icmp-sent $sent, limited $(counter reply-limit)"
[ $sent -gt 0 ] || die "nobody was told"
[ "$(counter reply-limit)" -gt 0 ] || die "no limit"
stop_sluiced
