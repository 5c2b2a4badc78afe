/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tracked connection.
 *
 * What it is.  A fixed-size record in a slab of its owner's shard, named by a
 *   32-bit number (the index stores numbers, not pointers).  IPv4 takes
 *   sizeof(struct sl_conn4), IPv6 sizeof(struct sl_conn6), both rounded up to
 *   whole cache lines (conn/slab.h).
 * Life cycle.  fresh (sl_shard_alloc, the first packet is on its way)
 *   -> published (sl_table_insert, the packet leaves: "confirmed")
 *   -> removed (sl_table_remove: expiry, eviction, command, restart)
 *   -> retired (same call) -> reclaimed (back to the slab after a grace period).
 *   A fresh connection whose packet is dropped goes straight back.
 * Who writes.  The owner worker.  Fields other threads read are atomics.
 * Who reads.   Any thread inside a read section.
 * Ordering.    Everything under SL_CONST is complete before the index entry is
 *   stored (release in table.c, pairs with the acquire in sl_table_lookup_rcu).
 * Bounds.      At most max-entries of them; memory is taken by slab on demand.
 */
#ifndef SL_CONN_CONN_H
#define SL_CONN_CONN_H

#include <base/atomic.h>
#include <base/clock.h>
#include <conn/tuple.h>
#include <packet/edit.h>
#include <sluice/tracker.h>

/* Bits of sl_conn.bits; letters are those of connection print. */
enum sl_conn_bit {
	SL_CONN_EXPECTED = 1 << 0,     /* E */
	SL_CONN_SEEN_REPLY = 1 << 1,   /* S */
	SL_CONN_ASSURED = 1 << 2,      /* A */
	SL_CONN_CONFIRMED = 1 << 3,    /* C */
	SL_CONN_DYING = 1 << 4,	       /* D: removed from the table */
	SL_CONN_FASTTRACK = 1 << 5,    /* F */
	SL_CONN_SRCNAT = 1 << 6,       /* s */
	SL_CONN_DSTNAT = 1 << 7,       /* d */
	SL_CONN_NAT_SRC_DONE = 1 << 8, /* srcnat chain was walked */
	SL_CONN_NAT_DST_DONE = 1 << 9, /* dstnat chain was walked */
	SL_CONN_MASQUERADE = 1 << 10,  /* purge if 'out_port' changes address */
	SL_CONN_ALIASED = 1 << 11, /* reply tuple steers to another worker */
	SL_CONN_FAST_OK = 1 << 12, /* tracker: FastTrack may carry it now */
	SL_CONN_TARPIT = 1 << 13,  /* its packets are answered, not sent on */
	SL_CONN_EIN_SRC = 1 << 14, /* source is of a mapping, nat/mapped.h */
	SL_CONN_EIN_DST = 1 << 15, /* destination was of a mapping */
	/* Watched (conn/watch.h): what ends with the connection. */
	SL_CONN_POOLED = 1 << 16,    /* holds a port of a NAT pool */
	SL_CONN_COUNTED = 1 << 17,   /* counts in a connection-limit */
	SL_CONN_INSPECTED = 1 << 18, /* its payload is being looked at */
	SL_CONN_HELPED = 1 << 20,    /* h: a helper follows it */
	SL_CONN_TIED = 1 << 21,	     /* ends with the one that expected it */
	SL_CONN_SENT = 1 << 22,	     /* conn/sent.h knows how it leaves */
	/* Payload (rule/inspect.h). */
	SL_CONN_L7_UNKNOWN = 1 << 24, /* no layer 7 name holds, for ever */
	SL_CONN_TLS_OVER = 1 << 25,   /* past its TLS hello, or had none */
	/* Its packets carry the receiver's id only (SL_L4_RECEIVER_ID). */
	SL_CONN_RECEIVER_ID = 1 << 26,
	SL_CONN_MAPPED = 1 << 19,     /* holds a mapping */
	SL_CONN_POOL_GUEST = 1 << 23, /* came to a port of a NAT pool */
};

/* Top bits: the number of the helper that expected the connection
 * (related/helpers.h); 0: none did. */
#define SL_CONN_HELPER_SHIFT 27

#define SL_CONN_WATCHERS      8
#define SL_CONN_WATCHED_FIRST 0x10000u
#define SL_CONN_WATCHED	      0xff0000u

#define SL_CONN_NO_SLOT 0xffff /* sl_conn.wheel_slot: in none */

/* Compact keys; expand with sl_conn_tuple(). */
struct sl_conn_key4 {
	sl_be32 src, dst;
	sl_be16 src_id, dst_id;
};
struct sl_conn_key6 {
	struct sl_addr src, dst;
	sl_be16 src_id, dst_id;
	uint32_t nat_rule; /* no part of the key: see sl_conn_nat_rule() */
};

