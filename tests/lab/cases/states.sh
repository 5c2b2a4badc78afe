#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Connections that meet trouble: forged packets, a link that goes away, a scan.
. "$(dirname "$0")/../lib.sh"

lab_network
home_config >"$TMP/home.rsc"
start_sluiced "$TMP/home.rsc"
start_echo "$WAN"
start_echo "$RTR"

say "the router's own services: for the LAN, not for the WAN"
peer "$WAN" scan $WANGW4 7 22 80 8728 >"$TMP/scan"
printf '%s silent\n' 7 22 80 8728 | diff - "$TMP/scan" || die "the WAN sees the router"
expect "from the LAN" "$(peer "$LAN" scan $LANGW4 7)" "7 open"
expect "closed, from the LAN" "$(peer "$LAN" scan $LANGW4 22)" "22 refused"
expect "into the LAN" "$(peer "$WAN" scan $LAN6 22)" "22 silent"
expect "nothing of it is tracked" \
	"$(sluice "/ip firewall connection print count-only where src-address~\"$WAN4\"")" 0

say "a forged reset and a forged ICMP error change nothing"
background talk peer "$LAN" talk $WAN4 7 60 100
talk=$lab_last
wait_for 10 grep -q open "$TMP/talk.log"
port=$(wan ss -Htn state established 'sport = :7' | sed -n "s/.*$WANGW4\]*:\([0-9]*\).*/\1/p" | head -n 1)
[ -n "$port" ] || die "no such connection: $(wan ss -Htn)"
cat >"$TMP/forge.py" <<-PY
	from scapy.all import *
	conf.verb = 0
	mac = open("/sys/class/net/eth0/address").read().strip()
	l2 = Ether(dst="$(in_ns "$RTR" cat /sys/class/net/ether1/address)", src=mac)
	inner = IP(src="$WANGW4", dst="$WAN4") / TCP(sport=$port, dport=7, seq=12345)
	for seq in range(0, 1 << 32, 1 << 28):
	    sendp(l2 / IP(src="$WAN4", dst="$WANGW4") / TCP(sport=7, dport=$port, flags="R", seq=seq), iface="eth0")
	for code in 1, 2, 3, 10, 13:
	    sendp(l2 / IP(src="$WAN4", dst="$WANGW4") / ICMP(type=3, code=code) / inner, iface="eth0")
PY
lan_port=$port
sluice "/ip firewall connection print detail where dst-address=\"$WAN4:7\""
wan /usr/bin/python3 "$TMP/forge.py" 2>/dev/null
rst=$(sluice ':put [/system sluice counters get [find kind=tcp name=rst-out-of-window] count]')
exact=$(sluice ':put [/system sluice counters get [find kind=tcp name=rst-not-exact] count]')
icmp=$(sluice ':put [/system sluice counters get [find kind=ip name=icmp-error-implausible] count]')
[ $((rst + exact)) -ge 16 ] || die "resets found invalid: $rst out of window, $exact not exact"
[ "$icmp" -ge 5 ] || die "$icmp forged ICMP errors found invalid"
expect "state" "$(sluice ":put [/ip firewall connection get [find dst-address=\"$WAN4:7\" src-address=\"$LAN4:$lan_port\"] tcp-state]")" established
lan kill -0 "$talk" || die "the connection died: $(cat "$TMP/talk.log")"

say "the server's cable is pulled for a while"
wan ip link set eth0 down
wait_for 5 bash -c "[ \"\$($SLUICE ':put [/interface ethernet get wan running]')\" = false ]"
wan ip link set eth0 up
end_of talk "$talk"
grep -q done "$TMP/talk.log" || die "$(cat "$TMP/talk.log")"
echo "the same connection went on and ended well"
expect "it ended" "$(sluice ":put [/ip firewall connection get [find src-address=\"$LAN4:$lan_port\"] tcp-state]")" "time-wait"
stop_sluiced
