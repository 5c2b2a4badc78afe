#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# FTP with three servers and three clients, active and passive, both families,
# translated in every way, while only "related" lets data connections in.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../ftp.sh"

lab_network
ftp_network
ftp_config >"$TMP/ftp.rsc"
start_sluiced "$TMP/ftp.rsc"
ftp_tree 20000
start_ftp "$LAN"
start_ftp "$WAN"
capture wan "$WAN" eth0

say "every client, server and mode, on every path"
ftp_sessions none srcnat-shrinks srcnat-grows dstnat-shrinks dstnat-grows both \
	none-six srcnat-six dstnat-six
wait_for 15 ftp_expects_none

end_capture wan
expect_clean_wan "$TMP/wan.pcap"
ports="-d tcp.port==2121,ftp -d tcp.port==2122,ftp"
# shellcheck disable=SC2086
for command in PORT EPRT PASV EPSV; do
	[ -n "$(decoded "$TMP/wan.pcap" "ftp.request.command == $command" $ports | head -n 1)" ] ||
		die "nobody said $command"
done
# shellcheck disable=SC2086
inside=$(decoded "$TMP/wan.pcap" 'ftp contains "192,168" || ftp contains "10,0,0,9" ||
	ftp contains "192.168" || ftp contains "10.0.0.9" ||
	ftp contains "2001:db8:1::20"' $ports | head -n 5)
[ -z "$inside" ] || die "an inside address was told: $inside"

say "twenty transfers in one session"
# twenty NS OPTIONS...: curl keeps the control connection
twenty() {
	local ns=$1 i; shift
	rm -f "$TMP"/got/*
	in_ns "$ns" curl -sS --max-time 30 -w '%{num_connects} ' \
		-o "$TMP/got/f#1" "$@" >"$TMP/connects"
	for i in $(seq 20); do
		cmp "$TMP/got/f$i" "$FTP_ROOT/f$i" || die "f$i differs"
	done
	# the first opens two, the others one for the data
	expect "connections" "$(cat "$TMP/connects")" \
		"2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 "
}
twenty "$LAN" --interface 10.0.0.9 --disable-epsv --no-ftp-skip-pasv-ip \
	"ftp://$WAN4/f[1-20]"
twenty "$WAN" --disable-epsv --no-ftp-skip-pasv-ip \
	"ftp://198.51.100.200:2121/f[1-20]"
rm -f "$TMP"/got/*
{
	printf '%s\n' 'epsv4 off' binary
	for i in $(seq 20); do echo "get f$i $TMP/got/f$i"; done
	echo quit
} | lan tnftp -a -A -s 10.0.0.9 $WAN4 2122 >"$TMP/tnftp.log" 2>&1
for i in $(seq 20); do
	cmp "$TMP/got/f$i" "$FTP_ROOT/f$i" || die "f$i differs: $(tail -n 5 "$TMP/tnftp.log")"
done
wait_for 15 ftp_expects_none

say "as the router shows it"
head -c 20000000 /dev/urandom >"$FTP_ROOT/big"
chmod 644 "$FTP_ROOT/big"
background slow ip netns exec "$LAN" curl -sS --limit-rate 6M --ftp-port 10.0.0.9 \
	--disable-eprt --interface 10.0.0.9 -o "$TMP/got/big" "ftp://$WAN4/big"
slow=$lab_last
shown() {
	sluice "/ip firewall connection print count-only where tcp-state=established $*"
}
is_shown() { [ "$(shown "$@")" = 1 ]; }
wait_for 5 is_shown expected connection-type=ftp
expect "expected" "$(shown expected connection-type=ftp dst-address~\"198.51.100.200\")" 1
expect "the server opened it" "$(shown expected src-address~\"198.51.100.2:\")" 1
sluice '/ip firewall connection print where tcp-state=established connection-type=ftp'
end_of slow "$slow"
cmp "$TMP/got/big" "$FTP_ROOT/big"

say "what is encrypted is not read"
lan curl -sS --max-time 5 -k --ssl-reqd -o "$TMP/got/tls" "ftp://$WAN4/f1"
cmp "$TMP/got/tls" "$FTP_ROOT/f1"

say "without the helper the same filter stops the data connection"
sluice '/ip firewall service-port set ftp disabled=yes'
lan curl -sS --max-time 2 --interface 10.0.0.9 --ftp-port 10.0.0.9 -o /dev/null \
	"ftp://$WAN4/f1" && die "active without a helper"
wan curl -sS --max-time 2 -o /dev/null "ftp://$WANGW4/f1" &&
	die "passive to a server inside without a helper"
sluice '/ip firewall service-port set ftp disabled=no'
lan curl -sS --max-time 5 --interface 10.0.0.9 --ftp-port 10.0.0.9 -o /dev/null \
	"ftp://$WAN4/f1"

expect_good_checksums "$LAN"
expect_good_checksums "$WAN"
stop_sluiced
