/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slab: the memory of one shard's connections of one family, by number.
 *
 * What it is.  Chunks of SL_SLAB_CHUNK equal slots and a directory of them: a
 *   number becomes an address with one load from a small, hot array.
 * Life cycle.  A slot is new (never used) or free -> taken (sl_slab_take)
 *   -> free (sl_slab_give).  Chunks are never returned before sl_slab_fini:
 *   memory is type-stable, a number always names a connection-shaped slot.
 * Who writes.  The owner of the shard.
 * Who reads.   Anyone, by a number below sl_slab_used() or from an entry.
 * Ordering.    A chunk is in the directory before 'used' covers it (release,
 *   pairs with the acquire in sl_slab_used) and before an entry names it.
 * Bounds.      SL_SLAB_DIRECTORY chunks, asked for one at a time; the system
 *   gives their pages as slots are first used.  The first chunk stays in small
 *   pages, so that a small router pays for what it has; later ones ask for
 *   huge pages.
 *
 * Ids.  A slot keeps the id of its last tenant and every take adds one to the
 * generation in the id's top bits.  A slot whose generations are used up is
 * never given out again (192 bytes in 16 million tenants), so an id is unique
 * for the life of the process.
 */
#ifndef SL_CONN_SLAB_H
#define SL_CONN_SLAB_H

#include <conn/conn.h>

/* Slots begin on a cache line: the hot line of a connection is then one line,
 * at the price of 16 bytes each for IPv4. */
#define SL_SLAB_STRIDE4	   192
#define SL_SLAB_STRIDE6	   256
#define SL_SLAB_CHUNK_BITS 15
#define SL_SLAB_CHUNK	   (1u << SL_SLAB_CHUNK_BITS)
#define SL_SLAB_DIRECTORY  (1u << 13)
#define SL_SLAB_MAX	   (SL_SLAB_CHUNK * SL_SLAB_DIRECTORY)

_Static_assert(sizeof(struct sl_conn4) <= SL_SLAB_STRIDE4, "slot of IPv4");
_Static_assert(sizeof(struct sl_conn6) <= SL_SLAB_STRIDE6, "slot of IPv6");
_Static_assert(SL_SLAB_STRIDE4 % SL_CACHE_LINE == 0, "hot line is one line");

/* An id is generation << 40 | worker << 32 | ref. */
#define SL_SLAB_GENERATION_SHIFT 40

/* Reclaimed slots are filled, and hidden from AddressSanitizer, where a
 * mistake should show. */
#if !defined(NDEBUG) || defined(__SANITIZE_ADDRESS__) ||                       \
    defined(__SANITIZE_THREAD__)
#define SL_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SL_POISON 1
#endif
#endif
#define SL_POISON_BYTE 0xd5

struct sl_slab {
	/* SL_SHARED: chunks stored before 'used' grows (release) */
	SL_ATOMIC(uint8_t *) * directory;
	SL_ATOMIC(uint32_t) used; /* slots that were ever taken */
	/* SL_CONST */
	uint32_t stride;
	uint8_t family;
	/* SL_OWNED */
	uint8_t worker;
	uint32_t free; /* 1 + number of the first free slot; 0: none */
};

/* A connection's ref is its slot's number and its family in the lowest bit. */
static inline uint32_t
sl_slab_ref(uint32_t number, uint8_t family)
{
	return number << 1 | (family == SL_IPV6);
}

static inline struct sl_conn *
sl_slab_at(const struct sl_slab *slab, uint32_t number)
{
	uint8_t *chunk =
	    sl_load_relaxed(&slab->directory[number >> SL_SLAB_CHUNK_BITS]);

	return (
	    struct sl_conn *)(void *)(chunk +
				      (size_t)(number & (SL_SLAB_CHUNK - 1)) *
					  slab->stride);
}

/* The connection in slot 'ref' of a shard's two slabs. */
static inline struct sl_conn *
sl_slab_conn(const struct sl_slab slabs[2], uint32_t ref)
{
	return sl_slab_at(&slabs[ref & 1], ref >> 1);
}

/* Slots below this number exist. => Role: any. */
static inline uint32_t
sl_slab_used(const struct sl_slab *slab)
{
	/* pairs with the release in sl_slab_take() */
	return sl_load_acquire(&((struct sl_slab *)(uintptr_t)slab)->used);
}

/* An empty slab; -ENOMEM.  No memory is taken for slots yet. */
int sl_slab_init(struct sl_slab *, uint8_t family, uint8_t worker);
/* Nobody reads any more. */
void sl_slab_fini(struct sl_slab *);

/* A slot with a new id, its ref, owner and family set, zero otherwise; NULL when
 * the system refuses memory or the slab is at its bound.  => Owner only. */
struct sl_conn *sl_slab_take(struct sl_slab *);

/* Gives back a chain of slots, linked by wheel_next (1 + ref), 'first' to
 * 'last': no reader can hold one any more.  => Owner only. */
void sl_slab_give(
    struct sl_slab *, struct sl_conn *first, struct sl_conn *last);

#endif
