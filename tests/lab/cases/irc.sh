#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Files by DCC between two clients of an ngircd: the giver behind masquerade, with a
# port that two givers want, in IPv6, and with the server behind dst-nat.  The
# filter lets in connections to the server and what is established or related.
. "$(dirname "$0")/../lib.sh"

command -v ngircd >/dev/null || skip "no ngircd"

lab_network
lan ip addr add 192.168.88.11/24 dev eth0
{
	home_rules | sed '/^\/ip firewall filter/,$d'
	for family in ip ipv6; do
		cat <<-RSC
			/$family firewall filter
			add action=accept chain=forward connection-state=established,related
			add action=accept chain=forward connection-state=new dst-port=6667 protocol=tcp
			add action=drop chain=forward
		RSC
	done
	cat <<-RSC
		/ip firewall connection tracking
		set tcp-close-timeout=1s tcp-close-wait-timeout=1s tcp-fin-wait-timeout=1s tcp-last-ack-timeout=1s tcp-time-wait-timeout=1s
		/ip firewall nat
		add action=masquerade chain=srcnat out-interface=wan
		add action=dst-nat chain=dstnat dst-address=$WANGW4 dst-port=6667 protocol=tcp to-addresses=$LAN4
	RSC
} >"$TMP/irc.rsc"
start_sluiced "$TMP/irc.rsc"

# start_ngircd NS: on port 6667, without looking up anybody
start_ngircd() {
	cat >"$TMP/$1.conf" <<-CONF
		[Global]
		Name = irc.example.test
		Info = lab
		AdminInfo1 = lab
		[Limits]
		MaxConnectionsIP = 0
		MaxPenaltyTime = 0
		[Options]
		DNS = no
		Ident = no
		PAM = no
		SyslogFacility = local1
	CONF
	background "ngircd-$1" ip netns exec "$1" ngircd -n -f "$TMP/$1.conf"
	wait_for 10 in_ns "$1" bash -c 'ss -ltn | grep -q :6667'
}

# expected N: so many connections are expected by now
expected() {
	[ "$(sluice ':put [/system sluice plugin get [find name=irc] expectations]')" = "$1" ]
}

client() { local ns=$1; shift; in_ns "$ns" "$LAB_ROOT/tests/lab/irc.py" "$@"; }

# transfer TITLE TAKER-NS SERVER TAKE-OPTIONS -- GIVER-NS SERVER GIVE-OPTIONS: a file
# goes from one to the other; what the taker was offered is $offered
transfer() {
	local title=$1 ns=$2 server=$3 pid; shift 3
	local take=()
	while [ "$1" != -- ]; do take+=("$1"); shift; done
	shift
	n=$((n + 1))
	background taker client "$ns" take "$server" "anna$n" "$TMP/taken" \
		"${take[@]}"
	pid=$lab_last
	wait_for 10 grep -q ready "$TMP/taker.log"
	ns=$1 server=$2; shift 2
	client "$ns" give "$server" "bob$n" "anna$n" "$TMP/file" "$@" ||
		die "$title: the giver fails: $(cat "$TMP/taker.log")"
	end_of taker "$pid"
	offered=$(sed -n 's/^offered //p' "$TMP/taker.log")
	cmp "$TMP/file" "$TMP/taken" || die "$title: another file"
	echo "$title: offered $offered, files equal"
	rm "$TMP/taken"
}

n=0 # of the transfer, for names
head -c 300000 /dev/urandom >"$TMP/file"
start_ngircd "$WAN"

say "off by default: the inside address goes out"
background early client "$WAN" take $WAN4 anna "$TMP/taken"
wait_for 10 grep -q ready "$TMP/early.log"
background giver client "$LAN" give $WAN4 bob anna "$TMP/file" --port 4999
wait_for 10 grep -q "offered $LAN4 4999" "$TMP/early.log"
sluice '/ip firewall service-port set irc disabled=no'

say "the giver behind masquerade"
transfer "whole" "$WAN" $WAN4 -- "$LAN" $WAN4
expect "offered" "$offered" "$WANGW4 5000"
transfer "cut to bytes" "$WAN" $WAN4 -- "$LAN" $WAN4 --port 5001 --chop
expect "offered" "$offered" "$WANGW4 5001"
expect "expected connections" "$(sluice '/ip firewall connection print count-only where expected')" 2
expect "of type irc" "$(sluice '/ip firewall connection print count-only where expected connection-type=irc')" 2

say "two want port 5002: the second one's is changed, and resumed by the changed one"
background giver client "$LAN" give $WAN4 carl nobody "$TMP/file" --port 5002
wait_for 10 expected 1
head -c 1000 "$TMP/file" >"$TMP/taken"
transfer "resumed" "$WAN" $WAN4 --resume 1000 -- \
	"$LAN" $WAN4 --source 192.168.88.11 --port 5002 --resumes
case $offered in "$WANGW4 5002" | *" $LAN4"*) die "offered $offered" ;; esac

say "IPv6, without translation"
transfer "six" "$WAN" $WAN6 -- "$LAN" $WAN6
expect "offered" "$offered" "$LAN6 5000"

say "the server behind dst-nat: the giver is outside, and only related is let out"
start_ngircd "$LAN"
transfer "dstnat" "$LAN" $LAN4 -- "$WAN" $WANGW4
expect "offered" "$offered" "$WAN4 5000"

say "no expectation is left when the clients have gone"
wait_for 15 expected 0
stop_sluiced
