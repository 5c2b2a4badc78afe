/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection table: one shard per worker, plus the aliases.
 *
 * What it is.  A shard is an index of cache-line buckets (7 entries of hash tag
 *   and connection number, plus an overflow count) over slabs of connections
 *   (conn/index.h, conn/slab.h).
 *   Both directions of a connection are entries of its owner's shard; a reply
 *   tuple that steers to another worker is, in addition, an *alias*: an entry of
 *   one liburcu cds_lfht that any worker may insert into and that decides, with
 *   one compare-and-swap, who got a tuple first (conn/alias.h).
 *   The original tuple of a connection steers to its owner; whoever makes a
 *   connection sees to that by handing its packet to sl_tuple_owner() first.
 * Life cycle.  See conn.h.  Old index arrays are retired after a grow.
 * Who writes.  A shard: its owner.  Aliases: any worker (cds_lfht).
 * Who reads.   Anybody inside a read section.
 * Ordering.    An entry is stored (release) after its connection is complete and
 *   cleared before the connection is retired.  While a grow is under way an entry
 *   is stored in the new array before it is cleared in the old; readers look in
 *   the old array first, then in the new, and so miss nothing.
 * Uniqueness.  No two live connections share a tuple.  Within a shard its one
 *   writer checks.  Across shards a tuple T can be wanted by its steer worker B
 *   as a tuple of its own, and by any number of others as an alias; the alias
 *   table lets one of those through.  B and the winner A each look for the
 *   other before publishing, publish, and look again after a full fence: A in
 *   B's shard, B among the aliases.  At least one of them sees the other and
 *   withdraws; if both do, both packets are dropped and the next one decides.
 *   A lost race is -EEXIST and counts as connections-race.
 *   What remains: a connection of B that has expired by A's clock, and whose
 *   packet B had looked up by its own, earlier clock, may be refreshed while A
 *   takes its tuple.  Both live then; B's own is found first at B, and the
 *   alias starves and expires.
 * Bounds.      Grows by doubling, a few buckets per insertion and per tick; a
 *   shard holds at most its share of max-entries.  No shrink.
 */
#ifndef SL_CONN_TABLE_H
#define SL_CONN_TABLE_H

#include <base/error.h>
#include <conn/conn.h>

struct sl_table;
struct sl_shard;

/* A table of 'workers' shards.  NULL and 'err' on failure.  => Role: main. */
struct sl_table *sl_table_new(
    uint16_t workers, uint64_t max_entries, struct sl_err *err);
/* All workers have stopped.  With more than one, the caller is registered with
 * sl_rcu_register().  => Role: main.  => May sleep. */
void sl_table_free(struct sl_table *);

uint16_t sl_table_workers(const struct sl_table *);
struct sl_shard *sl_table_shard(struct sl_table *, uint16_t worker);

/* Upper bound on entries; may be raised or lowered at any time (lowering evicts
 * nobody).  => Role: control. */
void sl_table_set_max(struct sl_table *, uint64_t max_entries);
uint64_t sl_table_max(const struct sl_table *);
/* Entries now, of both families / of one family. => Role: any. */
uint64_t sl_table_total(const struct sl_table *);
uint64_t sl_table_total_family(const struct sl_table *, uint8_t family);
/* Default for max-entries on this machine: a quarter of installed memory at 256
 * bytes each, and at least 65536. */
uint64_t sl_table_default_max(void);
/* Memory of index and connections, those in limbo and free slots included.
 * => In a read section. */
uint64_t sl_table_bytes_rcu(const struct sl_table *);

/*
 * The packet path, in stages over a batch so that no stage waits for memory.
 * prefetch_index touches the bucket; prefetch_conn reads it and touches the
 * connection; lookup finds.  Skipping the prefetches changes only the time.
 */
void sl_shard_prefetch_index(const struct sl_shard *, uint64_t hash);
void sl_shard_prefetch_conn(const struct sl_shard *, uint64_t hash);

/* The live connection that 'tuple' (hash = sl_tuple_hash) belongs to: in the
 * shard of 'worker', else among the aliases.  *dir tells the direction.  NULL:
 * none.  An expired connection is not found.  It may be owned by another
 * worker (conn->owner): then only read it.
 * => In a read section. */
