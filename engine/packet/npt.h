/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPv6-to-IPv6 network prefix translation (RFC 6296): one prefix for another,
 * without state, and without a change to any checksum above: what the prefix adds
 * to the sum, one word of the address takes away.
 */
#ifndef SL_PACKET_NPT_H
#define SL_PACKET_NPT_H

#include <packet/pkt.h>

#define SL_NPT_BITS_MAX 64 /* the interface identifier is not the router's */

struct sl_npt {
	struct sl_addr from, to; /* host bits zero */
	uint8_t bits;		 /* of both */
	uint16_t adjust;	 /* one's complement, what the word gains */
};

/* Between two prefixes; bits <= SL_NPT_BITS_MAX.  => Role: any. */
void sl_npt_init(struct sl_npt *, const struct sl_addr *from,
    const struct sl_addr *to, uint8_t bits);

/* 1: mapped; 0: not in the prefix; -1: has no counterpart (a subnet of all ones
 * under a prefix of 48 bits or less; an identifier of all ones).  => Role: any. */
int sl_npt_map(const struct sl_npt *, uint8_t addr[16]);

/* Maps the source, or the destination, of an IPv6 packet; of an ICMPv6 error, the
 * other address of the packet it quotes as well.  False: it has no counterpart,
 * and must not leave as it is.  => Role: worker. */
bool sl_npt_apply(const struct sl_npt *, struct sl_pkt *pkt, bool source);

#endif