struct sl_conn_dir {
	/* SL_STATS: written by the owner */
	SL_ATOMIC(uint64_t) packets, bytes; /* bytes of IP packets */
};

struct sl_conn {
	/* SL_CONST once published; read by every worker's lookup.  First line. */
	struct sl_conn_key4 key4[SL_DIRS]; /* IPv4 */
	uint8_t l4proto, family;
	uint16_t zone;
	uint32_t ref;	   /* own number within the shard */
	uint8_t owner;	   /* worker id */
	uint8_t tracker;   /* slot in track/trackers */
	uint16_t out_port; /* the original direction leaves by; SL_PORT_NONE */

	/* SL_SHARED: written by the owner, read by anyone, relaxed */
	SL_ATOMIC(uint32_t) bits; /* enum sl_conn_bit; DYING is a release */
	SL_ATOMIC(uint32_t) mark; /* number of a connection mark; 0: none */
	/* SL_CONST once published: item of the filter rule that let it in;
	 * 0: none */
	uint32_t filter_rule;
	SL_ATOMIC(uint64_t) deadline_ns;

	/* SL_OWNED: the wheel's list */
	uint32_t wheel_next, wheel_prev;

	/* second line */
	struct sl_conn_dir dirs[SL_DIRS];
	SL_ATOMIC(uint64_t) id;	    /* never reused; print's .id */
	SL_ATOMIC(uint8_t) state;   /* index into the tracker's states */
	SL_ATOMIC(uint8_t) timeout; /* index into the tracker's timeouts */
	uint16_t wheel_slot;	    /* SL_OWNED; SL_CONN_NO_SLOT */
	/* SL_STATS: what sl_conn_rate() reads; written by the owner */
	SL_ATOMIC(uint32_t) rate_bytes_s[SL_DIRS]; /* in the last full second */
	SL_ATOMIC(uint32_t) rate_window[SL_DIRS];  /* in the running second */
	SL_ATOMIC(uint32_t) rate_start_ds;	   /* its start, 0.1 s units */

	/* SL_OWNED: the tracker's private area */
	SL_ALIGNED(8) uint8_t priv[SL_TRACK_PRIV_MAX];
};

struct sl_conn4 {
	struct sl_conn conn;
	uint32_t nat_rule[2]; /* SL_CONST once published */
};

struct sl_conn6 {
	struct sl_conn conn;
	struct sl_conn_key6 key6[SL_DIRS]; /* SL_CONST once published */
};

_Static_assert(offsetof(struct sl_conn, dirs) == 64, "hot line is one line");
/* sl_conn_matches() compares l4proto, family and zone as one word, and an IPv6
 * key as the first 36 bytes of a tuple. */
_Static_assert(
    offsetof(struct sl_conn, zone) == offsetof(struct sl_conn, l4proto) + 2 &&
	offsetof(struct sl_tuple, zone) ==
	    offsetof(struct sl_tuple, l4proto) + 2,
    "protocol, family, zone: one word in the same order");
_Static_assert(
    offsetof(struct sl_conn_key6, dst_id) == offsetof(struct sl_tuple, dst_id),
    "IPv6 key is the head of a tuple");
_Static_assert(offsetof(struct sl_conn_key4, dst_id) ==
		       offsetof(struct sl_conn_key4, src_id) + 2 &&
		   offsetof(struct sl_tuple, dst_id) ==
		       offsetof(struct sl_tuple, src_id) + 2,
    "the two ids: one word in the same order");
_Static_assert(sizeof(struct sl_conn) <= 176, "memory budget, design");

/* The item of the nat rule that translated the source (side 0) or the
 * destination (1); 0: none.  In bytes that were padding. */
static inline uint32_t *
sl_conn_nat_rule(struct sl_conn *c, unsigned side)
{
	if (c->family == SL_IPV4)
		return &((struct sl_conn4 *)(void *)c)->nat_rule[side];
	return &((struct sl_conn6 *)(void *)c)->key6[side].nat_rule;
}

/* The tuple of direction 'dir'. */
static inline void
sl_conn_tuple(const struct sl_conn *c, enum sl_dir dir, struct sl_tuple *t)
{
	if (c->family == SL_IPV4) {
		const struct sl_conn_key4 *k = &c->key4[dir];

		memset(t, 0, sizeof(*t));
		t->src.u.w[0] = k->src;
		t->dst.u.w[0] = k->dst;
		t->src_id = k->src_id;
		t->dst_id = k->dst_id;
	} else {
		const struct sl_conn_key6 *k =
		    &((const struct sl_conn6 *)(const void *)c)->key6[dir];

		t->src = k->src;
		t->dst = k->dst;
		t->src_id = k->src_id;
		t->dst_id = k->dst_id;
	}
	t->l4proto = c->l4proto;
	t->family = c->family;
	t->zone = c->zone;
}

