/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/table.h>

#include <conn/shard.h>

/* Published and not removed; all its constant fields may then be read. */
static bool
is_published(struct sl_conn *c)
{
	/* pairs with the release in publish() and sl_shard_remove() */
	uint32_t bits = sl_load_acquire(&c->bits);

	return (bits & SL_CONN_CONFIRMED) && !(bits & SL_CONN_DYING);
}

bool
sl_walk_shard_slice(struct sl_shard *shard, struct sl_walk *walk,
    uint32_t budget, bool (*visit)(void *arg, const struct sl_conn *),
    void *arg)
{
	for (; walk->family < 2; walk->family++, walk->slot = 0) {
		struct sl_slab *slab = &shard->slabs[walk->family];
		uint32_t used = sl_slab_used(slab);

		for (; walk->slot < used && budget > 0; budget--) {
			struct sl_conn *c = sl_slab_at(slab, walk->slot++);

			if (is_published(c) && !visit(arg, c))
				return true;
		}
		if (walk->slot < used)
			return true;
	}
	return false;
}

bool
sl_walk_slice(struct sl_table *table, struct sl_walk *walk, uint32_t budget,
    bool (*visit)(void *arg, const struct sl_conn *), void *arg)
{
	if (walk->worker == table->workers)
		return false;
	if (!sl_walk_shard_slice(
		&table->shards[walk->worker], walk, budget, visit, arg)) {
		walk->worker++;
		walk->family = 0;
		walk->slot = 0;
	}
	return walk->worker < table->workers;
}

const struct sl_conn *
sl_table_by_id_rcu(struct sl_table *table, uint64_t id)
{
	uint32_t worker = (uint8_t)(id >> 32), ref = (uint32_t)id;
	struct sl_slab *slab;
	struct sl_conn *c;

	if (worker >= table->workers)
		return NULL;
	slab = &table->shards[worker].slabs[ref & 1];
	if (ref >> 1 >= sl_slab_used(slab))
		return NULL;
	c = sl_slab_at(slab, ref >> 1);
	/* Bits before id: a new tenant's id comes before its bits. */
	if (!is_published(c) || sl_load_relaxed(&c->id) != id)
		return NULL;
	return c;
}
