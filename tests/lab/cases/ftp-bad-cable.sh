#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# FTP while cables drop, double and reorder segments, and cut what control
# connections say to single bytes.
OFFLOADS=off
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../ftp.sh"

BAD_CABLE=${BAD_CABLE:-drop=1 double=3 swap=3 cut=1 below=200}
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
# proftpd does not take commands byte by byte, with or without a router.
export FTP_SESSION_S=60 FTP_AT_ONCE=12 FTP_SERVERS="vsftpd pure-ftpd"
ftp_sessions srcnat-grows dstnat-six
wait_for 15 ftp_expects_none
expect "segments that waited for their line's end" "$(counter helper-held)" '[1-9]*'
expect "segments behind a hole" "$(counter helper-order)" '[1-9]*'

expect_good_checksums "$LAN"
expect_good_checksums "$WAN"
stop_sluiced