struct sl_conn *sl_table_lookup_rcu(struct sl_table *, uint16_t worker,
    const struct sl_tuple *tuple, uint64_t hash, uint64_t now_ns,
    enum sl_dir *dir);

/* The deadline of a connection that nobody has given one. */
#define SL_SHARD_FRESH_NS (10 * SL_NS_PER_SEC)

/* A fresh connection with both tuples set (orig, and its inverse), zero
 * counters, no bits, and a deadline SL_SHARD_FRESH_NS from now.  When the shard
 * is full, unassured connections give way (a bounded search); NULL when none
 * does: *reason is the drop reason (SL_DROP_TABLE_FULL or SL_DROP_NO_MEMORY).
 * => Owner only. */
struct sl_conn *sl_shard_alloc(struct sl_shard *, const struct sl_tuple *orig,
    uint64_t now_ns, enum sl_drop_reason *reason);
/* Gives a fresh connection back. => Owner only. */
void sl_shard_free_fresh(struct sl_shard *, struct sl_conn *);

/* Could a connection with this reply tuple be inserted now?  For port choice: a
 * later insert may still lose a race.  => In a read section. */
bool sl_table_reply_is_free_rcu(
    struct sl_table *, const struct sl_tuple *reply, uint64_t now_ns);

/* Publishes a fresh connection: bits CONFIRMED, counted, armed in the wheel.
 * An expired connection of this shard in its way is removed.  -EEXIST: one of
 * its tuples is taken; -ENOMEM.  After either the connection is still fresh:
 * the caller drops the packet and calls sl_shard_free_fresh().
 * => Owner only.  => In a read section. */
int sl_shard_insert(struct sl_shard *, struct sl_conn *, uint64_t now_ns);

/* Removes a published connection and starts its reclamation.  'counter' is the
 * SL_COUNTER_CONN_* that tells why.  Safe on one already removed. => Owner only. */
void sl_shard_remove(struct sl_shard *, struct sl_conn *, unsigned counter);

/* Removes this shard's connection with that tuple if it has expired, ahead of
 * the wheel: what layers above keep for it is given back now.  True: it did.
 * => Owner only.  => In a read section. */
bool sl_shard_reap(
    struct sl_shard *, const struct sl_tuple *tuple, uint64_t now_ns);

/* New deadline after a packet, also before insertion.  Re-arms the wheel only if
 * it moved closer by more than a slot (lazy refresh otherwise).  Without effect
 * on a removed connection.  => Owner only. */
void sl_shard_refresh(
    struct sl_shard *, struct sl_conn *, uint64_t deadline_ns);

/* Work that the owner does once a batch, bounded: expiry of what is due, one
 * step of a grow under way, reclaiming what has passed its grace period. 
 * => Owner only.  => Outside any use of connection pointers. */
void sl_shard_tick(struct sl_shard *, uint64_t now_ns);

/* True if tick() has more to do right now. */
bool sl_shard_is_busy(const struct sl_shard *);

/*
 * Resumable walk over all published connections, shard by shard, in the order
 * of their slots, for print, flush and purge.  A cursor holds no pointer and
 * starts zeroed.  A connection present during the whole walk is visited exactly
 * once, whatever grows meanwhile; one that comes or goes, once or not at all.
 */
struct sl_walk {
	uint16_t worker;
	uint16_t family; /* 0: IPv4, 1: IPv6 */
	uint32_t slot;
};

/* Looks at up to 'budget' slots; visit() returning false ends the slice after
 * that connection.  Returns false when the walk is complete.  visit() may remove
 * the connection if the caller owns it.
 * => In a read section, any role. */
bool sl_walk_slice(struct sl_table *, struct sl_walk *, uint32_t budget,
    bool (*visit)(void *arg, const struct sl_conn *), void *arg);

/* The same over the connections of one worker; the cursor's 'worker' is not
 * used. */
bool sl_walk_shard_slice(struct sl_shard *, struct sl_walk *, uint32_t budget,
    bool (*visit)(void *arg, const struct sl_conn *), void *arg);

/* A connection by its print id, for remove and get.  => In a read section. */
const struct sl_conn *sl_table_by_id_rcu(struct sl_table *, uint64_t id);

#endif
