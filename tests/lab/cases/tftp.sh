#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# TFTP both ways between two servers and three clients, in both families, without
# translation, behind srcnat, behind dstnat and both.  The filter lets in requests
# and what is established or related, nothing else: the server's answer, from a
# port of its own, comes through by the helper alone.
. "$(dirname "$0")/../lib.sh"

ATFTPD=/usr/local/lib/sluice-lab/usr/sbin/atftpd
for program in /usr/sbin/in.tftpd tftp atftp curl $ATFTPD; do
	command -v $program >/dev/null || skip "no $program"
done

lab_network
wan ip route add 192.168.88.0/24 via $WANGW4
{
	requests_only udp:69,6969
	cat <<-RSC
		/ip firewall nat
		add action=masquerade chain=srcnat comment=srcnat disabled=yes out-interface=wan protocol=udp to-ports=30000-30999
		add action=masquerade chain=srcnat out-interface=lan connection-mark=both
		add action=dst-nat chain=dstnat dst-address=$WANGW4 dst-port=7069,8069 protocol=udp to-addresses=$LAN4 to-ports=69
		add action=dst-nat chain=dstnat dst-address=$WANGW4 dst-port=7969,8969 protocol=udp to-addresses=$LAN4 to-ports=6969
		/ip firewall mangle
		add action=mark-connection chain=prerouting dst-port=8069,8969 new-connection-mark=both protocol=udp
		/ipv6 firewall nat
		add action=masquerade chain=srcnat comment=srcnat disabled=yes out-interface=wan protocol=udp to-ports=30000-30999
		add action=masquerade chain=srcnat out-interface=lan connection-mark=both
		add action=dst-nat chain=dstnat dst-address=$WANGW6 dst-port=7069,8069 protocol=udp to-address=$LAN6/128 to-ports=69
		add action=dst-nat chain=dstnat dst-address=$WANGW6 dst-port=7969,8969 protocol=udp to-address=$LAN6/128 to-ports=6969
		/ipv6 firewall mangle
		add action=mark-connection chain=prerouting dst-port=8069,8969 new-connection-mark=both protocol=udp
		/ip firewall service-port
		set tftp ports=69,6969
	RSC
} >"$TMP/tftp.rsc"
start_sluiced "$TMP/tftp.rsc"

# servers NS ADDRESS...: tftpd-hpa on port 69 of all, atftpd, which alone speaks IPv4
# only, from inetd on port 6969 of each
servers() {
	local ns=$1 dir=$TMP/$1 address; shift
	mkdir "$dir"
	chmod 777 "$dir"
	head -c 40000 /dev/urandom >"$dir/down"
	chmod 644 "$dir/down"
	background "hpa-$ns" ip netns exec "$ns" /usr/sbin/in.tftpd -L -c -p \
		-u nobody -U 0 -s "$dir"
	wait_for 10 in_ns "$ns" bash -c 'ss -lun | grep -q ":69 "'
	for address; do
		background "atftpd-$address" in_ns "$ns" \
			"$LAB_ROOT/tests/lab/inetd.py" "$address" 6969 $ATFTPD \
			--user nobody.nogroup "$dir"
		wait_for 10 in_ns "$ns" bash -c "ss -lunH 'sport = 6969' | grep -qF '$address'"
	done
}

# One transfer by each client: NS HOST PORT FILE at the server, local FILE
get_hpa() { in_ns "$1" timeout 10 tftp "$2" "$3" -m octet -c get "$4" "$5"; }
put_hpa() { in_ns "$1" timeout 10 tftp "$2" "$3" -m octet -c put "$5" "$4"; }
get_atftp() { in_ns "$1" timeout 10 atftp -g -r "$4" -l "$5" "$2" "$3"; }
put_atftp() { in_ns "$1" timeout 10 atftp -p -r "$4" -l "$5" "$2" "$3"; }
url() { case $1 in *:*) echo "tftp://[$1]:$2/$3" ;; *) echo "tftp://$1:$2/$3" ;; esac; }
get_curl() { in_ns "$1" curl -sS -m 10 -o "$5" "$(url "$2" "$3" "$4")"; }
put_curl() { in_ns "$1" curl -sS -m 10 -T "$5" "$(url "$2" "$3" "$4")"; }

# transfers TITLE NS HOST PORT SERVER-NS: there and back with every client
transfers() {
	local title=$1 ns=$2 host=$3 port=$4 dir=$TMP/$5 client
	for client in hpa atftp curl; do
		rm -f "$TMP/got" "$dir/up"
		"get_$client" "$ns" "$host" "$port" down "$TMP/got" ||
			die "$title: $client does not get"
		cmp "$TMP/got" "$dir/down" || die "$title: $client got another file"
		"put_$client" "$ns" "$host" "$port" up "$TMP/up" ||
			die "$title: $client does not put"
		wait_for 5 cmp "$TMP/up" "$dir/up"
	done
	echo "$title: files equal"
}

chmod 755 "$TMP"
umask 022
head -c 30001 /dev/urandom >"$TMP/up"
servers "$LAN" $LAN4 $LAN6
servers "$WAN" $WAN4 $WAN6

say "without translation"
for host in $WAN4 $WAN6; do
	transfers "tftpd-hpa, $host" "$LAN" $host 69 "$WAN"
	transfers "atftpd, $host" "$LAN" $host 6969 "$WAN"
done
expect "not translated" "$(sluice '/ip firewall connection print count-only where srcnat')" 0

say "behind srcnat, which changes ports"
sluice '/ip firewall nat enable [find comment=srcnat]'
sluice '/ipv6 firewall nat enable [find comment=srcnat]'
for host in $WAN4 $WAN6; do
	transfers "tftpd-hpa, $host" "$LAN" $host 69 "$WAN"
	transfers "atftpd, $host" "$LAN" $host 6969 "$WAN"
done

say "of the router itself"
for host in $LAN4 $LAN6; do
	transfers "tftpd-hpa, $host" "$RTR" $host 69 "$LAN"
	transfers "atftpd, $host" "$RTR" $host 6969 "$LAN"
done

say "behind dst-nat, and behind both"
for host in $WANGW4 $WANGW6; do
	transfers "tftpd-hpa, $host" "$WAN" $host 7069 "$LAN"
	transfers "atftpd, $host" "$WAN" $host 7969 "$LAN"
	transfers "both, tftpd-hpa, $host" "$WAN" $host 8069 "$LAN"
	transfers "both, atftpd, $host" "$WAN" $host 8969 "$LAN"
done

say "what the helper let in bears its name, and nothing is expected any more"
expect "of type tftp" "$(sluice '/ip firewall connection print count-only where expected connection-type=tftp')" "[1-9]*"
wait_for 5 bash -c "$SLUICE ':put [/system sluice plugin get [find name=tftp] expectations]' | grep -qx 0"

say "without the helper the server's answer stays out"
sluice '/ip firewall service-port set tftp disabled=yes'
if in_ns "$LAN" curl -sS -m 3 -o /dev/null "$(url $WAN4 69 down)" 2>/dev/null; then
	die "a transfer without the helper"
fi

expect_good_checksums "$LAN"
expect_good_checksums "$WAN"
stop_sluiced
