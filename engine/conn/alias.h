/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Aliases: reply tuples that steer to another worker than their owner.
 *
 * What it is.  One liburcu cds_lfht for all shards.  A node names worker and
 *   ref of a connection; its key is that connection's reply tuple.
 * Life cycle.  added (sl_alias_add, by the owner, before the connection's
 *   entries) -> erased (sl_alias_erase, when it is removed) -> freed with the
 *   batch of the connection, after a grace period (conn/reap.c).
 * Who writes.  Any worker, for connections it owns; the table's resize thread.
 * Who reads.   Anyone inside a read section.
 * Ordering.    A node's 'target' is stored with release after everything else
 *   and loaded with acquire.  'count' is raised before a node is added and
 *   lowered after it is erased: 0 says that there is none to find.
 * Bounds.      One node per aliased connection, 40 bytes from the allocator.
 */
#ifndef SL_CONN_ALIAS_H
#define SL_CONN_ALIAS_H

#include <conn/slab.h>

struct sl_shard;
struct sl_alias;

struct sl_aliases {
	struct cds_lfht *table; /* NULL with one worker */
	/* SL_SHARED: any worker */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint64_t) count;
};

/* 'workers' > 1 makes a table.  -ENOMEM.  => Role: main. */
int sl_aliases_init(struct sl_aliases *, uint16_t workers);
/* All workers have stopped and every alias was erased.  => Role: main. */
void sl_aliases_fini(struct sl_aliases *);

static inline bool
sl_aliases_is_empty(const struct sl_aliases *aliases)
{
	return sl_load_relaxed(
		   &((struct sl_aliases *)(uintptr_t)aliases)->count) == 0;
}

/* The connection whose reply tuple is 'tuple' among 'shards', expired or not.
 * => In a read section. */
struct sl_conn *sl_alias_find_rcu(struct sl_aliases *, struct sl_shard *shards,
    const struct sl_tuple *tuple, uint64_t hash);

/* Makes the reply tuple of 'c', whose hash is 'hash', an alias.  -EEXIST: another
 * connection was first; -ENOMEM.  => Owner only.  => In a read section. */
int sl_alias_add(struct sl_aliases *, struct sl_shard *shards,
    struct sl_conn *c, uint64_t hash);

/* Erases the alias of 'c' and returns it, linked to 'next'; free it with
 * sl_alias_free_all after a grace period.  => Owner only. */
struct sl_alias *sl_alias_erase(struct sl_aliases *, const struct sl_conn *c,
    uint64_t hash, struct sl_alias *next);
void sl_alias_free_all(struct sl_alias *first);

#endif
