# SPDX-License-Identifier: Apache-2.0
# FTP in the lab: addresses, a configuration in which only "related" lets a data
# connection in, and three servers with anonymous users and one tree for all of
# them.  Debian installs one at a time, so proftpd and pure-ftpd are unpacked aside
# (setup.sh).
#
# Texts of addresses grow and shrink by translation: 192,168,88,10 to 198,51,100,1,
# 10,0,0,9 to 198,51,100,200.  203.0.113.20 is not translated.

FTP_PACKED=/usr/local/lib/sluice-lab/usr
FTP_ROOT=$TMP/ftp

# ftp_network: after lab_network
ftp_network() {
	lan ip addr add 10.0.0.9/24 dev eth0
	lan ip addr add 203.0.113.20/24 dev eth0
	lan ip addr add 2001:db8:1::20/64 dev eth0 nodad
	wan ip addr add 198.51.100.3/24 dev eth0
	wan ip route add 203.0.113.0/24 via $WANGW4
}

# ftp_quick_repeats: what is lost is sent again sooner than on the Internet
ftp_quick_repeats() {
	lan ip route change default via $LANGW4 rto_min 20ms
	lan ip -6 route change default via $LANGW6 rto_min 20ms
	wan ip route change 198.51.100.0/24 dev eth0 src $WAN4 rto_min 20ms
	wan ip -6 route add 2001:db8:2::/64 dev eth0 metric 100 rto_min 20ms
}

# FASTTRACK=1: what is established passes by the rules
ftp_config() {
	ftp_rules | if [ -n "${FASTTRACK:-}" ]; then
		sed 's/^add action=accept chain=forward connection-state=established,.*/add action=fasttrack-connection chain=forward connection-state=established,related\n&/'
	else
		cat
	fi
}

ftp_rules() {
	cat <<-'RSC'
		/interface ethernet
		set [ find default-name=ether1 ] name=wan
		set [ find default-name=ether2 ] name=lan
		/ip address
		add address=192.168.88.1/24 interface=lan
		add address=10.0.0.1/24 interface=lan
		add address=203.0.113.1/24 interface=lan
		add address=198.51.100.1/24 interface=wan
		add address=198.51.100.200/24 interface=wan
		/ipv6 address
		add address=2001:db8:1::1/64 advertise=no interface=lan no-dad=yes
		add address=2001:db8:2::1/64 advertise=no interface=wan no-dad=yes
		add address=2001:db8:2:0:aaaa:bbbb:cccc:dddd/64 advertise=no interface=wan no-dad=yes
		/ip firewall service-port
		set ftp ports=21,2121,2122
		/ip firewall filter
		add action=accept chain=forward connection-state=established,related
		add action=accept chain=forward in-interface=lan connection-state=new
		add action=accept chain=forward connection-nat-state=dstnat connection-state=new dst-port=21,2121,2122 protocol=tcp
		add action=drop chain=forward
		/ip firewall nat
		add action=accept chain=srcnat src-address=203.0.113.20
		add action=src-nat chain=srcnat out-interface=wan src-address=10.0.0.9 to-addresses=198.51.100.200
		add action=masquerade chain=srcnat out-interface=wan
		add action=masquerade chain=srcnat out-interface=lan src-address=198.51.100.3
		add action=dst-nat chain=dstnat dst-address=198.51.100.1 dst-port=21,2121,2122 in-interface=wan protocol=tcp to-addresses=192.168.88.10
		add action=dst-nat chain=dstnat dst-address=198.51.100.200 dst-port=21,2121,2122 in-interface=wan protocol=tcp to-addresses=10.0.0.9
		/ipv6 firewall filter
		add action=accept chain=forward connection-state=established,related
		add action=accept chain=forward in-interface=lan connection-state=new
		add action=accept chain=forward connection-nat-state=dstnat connection-state=new dst-port=21,2121,2122 protocol=tcp
		add action=drop chain=forward
		/ipv6 firewall nat
		add action=src-nat chain=srcnat out-interface=wan src-address=2001:db8:1::20/128 to-address=2001:db8:2:0:aaaa:bbbb:cccc:dddd/128
		add action=dst-nat chain=dstnat dst-address=2001:db8:2::1/128 dst-port=21,2121,2122 in-interface=wan protocol=tcp to-address=2001:db8:1::10/128
	RSC
}

