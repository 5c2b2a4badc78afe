/* SPDX-License-Identifier: Apache-2.0 */
/* Tuples: invert, compare, hash, steer, print.  The struct is public
 * (sluice/types.h). */
#ifndef SL_CONN_TUPLE_H
#define SL_CONN_TUPLE_H

#include <base/hash.h>
#include <sluice/types.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static inline void
sl_tuple_invert(const struct sl_tuple *t, struct sl_tuple *reply)
{
	reply->src = t->dst;
	reply->dst = t->src;
	reply->src_id = t->dst_id;
	reply->dst_id = t->src_id;
	reply->l4proto = t->l4proto;
	reply->family = t->family;
	reply->zone = t->zone;
}

static inline bool
sl_tuple_equal(const struct sl_tuple *a, const struct sl_tuple *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Keyed hash for tables; not symmetric. */
static inline uint64_t
sl_tuple_hash(const struct sl_tuple *t)
{
	uint64_t w[5];

	memcpy(w, t, sizeof(w));
	return sl_hash_words(w, 5);
}

/* Does the protocol have ids that steer its packets? */
static inline bool
sl_tuple_has_ids(const struct sl_tuple *t)
{
	switch (t->l4proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return true;
	default:
		return false;
	}
}

/*
 * Steer hash: symmetric in the two directions, and computed from the ids alone
 * where the protocol has ids, so that a translation that keeps them keeps the
 * owner; from the folded addresses otherwise.  io/afpacket computes the same in
 * classic BPF: change both.
 */
static inline uint32_t
sl_tuple_steer(const struct sl_tuple *t)
{
	const sl_be32 *s = t->src.u.w, *d = t->dst.u.w;

	if (sl_tuple_has_ids(t))
		return sl_hash_ids(ntohs(t->src_id), ntohs(t->dst_id));
	return sl_hash_ids(
	    ntohl(s[0]) ^ ntohl(s[1]) ^ ntohl(s[2]) ^ ntohl(s[3]),
	    ntohl(d[0]) ^ ntohl(d[1]) ^ ntohl(d[2]) ^ ntohl(d[3]));
}

/* Worker that owns connections of tuple 't' among 'workers'. */
static inline uint16_t
sl_tuple_owner(const struct sl_tuple *t, uint16_t workers)
{
	if (workers == 1)
		return 0;
	return (uint16_t)((sl_tuple_steer(t) >> 16) % workers);
}

#define SL_ADDR_TEXT  46 /* INET6_ADDRSTRLEN */
#define SL_TUPLE_TEXT 160

/* "192.0.2.1" or "2001:db8::1"; returns 'buf'. */
const char *sl_addr_print(
    uint8_t family, const struct sl_addr *addr, char buf[SL_ADDR_TEXT]);
/* "tcp 192.0.2.1:1000->198.51.100.2:80"; for logs and tests. */
const char *sl_tuple_print(const struct sl_tuple *t, char buf[SL_TUPLE_TEXT]);
/* Reads an address of either family; false if it is none. */
bool sl_addr_parse(const char *text, uint8_t *family, struct sl_addr *addr);

#endif
