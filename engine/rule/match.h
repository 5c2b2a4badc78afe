/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matchers against one packet.  Private to rule/.
 *
 * The context is what most matchers ask of a packet, taken once per walk: the
 * addresses and ids as they stand in the packet now (dst-nat may have changed
 * them), and what is looked up at most once.
 */
#ifndef SL_RULE_MATCH_H
#define SL_RULE_MATCH_H

#include <rule/live.h>
#include <rule/rule.h>

struct sl_match_ctx {
	struct sl_pkt *pkt;
	struct sl_addr src, dst;
	uint16_t src_id, dst_id; /* host order */
	bool has_ids;		 /* a protocol with ports, header on hand */
	bool has_l4;		 /* not a later fragment */
	/* 1 << enum sl_route_type; 0: not looked up yet */
	uint32_t src_type, dst_type;
	/* bytes of the IP packet, of one segment of a GSO frame */
	uint32_t size;
};

/* Is it of a protocol with ports, and are they on hand (not in a later
 * fragment)?  => Role: worker. */
bool sl_match_has_ids(const struct sl_pkt *pkt);

/* => Role: worker.  => In a read section. */
void sl_match_init(struct sl_match_ctx *, struct sl_pkt *pkt);

/* Do all matchers of the rule hold?  => Role: worker.  => In a read section. */
bool sl_match_rule(struct sl_match_ctx *, const struct sl_rule *rule);

/* Does this one, negated or not?  'live' is for those that take from a bucket.
 * => Role: worker.  => In a read section. */
bool sl_match_one(
    struct sl_match_ctx *, const struct sl_match *m, struct sl_live *live);

/* The kinds, by what they look at; negation is the caller's. */
bool sl_match_packet(struct sl_match_ctx *, const struct sl_match *m);
bool sl_match_header(const struct sl_match_ctx *, const struct sl_match *m);
bool sl_match_conn(const struct sl_match_ctx *, const struct sl_match *m);
bool sl_match_payload(const struct sl_match_ctx *, const struct sl_match *m);
bool sl_match_limit(const struct sl_match_ctx *, const struct sl_match *m,
    struct sl_live *live);
/* Those that follow a connection, a sender or the clock. */
bool sl_match_flow(struct sl_match_ctx *, const struct sl_match *m);

/* Which memo of its rule a matcher with sl_match_has_memo() has. */
enum sl_memo_kind sl_match_memo_kind(unsigned match_kind);
/* Gives such a matcher its memo, the rule's or a new one; -ENOMEM.
 * => Role: control. => Returns a reference in m->memo. */
int sl_match_remember(struct sl_match *m, struct sl_live *live);

#endif