/* IPv6's part of sl_conn_matches(): addresses and ids. */
bool sl_conn_matches_key6(
    const struct sl_conn *c, unsigned dir, const struct sl_tuple *tuple);

/* The 32-bit word at 'off' of a struct. */
static inline uint32_t
sl_conn_word(const void *base, size_t off)
{
	uint32_t word;

	memcpy(&word, (const uint8_t *)base + off, sizeof(word));
	return word;
}

/* Is 'tuple' the tuple of direction 'dir'?  For IPv4 the upper twelve bytes of
 * the addresses are zero by definition and not looked at. */
static inline bool
sl_conn_matches(
    const struct sl_conn *c, unsigned dir, const struct sl_tuple *tuple)
{
	const struct sl_conn_key4 *k = &c->key4[dir];
	uint32_t differs =
	    sl_conn_word(c, offsetof(struct sl_conn, l4proto)) ^
	    sl_conn_word(tuple, offsetof(struct sl_tuple, l4proto));

	if (sl_unlikely(tuple->family != SL_IPV4))
		return differs == 0 && sl_conn_matches_key6(c, dir, tuple);
	differs |= k->src ^ tuple->src.u.w[0];
	differs |= k->dst ^ tuple->dst.u.w[0];
	differs |= sl_conn_word(k, offsetof(struct sl_conn_key4, src_id)) ^
		   sl_conn_word(tuple, offsetof(struct sl_tuple, src_id));
	return differs == 0;
}

/* Sets the tuple of one direction.  Fresh connections only. => Owner only. */
void sl_conn_set_tuple(
    struct sl_conn *c, enum sl_dir dir, const struct sl_tuple *t);

static inline uint32_t
sl_conn_bits(const struct sl_conn *c)
{
	return sl_load_relaxed(&((struct sl_conn *)(uintptr_t)c)->bits);
}

static inline bool
sl_conn_has(const struct sl_conn *c, uint32_t bits)
{
	return (sl_conn_bits(c) & bits) != 0;
}

/* => Owner only: a plain read-modify-write, no locked instruction. */
static inline void
sl_conn_set_bits_owned(struct sl_conn *c, uint32_t bits)
{
	uint32_t old = sl_load_relaxed(&c->bits);

	if ((old & bits) != bits)
		sl_store_relaxed(&c->bits, old | bits);
}

static inline bool
sl_conn_is_expired(const struct sl_conn *c, uint64_t now_ns)
{
	return sl_load_relaxed(
		   &((struct sl_conn *)(uintptr_t)c)->deadline_ns) <= now_ns;
}

/*
 * Where packets carry the receiver's id only, a tuple does not tell the id of the
 * other direction; the one that packets of direction 'dir' leave with stands in
 * the first bytes of the tracker's area, which are the engine's then
 * (SL_L4_RECEIVER_ID).
 */
static inline sl_be16
sl_conn_leave_id(const struct sl_conn *c, enum sl_dir dir)
{
	return sl_raw_be16(c->priv + dir * sizeof(sl_be16));
}

/* => Owner only.  Fresh connections only. */
static inline void
sl_conn_set_leave_id_owned(struct sl_conn *c, enum sl_dir dir, sl_be16 id)
{
	memcpy(c->priv + dir * sizeof(id), &id, sizeof(id));
}

/* The tuple that packets of direction 'dir' leave with: the inverse of the one
 * that packets of the other direction arrive with. */
void sl_conn_leaving(
    const struct sl_conn *c, enum sl_dir dir, struct sl_tuple *out);

/* The change a packet of direction 'dir' undergoes between arriving and leaving:
 * from tuple[dir] to sl_conn_leaving(). */
void sl_conn_rewrite(
    const struct sl_conn *c, enum sl_dir dir, struct sl_rewrite *out);

/* Adds a packet of 'bytes' IP bytes to the counters and the rate.
 * => Owner only. */
void sl_conn_account_owned(
    struct sl_conn *c, enum sl_dir dir, uint32_t bytes, uint64_t now_ns);

/* Bits per second in the last full second; 0 when there was no packet in it.
 * => In a read section. */
uint64_t sl_conn_rate(
    const struct sl_conn *c, enum sl_dir dir, uint64_t now_ns);

#endif