# ftp_expects_none: all data connections that were announced came, or are forgotten
ftp_expects_none() {
	[ "$(sluice ':put [/system sluice plugin get [find name=ftp] expectations]')" = 0 ]
}

# ftp_sessions [--one] ...: tests/lab/ftp.py
ftp_sessions() {
	LAN=$LAN WAN=$WAN TMP=$TMP FTP_ROOT=$FTP_ROOT "$LAB_ROOT/tests/lab/ftp.py" "$@" ||
		die "FTP sessions: $*"
}

# ftp_tree BYTES: files f1..f20 of that many random bytes, and a folder to write to
ftp_tree() {
	local i
	mkdir -p "$FTP_ROOT/in" "$TMP/empty" "$TMP/got"
	chmod 755 "$TMP" "$FTP_ROOT" "$TMP/empty"
	chmod 777 "$FTP_ROOT/in"
	for i in $(seq 20); do
		head -c "$1" /dev/urandom >"$FTP_ROOT/f$i"
	done
	chmod 644 "$FTP_ROOT"/f*
}

# start_ftp NS: vsftpd on port 21, proftpd on 2121, pure-ftpd on 2122 there
start_ftp() {
	cat >"$TMP/vsftpd.conf" <<-CONF
		listen=NO
		listen_ipv6=YES
		background=NO
		anonymous_enable=YES
		no_anon_password=YES
		anon_root=$FTP_ROOT
		anon_upload_enable=YES
		write_enable=YES
		connect_from_port_20=NO
		secure_chroot_dir=$TMP/empty
		xferlog_enable=NO
		max_per_ip=0
		ssl_enable=YES
		allow_anon_ssl=YES
		require_ssl_reuse=NO
		rsa_cert_file=$TMP/ftp.pem
		rsa_private_key_file=$TMP/ftp.pem
	CONF
	if [ ! -e "$TMP/ftp.pem" ]; then
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab \
			-keyout "$TMP/ftp.pem" -out "$TMP/ftp.crt" 2>/dev/null
		cat "$TMP/ftp.crt" >>"$TMP/ftp.pem"
	fi
	cat >"$TMP/proftpd-$1.conf" <<-CONF
		ServerType standalone
		ServerName lab
		ServerIdent on ready
		Port 2121
		UseIPv6 on
		DefaultAddress ::
		User ftp
		Group ftp
		PidFile $TMP/proftpd-$1.pid
		ScoreboardFile $TMP/proftpd-$1.board
		DelayTable $TMP/proftpd-$1.delay
		SystemLog none
		TransferLog none
		WtmpLog off
		UseReverseDNS off
		AuthOrder mod_auth_unix.c
		<Anonymous $FTP_ROOT>
		User ftp
		Group ftp
		UserAlias anonymous ftp
		RequireValidShell off
		MaxClients none
		AllowOverwrite on
		</Anonymous>
	CONF
	background "vsftpd-$1" ip netns exec "$1" vsftpd "$TMP/vsftpd.conf"
	background "proftpd-$1" ip netns exec "$1" "$FTP_PACKED/sbin/proftpd" -n -q \
		-c "$TMP/proftpd-$1.conf"
	# Its root is its user's home; a name space of mounts is its own.
	mkdir -p /srv/ftp
	background "pureftpd-$1" ip netns exec "$1" sh -c "
		mount --make-rprivate / && mount --bind '$FTP_ROOT' /srv/ftp &&
		exec '$FTP_PACKED/sbin/pure-ftpd' -S ,2122 -e -H -c 200 -C 200 \
			-g '$TMP/pureftpd-$1.pid' -f none"
	local port
	for port in 21 2121 2122; do
		wait_for 10 in_ns "$1" bash -c "ss -Hltn 'sport = :$port' | grep -q ."
	done
}
