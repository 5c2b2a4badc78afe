/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of packet/ share among themselves: the steps of parsing, and
 * walks over headers that stand inside a frame.  Nobody else includes this.
 */
#ifndef SL_PACKET_PARSE_INTERNAL_H
#define SL_PACKET_PARSE_INTERNAL_H

#include <packet/header.h>
#include <packet/pkt.h>

#define SL_IP4_HDR    20
#define SL_IP6_HDR    40
#define SL_ICMP_HDR   8
#define SL_IP_MAX     65535 /* of a length field */
#define SL_FRAG_MORE4 0x2000
#define SL_FRAG_DF    0x4000
#define SL_FRAG_OFF4  0x1fff /* in units of 8 bytes */
#define SL_FRAG_MORE6 0x0001
#define SL_FRAG_OFF6  0xfff8 /* in bytes */
#define SL_FRAG_HDR6  8

/* Steps of sl_parse_frame(), in order: each fills its part of 'pkt'. */
enum sl_verdict sl_parse_eth(struct sl_pkt *pkt);
enum sl_verdict sl_parse_ip4(struct sl_pkt *pkt);
enum sl_verdict sl_parse_ip6(struct sl_pkt *pkt);

/* True if 'pkt' claims to be one of several segments (its length fields may
 * then be zero: a jumbo frame of the kernel's own). */
static inline bool
sl_parse_is_gso(const struct sl_pkt *pkt)
{
	return pkt->offload.gso_type != SL_GSO_NONE;
}

/* Records that 'pkt' is a fragment of 'len' bytes at 'off'; 'overhead' is what
 * else the datagram's length field will count.  False if that cannot be. */
bool sl_parse_fragment(struct sl_pkt *pkt, uint32_t off, bool more,
    uint32_t len, uint32_t overhead);

/* True if every IPv4 option in 'len' bytes lies within them. */
bool sl_parse_ip4_options(const uint8_t *opt, uint32_t len);

/* What follows an IPv6 header; all offsets from the IPv6 header. */
struct sl_ip6_chain {
	uint32_t l4_off;   /* after the chain, or after the fragment header
			       * of a later fragment */
	uint32_t frag_off; /* of the fragment header; 0: there is none */
	uint32_t frag_nh;  /* of the byte that announces the fragment header */
	uint32_t unfrag_end; /* of the headers every fragment repeats */
	uint32_t unfrag_nh;  /* of the byte that announces what follows them */
	uint16_t frag_word;  /* offset and M bit; host order */
	sl_be32 frag_id;
	uint8_t l4proto;
	uint8_t headers; /* extension headers passed */
	uint8_t kinds;	 /* SL_HEADER_* of them */
};

/* Walks the chain in 'len' bytes (>= 40) from 'ip'.  False if it does not end
 * within them or within SL_EXT_HEADERS_MAX headers. */
bool sl_parse_ip6_chain(
    const uint8_t *ip, uint32_t len, struct sl_ip6_chain *chain);

/* A packet quoted in an ICMP error; offsets from its IP header. */
struct sl_quoted {
	uint8_t family, l4proto;
	uint32_t l4_off;
	uint32_t l4_have;  /* bytes of L4 that the quote holds */
	uint32_t l4_total; /* bytes of L4 that its IP header states */
};

/* Reads the header of a packet quoted in 'len' bytes; false if it is not sane,
 * a later fragment, or cut before the eighth byte of L4. */
bool sl_parse_quoted_ip(
    const uint8_t *ip, uint32_t len, uint8_t family, struct sl_quoted *quoted);

/* Bytes of the ICMP error 'pkt' that quote: without an RFC 4884 extension. */
uint32_t sl_parse_quoted_len(const struct sl_pkt *pkt);

#endif
