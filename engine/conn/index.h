/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Index: from the hash of a tuple to the entries that may be it.
 *
 * What it is.  An array of cache-line buckets.  A bucket has seven entries and
 *   counts the entries that wanted to pass it or to be in it and live further
 *   on.  An entry is one 64-bit word: the tag (upper half of the hash) above
 *   the *link*, 1 + (ref << 1 | direction); 0 is an empty place.  The home
 *   bucket is the top bits of the tag, so a grow moves entries without looking
 *   at a single connection, and bucket i spreads over 2i and 2i + 1.
 * Life cycle.  Of an array: allocated -> 'next' of the current one (a grow
 *   begins, insertions go there) -> filled by migration -> current -> retired
 *   when its own successor is full of its entries.
 * Who writes.  The owner of the shard.
 * Who reads.   Anyone inside a read section.
 * Ordering.    Entries and overflow counts are stored with release and loaded
 *   with acquire.  No entry ever moves within an array.
 *   Insertion counts the passed buckets first and stores the entry last: who
 *   is ordered after it sees the way to it.  Erasing clears the entry first.
 *   Migration stores the entry in the new array, then clears the old place and
 *   then lowers the counts.  A reader scans the old array and only *then*
 *   loads its 'next': if it missed an entry because of migration it has loaded
 *   (acquire) a clear or a lowered count, which comes after both the store of
 *   'next' and the entry's store in the new array, and so finds it there.  A
 *   reader that still holds an array two grows old follows 'next' twice; it
 *   keeps all of them alive by its read section.
 * Bounds.      A grow begins when entries exceed SL_INDEX_FULL percent of the
 *   places, with B buckets: at 4.9 B entries.  The new array has 14 B places
 *   and must not reach its own limit, 9.8 B entries, before migration ends, so
 *   there is time for 4.9 B insertions.  Every insertion migrates
 *   SL_INDEX_STEP >= 1 old buckets, so migration takes at most B / STEP
 *   of them: two grows never overlap.  If the system refuses the new array,
 *   the old one fills up to SL_INDEX_HARD percent, then insertions fail.
 *   A probe ends at a bucket without overflow, at worst after one round.
 */
#ifndef SL_CONN_INDEX_H
#define SL_CONN_INDEX_H

#include <base/rcu.h>

/* ThreadSanitizer cannot follow vector loads. */
#if defined(__SSE2__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(thread_sanitizer)
#define SL_INDEX_SSE2 1
#endif
#else
#define SL_INDEX_SSE2 1
#endif
#endif
#ifdef SL_INDEX_SSE2
#include <emmintrin.h>
#endif

#define SL_INDEX_ENTRIES  7
#define SL_INDEX_FULL	  70 /* percent of places taken: begin to grow */
#define SL_INDEX_HARD	  90 /* percent of places taken: refuse */
#define SL_INDEX_STEP	  2  /* old buckets migrated per inserted entry */
#define SL_INDEX_MIN_BITS 6  /* buckets at first: 4 KiB */
#define SL_INDEX_MAX_BITS 28

struct sl_bucket {
	/* SL_SHARED: written by the owner; release/acquire */
	SL_ATOMIC(uint64_t) entries[SL_INDEX_ENTRIES];
	SL_ATOMIC(uint32_t) overflow;
	uint32_t reserved;
};

_Static_assert(sizeof(struct sl_bucket) == SL_CACHE_LINE, "one line");

struct sl_array {
	/* SL_CONST */
	uint32_t bits; /* log2 of the number of buckets */
	size_t len;    /* bytes mapped */
	/* SL_SHARED: the array that entries migrate to; set once */
	SL_RCU_PTR(struct sl_array) next;
	struct sl_rcu_head rcu;
	SL_ALIGNED(SL_CACHE_LINE) struct sl_bucket buckets[];
};

struct sl_index {
	/* SL_SHARED */
	SL_RCU_PTR(struct sl_array) current;
	/* SL_OWNED */
	SL_ALIGNED(SL_CACHE_LINE) uint64_t entries; /* in both arrays */
	uint64_t migrated; /* old buckets done; while growing */
	uint64_t
	    refused_until; /* a refused grow: entries before the next try */
};

