#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what building and testing need on Debian 12.  Does nothing, quickly,
# when all of it is there.
set -eu

build="gcc g++ make cmake ninja-build pkg-config liburcu-dev libck-dev
 libjemalloc-dev libbenchmark-dev libcmocka-dev libmnl-dev libnftables-dev
 libpcap-dev libedit-dev libc-ares-dev libisal-dev libvectorscan-dev tzdata"
sanitize="clang-14 libclang-rt-14-dev"
lab="iproute2 nftables ethtool iputils-ping traceroute tshark tcpdump iperf3 curl
 nginx-light openssl dnsmasq-base bind9-dnsutils python3 python3-scapy
 python3-librouteros procps jq coturn vsftpd lftp tnftp tftpd-hpa tftp-hpa atftp
 ngircd sip-tester pptpd pptp-linux libmemcachedutil2 libmemcached11
 libhiredis0.14 libpcre2-posix3 libsodium23 libwrap0"
# Servers that Debian lets nobody install beside others of their kind: unpacked,
# not installed; the libraries they want are in the list above.
unpacked="proftpd-core pure-ftpd atftpd"
folder=/usr/local/lib/sluice-lab

missing=
for p in $build $sanitize $lab; do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' ||
		missing="$missing $p"
done
for p in $unpacked; do
	[ -e "$folder/.$p" ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "setup: please install as root:$missing" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# Nothing installed here is meant to run as a service of this machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod +x $policy
	trap 'rm -f $policy' EXIT
fi
apt-get update -qq
for p in $unpacked; do
	case " $missing " in *" $p "*) ;; *) continue ;; esac
	missing=${missing/ $p/}
	mkdir -p $folder
	debs=$(mktemp -d)
	(cd "$debs" && apt-get download -qq "$p" >/dev/null 2>&1)
	dpkg -x "$debs"/*.deb $folder
	rm -r "$debs"
	touch "$folder/.$p"
done
[ -n "$missing" ] || exit 0
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
