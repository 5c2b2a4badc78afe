/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packet as a plugin sees it: read-only spans that die when the call
 * returns.  The engine has checked every length: a span never reaches past the
 * IP packet, and Ethernet padding is in none of them.
 */
#ifndef SLUICE_PACKET_H
#define SLUICE_PACKET_H

#include <sluice/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sl_pkt_view {
	uint32_t size;	   /* sizeof(struct sl_pkt_view) as the engine has it */
	uint8_t family;	   /* enum sl_family */
	uint8_t l4proto;   /* after IPv6 extension headers */
	uint8_t quoted;	   /* 1: the start of a packet quoted in an ICMP error;
			  * l4 may be cut after 8 bytes and payload is empty */
	uint8_t csum_ok;   /* 1: checksum known good, or deferred to the NIC */
	struct sl_span l3; /* IP header, options and extension headers */
	struct sl_span l4; /* transport header and payload */
	uint32_t l4_total; /* L4 length the IP header states; > l4.len
				 * only for a quoted, cut packet */
	uint64_t now_ns;   /* time of the batch */
};

#ifdef __cplusplus
}
#endif
#endif