static inline uint32_t
sl_index_tag(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

static inline uint32_t
sl_index_link(uint32_t ref, unsigned dir)
{
	return (ref << 1 | dir) + 1;
}

static inline uint32_t
sl_index_link_ref(uint32_t link)
{
	return (link - 1) >> 1;
}

static inline unsigned
sl_index_link_dir(uint32_t link)
{
	return (link - 1) & 1;
}

static inline uint32_t
sl_array_home(const struct sl_array *array, uint32_t tag)
{
	return tag >> (32 - array->bits);
}

static inline uint32_t
sl_array_after(const struct sl_array *array, uint32_t bucket)
{
	return (bucket + 1) & ((1u << array->bits) - 1);
}

/*
 * A set of places (bit i: entry i) of 'bucket' that may have 'tag'; an empty
 * place looks like tag 0.  No branch depends on which place it is.
 *
 * On x86 four 16-byte loads do: each 8-byte half of an aligned one is read at
 * once, loads are not reordered with loads, and who takes an entry from the
 * set reads it again with sl_bucket_link().
 */
static inline unsigned
sl_bucket_match(struct sl_bucket *bucket, uint32_t tag)
{
#ifdef SL_INDEX_SSE2
	const __m128i *e = (const __m128i *)(const void *)bucket;
	__m128 e01 = _mm_castsi128_ps(_mm_load_si128(e + 0));
	__m128 e23 = _mm_castsi128_ps(_mm_load_si128(e + 1));
	__m128 e45 = _mm_castsi128_ps(_mm_load_si128(e + 2));
	__m128 e6 = _mm_castsi128_ps(_mm_load_si128(e + 3));
	__m128i want = _mm_set1_epi32((int)tag);
	__m128i low = _mm_cmpeq_epi32(
	    want, _mm_castps_si128(_mm_shuffle_ps(e01, e23, 0xdd)));
	__m128i high = _mm_cmpeq_epi32(
	    want, _mm_castps_si128(_mm_shuffle_ps(e45, e6, 0xdd)));

	sl_fence_acquire();
	/* The eighth is not an entry but the word of 'overflow'. */
	return ((unsigned)_mm_movemask_ps(_mm_castsi128_ps(low)) |
		   (unsigned)_mm_movemask_ps(_mm_castsi128_ps(high)) << 4) &
	       0x7f;
#else
	unsigned set = 0;

	for (unsigned i = 0; i < SL_INDEX_ENTRIES; i++) {
		uint64_t entry = sl_load_acquire(&bucket->entries[i]);

		set |= (unsigned)((uint32_t)(entry >> 32) == tag) << i;
	}
	return set;
#endif
}

/* The link in place 'i' if it (still) has 'tag', else 0. */
static inline uint32_t
sl_bucket_link(struct sl_bucket *bucket, unsigned i, uint32_t tag)
{
	/* pairs with the release in store_entry() */
	uint64_t entry = sl_load_acquire(&bucket->entries[i]);

	return (uint32_t)(entry >> 32) == tag ? (uint32_t)entry : 0;
}

static inline struct sl_array *
sl_index_current(const struct sl_index *index)
{
	return sl_rcu_read(&((struct sl_index *)(uintptr_t)index)->current);
}

/* Does 'link', whose tag fits, name what is looked for? */
typedef bool (*sl_index_is_it)(void *arg, uint32_t link);

static inline __attribute__((always_inline)) uint32_t
sl_array_find(
    struct sl_array *array, uint32_t tag, sl_index_is_it is_it, void *arg)
{
	uint32_t home = sl_array_home(array, tag), b = home;

	do {
		struct sl_bucket *bucket = &array->buckets[b];
		unsigned set = sl_bucket_match(bucket, tag);

		for (; set; set &= set - 1) {
			uint32_t link = sl_bucket_link(
			    bucket, (unsigned)__builtin_ctz(set), tag);

			if (link && sl_likely(is_it(arg, link)))
				return link;
		}
		/* pairs with the release in add_overflow() */
		if (sl_likely(sl_load_acquire(&bucket->overflow) == 0))
			return 0;
		b = sl_array_after(array, b);
	} while (b != home);
	return 0;
}

/* The link with 'tag' that is_it() accepts; 0: none.  Inlined, so that is_it()
 * is too.  => In a read section. */
static inline __attribute__((always_inline)) uint32_t
sl_index_find_rcu(
    const struct sl_index *index, uint32_t tag, sl_index_is_it is_it, void *arg)
{
	struct sl_array *array = sl_index_current(index);
	uint32_t link;

	do {
		link = sl_array_find(array, tag, is_it, arg);
		if (link)
			return link;
		array = sl_rcu_read(&array->next); /* only now: Ordering */
	} while (sl_unlikely(array != NULL));
	return 0;
}

/* The smallest index; -ENOMEM. */
int sl_index_init(struct sl_index *);
/* Nobody reads any more. */
void sl_index_fini(struct sl_index *);

/* Makes sure that 'n' (small) insertions will succeed; may begin a grow.
 * -ENOMEM if they would not.  => Owner only. */
int sl_index_reserve(struct sl_index *, unsigned n);
/* => Owner only; after sl_index_reserve(). */
void sl_index_insert(struct sl_index *, uint32_t tag, uint32_t link);
/* The entry must be there.  => Owner only. */
void sl_index_erase(struct sl_index *, uint32_t tag, uint32_t link);

bool sl_index_is_growing(const struct sl_index *);
/* Migrates up to 'buckets' buckets if a grow is under way.  => Owner only. */
void sl_index_step(struct sl_index *, uint32_t buckets);

/* Bytes of the arrays in use.  => In a read section. */
size_t sl_index_bytes(const struct sl_index *);

#endif
