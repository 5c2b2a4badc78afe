/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICMP errors and TCP segments of our own: when, from which address, how often.
 * What they look like is packet/reply.
 *
 * Bounds.  Per worker: one token bucket for all (SL_REPLY_PER_S), and per target
 * the spacing of /ip settings icmp-rate-limit with a small burst, in a hashed
 * array that forgets on collision (as Linux's inet_peer limits do in kind).
 */
#ifndef SL_PATH_REPLY_H
#define SL_PATH_REPLY_H

#include <packet/reply.h>

#define SL_REPLY_TARGETS 1024
#define SL_REPLY_PER_S	 1000
#define SL_REPLY_BURST	 6

struct sl_worker;

struct sl_reply_limit {
	uint64_t
	    global_credit_ns; /* earned time, capped; a reply costs 1/rate */
	uint64_t global_last_ns;
	struct {
		uint32_t tag;
		uint32_t credit_ms;
		uint64_t last_ns;
	} target[SL_REPLY_TARGETS];
};

/* Answers the sender of 'pkt' with an ICMP or ICMPv6 error, if RFC 1122 and 4443
 * allow one and the rate does.  'pkt' is about to be dropped: its destination
 * translation is undone so that the quote is what the sender sent.
 * => Role: worker. */
void sl_reply_with_icmp(struct sl_worker *, struct sl_pkt *pkt, uint8_t type,
    uint8_t code, uint32_t info);

/* A TCP segment of our own in the place of whom 'pkt' asks: its frame, valid until
 * the flush, and '*len'; the caller sends it.  NULL: 'pkt' may not be answered,
 * or not so often (counted).  => Role: worker. */
uint8_t *sl_reply_make_tcp(struct sl_worker *, const struct sl_pkt *pkt,
    const struct sl_tcp_answer *, uint32_t *len);
/* Sends a frame of our own back to where 'pkt' came from. => Role: worker. */
void sl_reply_send(
    struct sl_worker *, const struct sl_pkt *pkt, uint8_t *frame, uint32_t len);
/* Makes 'pkt', whose destination may have been translated, what its sender sent.
 * => Role: worker. */
void sl_reply_undo_dstnat(struct sl_pkt *pkt);

/* As a reject rule asks: 'how' is an enum sl_reject. => Role: worker. */
void sl_reply_with_reject(struct sl_worker *, struct sl_pkt *pkt, uint8_t how);

#endif
