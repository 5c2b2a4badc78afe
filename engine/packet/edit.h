/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only code that changes packet bytes.  Bounds, header lengths and
 * checksums (whole, partial and absent) are kept right here and nowhere else.
 * Callers pass parsed packets; offsets were checked by parse.
 * => Role of all: worker.
 */
#ifndef SL_PACKET_EDIT_H
#define SL_PACKET_EDIT_H

#include <packet/pkt.h>
#include <sluice/tracker.h>

/* Precomputed change of one direction of a translated connection: what to
 * write and by how much the checksums move.  Built by sl_edit_plan(). */
struct sl_rewrite {
	struct sl_addr src, dst; /* new addresses */
	sl_be16 src_id, dst_id;	 /* new ids */
	uint16_t l3_delta;	 /* IPv4 header checksum */
	uint16_t addr_delta;	 /* pseudo-header part of the L4 checksum */
	uint16_t id_delta;	 /* id part of the L4 checksum */
	uint8_t what;		 /* SL_EDIT_* that differ; 0: nothing to do */
};

enum sl_edit_what {
	SL_EDIT_SRC = 1,
	SL_EDIT_DST = 2,
	SL_EDIT_SRC_ID = 4,
	SL_EDIT_DST_ID = 8,
};

/* How packets of tuple 'from' become packets of tuple 'to' (same family). */
void sl_edit_plan(const struct sl_tuple *from, const struct sl_tuple *to,
    struct sl_rewrite *out);

/* Writes the parts of 'rw' that 'mask' (SL_EDIT_*) selects, with checksums;
 * deltas are recomputed when the mask cuts the plan, else the packet must be one
 * of the plan's 'from'.  An absent checksum (UDP) stays absent; of a later
 * fragment only addresses are written.  A CRC32C under changed ids is made anew.
 * False, and nothing is written, if the L4 header is too short for the layout. */
bool sl_edit_rewrite(struct sl_pkt *pkt, const struct sl_l4_layout *layout,
    const struct sl_rewrite *rw, uint8_t mask);

/* The packet quoted in the ICMP error 'pkt' (quoted IP header at 'quoted_off')
 * is rewritten from tuple 'from' to tuple 'to' as far as its bytes reach, and
 * the quoted IPv4 header, quoted L4 (if present) and outer ICMP checksums
 * follow.  False if it does not fit. */
bool sl_edit_rewrite_quoted(struct sl_pkt *pkt, uint32_t quoted_off,
    const struct sl_l4_layout *layout, const struct sl_tuple *from,
    const struct sl_tuple *to);

/* Outer addresses only (an ICMP error's own header), checksums of ICMP, ICMPv6,
 * TCP, UDP, UDP-Lite and DCCP included. */
void sl_edit_set_src(struct sl_pkt *pkt, const struct sl_addr *src);
void sl_edit_set_dst(struct sl_pkt *pkt, const struct sl_addr *dst);

/* Decrements TTL or hop limit; false (unchanged) if it is 1 or 0. */
bool sl_edit_dec_ttl(struct sl_pkt *pkt);

/* TTL or hop limit; DSCP, beside which ECN stays. */
void sl_edit_set_ttl(struct sl_pkt *pkt, uint8_t ttl);
void sl_edit_set_dscp(struct sl_pkt *pkt, uint8_t dscp);

/* Makes the MSS option of a SYN 'mss' if it is larger: a larger one than the
 * sender's would promise what it cannot take.  False: nothing to lower. */
bool sl_edit_lower_mss(struct sl_pkt *pkt, uint16_t mss);

/* IPv4: allows fragments.  Who forbade them need not have numbered its datagrams
 * (RFC 6864 4.1): number zero becomes 'id'.  True if 'id' was used. */
bool sl_edit_clear_df(struct sl_pkt *pkt, uint16_t id);

/* Where the payload of a TCP or UDP packet begins, from 'data'; 0: no such packet,
 * or its header is broken. */
uint32_t sl_edit_payload_off(const struct sl_pkt *pkt);

/* A 16- or 32-bit field of the TCP header ('n' bytes at 'off', which options may
 * have made odd), in host order; the checksum follows. */
void sl_edit_set_tcp(
    struct sl_pkt *pkt, uint32_t off, uint32_t value, uint32_t n);

/* 32 bits of the packet quoted in the ICMP error 'pkt', at 'off' from its L4 header;
 * the error's checksum follows. */
void sl_edit_set_quoted(struct sl_pkt *pkt, uint32_t off, uint32_t value);

/* A payload that stands in 'frame' behind as many bytes as the packet's headers
 * take. */
struct sl_payload {
	uint8_t *frame; /* the packet's own bytes, or others */
	uint32_t room;	/* of 'frame' */
	uint32_t len;	/* of the payload */
	uint32_t mtu; /* a larger TCP segment leaves as a GSO frame; 0: never */
};

/* The TCP or UDP packet moves to p->frame and carries that payload: lengths,
 * checksums (whole, partial, or absent as it was) and segmentation follow.  False,
 * and nothing is changed, if it would be larger than an IP packet or the room. */
bool sl_edit_set_payload(struct sl_pkt *pkt, const struct sl_payload *p);

/* A datagram that became too large by our doing may be cut: DF is cleared (as by
 * sl_edit_clear_df()), and IPv6 counts as made whole by packet/defrag. */
void sl_edit_allow_cut(struct sl_pkt *pkt, uint32_t id);

/* IPv4: every option becomes padding; the header stays as long as it is. */
void sl_edit_strip_options(struct sl_pkt *pkt);

/* Writes the Ethernet header for output.  VLAN tags go: 'data' and the offsets
 * then move to the new start of the frame. */
void sl_edit_set_l2(
    struct sl_pkt *pkt, const uint8_t dst[6], const uint8_t src[6]);

/* True if the L4 checksum is right, absent by right, or vouched for, or if 'pkt'
 * is a fragment, which has none of its own. */
bool sl_edit_csum_ok(
    const struct sl_pkt *pkt, const struct sl_l4_layout *layout);

/* Completes a SL_OFFLOAD_PARTIAL checksum in the frame and clears the flag.  Of a
 * GSO frame it becomes the checksum of the frame as it stands, uncut. */
void sl_edit_csum_complete(struct sl_pkt *pkt);

/* Cuts a packet into fragments of at most 'mtu' IP bytes, each built with the
 * packet's L2 header in 'buf' (>= mtu + SL_ETH_LEN + 64 bytes) and given to
 * emit().  IPv4 as RFC 791 says; IPv6 only if packet/defrag made the datagram
 * whole (SL_PKT_REASSEMBLED): the caller passes the max_frag it got, since routers
 * do not make fragments smaller than the sender did (RFC 8200 5).  The packet stays
 * as it is, a partial checksum is completed in the fragments.  Returns the number
 * of frames (1, unchanged, if it fits), or -EMSGSIZE if it may not be cut: DF,
 * other IPv6, GSO, mtu < 68. */
int sl_edit_fragment(const struct sl_pkt *pkt, uint32_t mtu, uint8_t *buf,
    void (*emit)(void *arg, uint8_t *frame, uint32_t len), void *arg);

#endif
