/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a packet's headers say beyond what every stage needs: options and
 * extension headers, looked at only when a rule asks.  Works on parsed packets.
 * => Role of all: any.
 */
#ifndef SL_PACKET_HEADER_H
#define SL_PACKET_HEADER_H

#include <packet/pkt.h>

/* IPv4 options (RFC 791, RFC 2113). */
enum sl_header_option {
	SL_OPTION_STRICT_ROUTE = 1,
	SL_OPTION_LOOSE_ROUTE = 2,
	SL_OPTION_RECORD_ROUTE = 4,
	SL_OPTION_TIMESTAMP = 8,
	SL_OPTION_ROUTER_ALERT = 16,
	SL_OPTION_OTHER = 32, /* any other but padding */
	SL_OPTION_ALL = 63,
};

/* What an IPv6 packet is made of; the last three say what ends its chain of
 * headers: data that is encrypted, nothing, or an upper-layer protocol. */
enum sl_header_kind {
	SL_HEADER_HOP = 1,
	SL_HEADER_DST = 2,
	SL_HEADER_ROUTE = 4,
	SL_HEADER_FRAG = 8,
	SL_HEADER_AH = 16,
	SL_HEADER_ESP = 32,
	SL_HEADER_NONE = 64,
	SL_HEADER_PROTO = 128,
};

/* The set of SL_OPTION_* in an IPv4 header; padding is no option. */
uint8_t sl_header_ip4_options(const struct sl_pkt *pkt);

/* The set of SL_HEADER_* of an IPv6 packet. */
uint8_t sl_header_ip6_kinds(const struct sl_pkt *pkt);

/* Where the value of the MSS option of a SYN stands, from pkt->data; 0: the
 * packet is no SYN, is a later fragment, or has no such option. */
uint32_t sl_header_mss_off(const struct sl_pkt *pkt);

#endif
