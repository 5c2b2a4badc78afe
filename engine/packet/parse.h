/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frame to packet: every length checked, nothing copied, nothing changed.
 *
 * Ethernet with up to two VLAN tags (IEEE 802.1Q), IPv4 with options (RFC 791),
 * IPv6 with extension headers (RFC 8200; at most SL_EXT_HEADERS_MAX of them),
 * down to where the L4 header starts.  L4 contents are the trackers' business.
 */
#ifndef SL_PACKET_PARSE_H
#define SL_PACKET_PARSE_H

#include <packet/pkt.h>

#define SL_EXT_HEADERS_MAX 8

/* Parses pkt->data[0..len): fills the "set by parse" group; of 'flags' only what
 * the bytes say, other flags stay.  SL_GO with family 0 is ARP (eth_type 0x0806).
 * Otherwise a counted drop.  Checks the IPv4 header checksum, and that offload
 * metadata fits the frame (what does not is dropped: a lie about gso or checksum
 * offsets must not reach the kernel); offload.hdr_len of a GSO frame becomes what
 * it is.  => Role: worker. */
enum sl_verdict sl_parse_frame(struct sl_pkt *pkt);

/* The packet quoted inside the ICMP or ICMPv6 error 'pkt': fills *view (quoted
 * set, l4 possibly cut) and the addresses, family and l4proto of *tuple (ids
 * zero: the tracker's key() adds them).  *off is where the quoted IP header
 * starts, from pkt->data.  False if the quote is too short or not sane.
 * => Role: worker. */
bool sl_parse_quoted(const struct sl_pkt *pkt, struct sl_pkt_view *view,
    struct sl_tuple *tuple, uint32_t *off);

/* True if the L4 protocol and type of 'pkt' is an ICMP or ICMPv6 error. */
bool sl_parse_is_icmp_error(const struct sl_pkt *pkt);

#endif
