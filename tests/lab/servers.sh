# SPDX-License-Identifier: Apache-2.0
# Real servers on the lab's WAN host: nginx, iperf3, dnsmasq.

start_servers() {
	mkdir -p "$TMP/www" "$TMP/nginx"
	chmod 755 "$TMP" "$TMP/www"
	echo "hello from the WAN" >"$TMP/www/index.html"
	cat >"$TMP/nginx.conf" <<-NGINX
		daemon off; master_process off; pid $TMP/nginx/pid;
		error_log $TMP/nginx/error.log;
		events { worker_connections 1024; }
		http {
			access_log off; sendfile on;
			client_body_temp_path $TMP/nginx; proxy_temp_path $TMP/nginx;
			fastcgi_temp_path $TMP/nginx; uwsgi_temp_path $TMP/nginx;
			scgi_temp_path $TMP/nginx;
			server { listen 80; listen [::]:80; root $TMP/www; }
		}
	NGINX
	background nginx ip netns exec "$WAN" nginx -c "$TMP/nginx.conf"
	background iperf3 ip netns exec "$WAN" iperf3 -s
	background dnsmasq ip netns exec "$WAN" dnsmasq --keep-in-foreground \
		--conf-file=/dev/null --no-resolv --no-hosts --pid-file= --user=root \
		--address=/www.example.test/192.0.2.80 \
		--address=/www.example.test/2001:db8::80
	wait_for 10 in_ns "$WAN" curl -sf http://$WAN4/
	wait_for 10 in_ns "$WAN" bash -c 'ss -ltn | grep -q :5201'
	wait_for 10 in_ns "$WAN" dig +short +time=1 +tries=1 @$WAN4 www.example.test
}

# wan_file MB: a file of random bytes on the web server
wan_file() {
	head -c "$(($1 * 1024 * 1024))" /dev/urandom >"$TMP/www/file"
	chmod 644 "$TMP/www/file"
}
