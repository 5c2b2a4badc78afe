#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# FTP while a cable drops, doubles and reorders segments, and cuts what control
# connections say to single bytes.  Rarely then: a line is held until all of it was
# seen, so every byte lost costs its sender a timeout.
OFFLOADS=off
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../ftp.sh"

BAD_CABLE=${BAD_CABLE:-drop=0.3 double=5 swap=0.3 cut=1 below=200}
LAN_CABLE=bad_cable
lab_network
ftp_network
ftp_quick_repeats
ftp_config >"$TMP/ftp.rsc"
start_sluiced "$TMP/ftp.rsc"
ftp_tree 20000
start_ftp "$LAN"
start_ftp "$WAN"

say "to servers beyond the router, and inside"
export FTP_SESSION_S=60 FTP_AT_ONCE=12
# proftpd does not take commands byte by byte, with or without a router.
case $BAD_CABLE in *cut=1*) export FTP_SERVERS="vsftpd pure-ftpd" ;; esac
ftp_sessions srcnat-grows dstnat-grows srcnat-six dstnat-six
wait_for 15 ftp_expects_none
case $BAD_CABLE in *cut=1*)
	expect "segments that waited for their line's end" "$(counter helper-held)" '[1-9]*'
	expect "segments behind a hole" "$(counter helper-order)" '[1-9]*'
	;;
esac

expect_good_checksums "$LAN"
expect_good_checksums "$WAN"
stop_sluiced
