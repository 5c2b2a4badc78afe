#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is decided by the payload, with a real browser's stand-in and a real web
# server: TLS names (also in hellos of many segments), contents, layer 7.
: "${OFFLOADS:=off}" # so that a small MSS makes many small frames
. "$(dirname "$0")/../lib.sh"

for program in nginx curl openssl; do
	command -v $program >/dev/null || skip "no $program"
done

cat >"$TMP/payload.rsc" <<-'RSC'
	/ip address
	add address=192.168.88.1/24 interface=ether2
	add address=198.51.100.1/24 interface=ether1
	/ipv6 address
	add address=2001:db8:1::1/64 advertise=no interface=ether2
	add address=2001:db8:2::1/64 advertise=no interface=ether1
	/ip firewall layer7-protocol
	add name=video regexp="^get /video.*http/1.1 200 ok"
	/ip firewall filter
	add action=reject chain=forward comment=tls dst-port=443 protocol=tcp reject-with=tcp-reset tls-host=*.blocked.test
	add action=reject chain=forward comment=content content=/secret protocol=tcp reject-with=tcp-reset
	add action=drop chain=forward comment=layer7 layer7-protocol=video
	/ipv6 firewall filter
	add action=reject chain=forward comment=tls dst-port=443 protocol=tcp reject-with=tcp-reset tls-host=*.blocked.test
	add action=reject chain=forward comment=content content=/secret protocol=tcp reject-with=tcp-reset
RSC

start_web() {
	mkdir -p "$TMP/www" "$TMP/nginx"
	chmod 755 "$TMP" "$TMP/www"
	for page in index.html secret video; do
		echo "page $page" >"$TMP/www/$page"
	done
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj /CN=www.test -keyout "$TMP/key.pem" -out "$TMP/cert.pem" 2>/dev/null
	cat >"$TMP/nginx.conf" <<-NGINX
		daemon off; master_process off; pid $TMP/nginx/pid;
		error_log $TMP/nginx/error.log;
		events { worker_connections 64; }
		http {
			access_log off; default_type text/plain;
			client_body_temp_path $TMP/nginx; proxy_temp_path $TMP/nginx;
			fastcgi_temp_path $TMP/nginx; uwsgi_temp_path $TMP/nginx;
			scgi_temp_path $TMP/nginx;
			ssl_certificate $TMP/cert.pem; ssl_certificate_key $TMP/key.pem;
			server {
				listen 80; listen [::]:80; listen 443 ssl; listen [::]:443 ssl;
				root $TMP/www;
			}
		}
	NGINX
	background nginx ip netns exec "$WAN" nginx -c "$TMP/nginx.conf"
	wait_for 10 in_ns "$WAN" curl -skf https://$WAN4/
}

# fetch HOST URL: what the page says, or curl's exit status
fetch() {
	local at=$1 url=$2 status=0
	case $at in *:*) at="[$at]" ;; esac
	lan curl -sk -m 5 --noproxy '*' --connect-to "::$at:" "$url" 2>/dev/null ||
		status=$?
	[ $status = 0 ] || echo "exit $status"
}
hits() { sluice ":put [$1 firewall filter get [find comment=$2] packets]"; }

# Both families, by name and by path: 35 and 56 are curl's words for a reset.
browse() {
	local at
	for at in $WAN4 $WAN6; do
		expect "allowed" "$(fetch $at https://www.allowed.test/)" "page index.html"
		expect "almost blocked" "$(fetch $at https://blocked.test/)" "page index.html"
		expect "blocked" "$(fetch $at https://www.blocked.test/)" "exit 35"
		expect "blocked, in capitals" "$(fetch $at https://WWW.Blocked.TEST/)" "exit 35"
		expect "plain" "$(fetch $at http://www.blocked.test/)" "page index.html"
		expect "secret" "$(fetch $at http://www.test/secret)" "exit 56"
	done
}

lab_network
wan ip route add 192.168.88.0/24 via $WANGW4
start_sluiced "$TMP/payload.rsc"
start_web

say "hellos in one segment"
browse
expect "one packet a hello, two hellos" "$(hits /ip tls)" 2
expect "one packet a hello, two hellos" "$(hits /ipv6 tls)" 2

say "hellos in many"
wan ip route change 192.168.88.0/24 via $WANGW4 advmss 100
wan ip -6 route replace 2001:db8:1::/64 via $WANGW6 advmss 100
capture lan "$LAN" eth0 --immediate-mode
browse
end_capture lan
for family in ip ipv6; do
	[ "$(decoded "$TMP/lan.pcap" "$family && tcp.dstport == 443 && tcp.len > 0 && tcp.len <= 100 && tcp.seq == 1" |
		wc -l)" -ge 4 ] || die "hellos of $family came in one segment"
done

say "layer 7: the request and the answer"
expect "another page" "$(fetch $WAN4 http://www.test/index.html)" "page index.html"
expect "the page" "$(fetch $WAN4 http://www.test/video)" "exit 28"
[ "$(hits /ip layer7)" -gt 0 ] || die "layer7 matched nothing"

say "nothing is left of what has ended"
expect "refused" "$(counter inspections-refused)" 0
expect "cut" "$(counter inspections-cut)" 0
stop_sluiced
