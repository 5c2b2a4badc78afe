/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/table.h>

#include <conn/shard.h>

#include <errno.h>
#include <unistd.h>

#define DEFAULT_MAX_MIN	  65536
#define DEFAULT_MAX_BYTES 256 /* per entry, index and slack included */

_Static_assert(SL_WORKERS_MAX <= 256, "owner is a byte of conn, slab and id");

/* Readers take a const table; C11 atomics want it without. */
static struct sl_table *
unconst(const struct sl_table *table)
{
	return (struct sl_table *)(uintptr_t)table;
}

struct sl_table *
sl_table_new(uint16_t workers, uint64_t max_entries, struct sl_err *err)
{
	struct sl_table *table;
	uint16_t done = 0;

	SL_ASSERT(workers > 0 && workers <= SL_WORKERS_MAX);
	table = aligned_alloc(SL_CACHE_LINE, sizeof(*table));
	if (!table)
		goto out;
	*table = (struct sl_table){.workers = workers};
	table->shards =
	    aligned_alloc(SL_CACHE_LINE, workers * sizeof(table->shards[0]));
	if (!table->shards)
		goto out_table;
	memset(table->shards, 0, workers * sizeof(table->shards[0]));
	if (sl_aliases_init(&table->aliases, workers))
		goto out_shards;
	for (; done < workers; done++)
		if (sl_shard_init(&table->shards[done], table, done))
			goto out_aliases;
	sl_table_set_max(table, max_entries);
	return table;

out_aliases:
	while (done > 0)
		sl_shard_fini(&table->shards[--done]);
	sl_aliases_fini(&table->aliases);
out_shards:
	free(table->shards);
out_table:
	free(table);
out:
	sl_err_sys(err, -ENOMEM, "connection table for %u workers", workers);
	return NULL;
}

/* For sl_walk_slice(): takes the alias of a connection out of the table. */
static bool
drop_alias(void *arg, const struct sl_conn *c)
{
	struct sl_table *table = arg;
	struct sl_batch *open = &table->shards[c->owner].limbo.open;
	struct sl_tuple reply;

	if (!sl_conn_has(c, SL_CONN_ALIASED))
		return true;
	sl_conn_tuple(c, SL_REPLY, &reply);
	open->aliases = sl_alias_erase(
	    &table->aliases, c, sl_tuple_hash(&reply), open->aliases);
	return true;
}

void
sl_table_free(struct sl_table *table)
{
	struct sl_walk walk = {0};
	bool was_online;

	if (!table)
		return;
	was_online = urcu_qsbr_read_ongoing();
	if (table->workers > 1) {
		sl_rcu_online();
		while (
		    sl_walk_slice(table, &walk, UINT32_MAX, drop_alias, table))
			;
		sl_rcu_offline();
	} else if (was_online) {
		sl_rcu_offline();
	}
	sl_rcu_synchronize(); /* the resize thread may look at an alias */
	sl_rcu_drain();	      /* batches and index arrays under way */
	for (uint16_t i = 0; i < table->workers; i++)
		sl_shard_fini(&table->shards[i]);
	sl_aliases_fini(&table->aliases);
	free(table->shards);
	free(table);
	if (was_online)
		sl_rcu_online();
}

uint16_t
sl_table_workers(const struct sl_table *table)
{
	return table->workers;
}

struct sl_shard *
sl_table_shard(struct sl_table *table, uint16_t worker)
{
	SL_ASSERT(worker < table->workers);
	return &table->shards[worker];
}

void
sl_table_set_max(struct sl_table *table, uint64_t max_entries)
{
	uint64_t share = max_entries / table->workers;
	uint64_t rest = max_entries % table->workers;

	sl_store_relaxed(&table->max, max_entries);
	for (uint16_t i = 0; i < table->workers; i++)
		sl_store_relaxed(&table->shards[i].share, share + (i < rest));
}

uint64_t
sl_table_max(const struct sl_table *table)
{
	return sl_load_relaxed(&unconst(table)->max);
}

uint64_t
sl_table_total_family(const struct sl_table *table, uint8_t family)
{
	uint64_t sum = 0;

	for (uint16_t i = 0; i < table->workers; i++)
		sum +=
		    sl_load_relaxed(&table->shards[i].alive[family == SL_IPV6]);
	return sum;
}

uint64_t
sl_table_total(const struct sl_table *table)
{
	return sl_table_total_family(table, SL_IPV4) +
	       sl_table_total_family(table, SL_IPV6);
}

uint64_t
sl_table_default_max(void)
{
	uint64_t pages = (uint64_t)sysconf(_SC_PHYS_PAGES);
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t max = pages * page / 4 / DEFAULT_MAX_BYTES;

	return SL_MAX(max, (uint64_t)DEFAULT_MAX_MIN);
}

uint64_t
sl_table_bytes_rcu(const struct sl_table *table)
{
	uint64_t sum = 0;

	for (uint16_t i = 0; i < table->workers; i++) {
		const struct sl_shard *shard = &table->shards[i];

		sum += sl_index_bytes(&shard->index);
		for (int f = 0; f < 2; f++)
			sum += (uint64_t)sl_slab_used(&shard->slabs[f]) *
			       shard->slabs[f].stride;
	}
	return sum;
}

/* Out of line, to keep the registers of the hot path few. */
static __attribute__((noinline)) struct sl_conn *
lookup_alias(struct sl_table *table, const struct sl_tuple *tuple,
    uint64_t hash, uint64_t now_ns, enum sl_dir *dir)
{
	struct sl_conn *c;

	if (table->workers == 1 || sl_aliases_is_empty(&table->aliases))
		return NULL;
	c = sl_alias_find_rcu(&table->aliases, table->shards, tuple, hash);
	*dir = SL_REPLY;
	return c && !sl_conn_is_expired(c, now_ns) ? c : NULL;
}

struct sl_conn *
sl_table_lookup_rcu(struct sl_table *table, uint16_t worker,
    const struct sl_tuple *tuple, uint64_t hash, uint64_t now_ns,
    enum sl_dir *dir)
{
	struct sl_conn *c;

	c = sl_shard_find_rcu(&table->shards[worker], tuple, hash, dir);
	if (sl_likely(c && !sl_conn_is_expired(c, now_ns)))
		return c;
	return lookup_alias(table, tuple, hash, now_ns, dir);
}

bool
sl_table_reply_is_free_rcu(
    struct sl_table *table, const struct sl_tuple *reply, uint64_t now_ns)
{
	uint16_t worker = sl_tuple_owner(reply, table->workers);
	uint64_t hash = sl_tuple_hash(reply);
	struct sl_conn *c;
	enum sl_dir dir;

	/* An expired alias still keeps its tuple: only its owner can take it
	 * away, and does so within a slot of the wheel. */
	if (table->workers > 1 && !sl_aliases_is_empty(&table->aliases) &&
	    sl_alias_find_rcu(&table->aliases, table->shards, reply, hash))
		return false;
	c = sl_shard_find_rcu(&table->shards[worker], reply, hash, &dir);
	return !c || sl_conn_is_expired(c, now_ns);
}
