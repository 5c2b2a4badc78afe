/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shard: the connections of one worker.  The struct behind conn/table.h, for
 * the files of this folder only.
 *
 * What it is.  An index over two slabs (IPv4, IPv6), the wheel, and the limbo
 *   of removed connections that wait for their grace period.
 * Life cycle.  With its table.
 * Who writes.  The owner worker, except 'share' (control).
 * Who reads.   Anyone inside a read section: index, slabs, counts.
 * Ordering.    See conn/index.h, conn/slab.h and conn/reap.h.
 * Bounds.      alive + fresh <= share, unless max-entries was lowered.
 */
#ifndef SL_CONN_SHARD_H
#define SL_CONN_SHARD_H

#include <conn/alias.h>
#include <conn/index.h>
#include <conn/reap.h>
#include <conn/slab.h>
#include <conn/table.h>
#include <conn/wheel.h>

#define SL_SHARD_STEP 64 /* buckets of a grow that a tick migrates */

struct sl_shard {
	/* Read by every worker's lookups. */
	struct sl_slab slabs[2]; /* by the lowest bit of a ref */
	struct sl_table *table;	 /* SL_CONST */
	uint16_t worker;	 /* SL_CONST */
	struct sl_index index;

	/* SL_SHARED: control writes */
	SL_ALIGNED(SL_CACHE_LINE)
	SL_ATOMIC(uint64_t) share; /* of max-entries */
	/* SL_STATS: published and not removed, by family as slabs */
	SL_ATOMIC(uint64_t) alive[2];

	/* SL_OWNED */
	uint64_t fresh;	  /* allocated, not yet inserted */
	uint64_t tick_ns; /* time of the last sl_shard_tick() */
	struct sl_hand hand;
	struct sl_limbo limbo;
	struct sl_wheel wheel;
};

struct sl_table {
	/* SL_CONST */
	uint16_t workers;
	struct sl_shard *shards;
	/* SL_SHARED: control writes */
	SL_ATOMIC(uint64_t) max;
	struct sl_aliases aliases;
};

/* -ENOMEM, and nothing is left.  => Role: main. */
int sl_shard_init(struct sl_shard *, struct sl_table *, uint16_t worker);
void sl_shard_fini(struct sl_shard *);

/* What an index entry is compared with, and what it led to. */
struct sl_wanted {
	const struct sl_shard *shard;
	const struct sl_tuple *tuple;
	struct sl_conn *found;
};

static inline bool
sl_shard_is_wanted(void *arg, uint32_t link)
{
	struct sl_wanted *w = arg;

	w->found = sl_slab_conn(w->shard->slabs, sl_index_link_ref(link));
	return sl_conn_matches(w->found, sl_index_link_dir(link), w->tuple);
}

/* The connection with 'tuple' in this shard, expired or not; *dir tells the
 * direction.  => In a read section. */
static inline __attribute__((always_inline)) struct sl_conn *
sl_shard_find_rcu(const struct sl_shard *shard, const struct sl_tuple *tuple,
    uint64_t hash, enum sl_dir *dir)
{
	struct sl_wanted wanted = {.shard = shard, .tuple = tuple};
	uint32_t link = sl_index_find_rcu(
	    &shard->index, sl_index_tag(hash), sl_shard_is_wanted, &wanted);

	if (!link)
		return NULL;
	*dir = sl_index_link_dir(link);
	return wanted.found;
}

#endif
