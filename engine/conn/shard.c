/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/shard.h>

#include <base/drop.h>
#include <conn/watch.h>

#include <errno.h>

/* Both tuples of a connection, ready to be looked up. */
struct keys {
	struct sl_tuple tuple[SL_DIRS];
	uint64_t hash[SL_DIRS];
	unsigned n; /* 1 if both tuples are the same: one entry serves */
	uint16_t reply_worker;
};

static void
keys_of(const struct sl_shard *shard, const struct sl_conn *c, struct keys *k)
{
	for (int dir = 0; dir < SL_DIRS; dir++) {
		sl_conn_tuple(c, dir, &k->tuple[dir]);
		k->hash[dir] = sl_tuple_hash(&k->tuple[dir]);
	}
	k->n = sl_tuple_equal(&k->tuple[SL_ORIG], &k->tuple[SL_REPLY]) ? 1 : 2;
	k->reply_worker =
	    sl_tuple_owner(&k->tuple[SL_REPLY], shard->table->workers);
}

int
sl_shard_init(struct sl_shard *shard, struct sl_table *table, uint16_t worker)
{
	shard->table = table;
	shard->worker = worker;
	sl_wheel_init(&shard->wheel, sl_now_ns());
	if (sl_slab_init(&shard->slabs[0], SL_IPV4, (uint8_t)worker) ||
	    sl_slab_init(&shard->slabs[1], SL_IPV6, (uint8_t)worker) ||
	    sl_index_init(&shard->index)) {
		sl_shard_fini(shard);
		return -ENOMEM;
	}
	return 0;
}

void
sl_shard_fini(struct sl_shard *shard)
{
	sl_reap_fini(shard);
	sl_index_fini(&shard->index);
	sl_slab_fini(&shard->slabs[1]);
	sl_slab_fini(&shard->slabs[0]);
}

void
sl_shard_prefetch_index(const struct sl_shard *shard, uint64_t hash)
{
	struct sl_array *array = sl_index_current(&shard->index);
	uint32_t tag = sl_index_tag(hash);

	do {
		sl_prefetch(&array->buckets[sl_array_home(array, tag)]);
		array = sl_rcu_read(&array->next);
	} while (sl_unlikely(array != NULL));
}

/* Key and state, counters, the tracker's area: a packet touches all of them. */
static void
prefetch_whole(const struct sl_conn *c)
{
	const uint8_t *line = (const uint8_t *)c;

	for (size_t off = 0; off < sizeof(*c); off += SL_CACHE_LINE)
		sl_prefetch_write(line + off);
}

void
sl_shard_prefetch_conn(const struct sl_shard *shard, uint64_t hash)
{
	struct sl_array *array = sl_index_current(&shard->index);
	uint32_t tag = sl_index_tag(hash);

	do {
		struct sl_bucket *bucket =
		    &array->buckets[sl_array_home(array, tag)];
		unsigned set = sl_bucket_match(bucket, tag);

		for (; set; set &= set - 1) {
			uint32_t link = sl_bucket_link(
			    bucket, (unsigned)__builtin_ctz(set), tag);

			if (link)
				prefetch_whole(sl_slab_conn(
				    shard->slabs, sl_index_link_ref(link)));
		}
		array = sl_rcu_read(&array->next);
	} while (sl_unlikely(array != NULL));
}

static uint64_t
occupied(const struct sl_shard *s)
{
	struct sl_shard *shard = (struct sl_shard *)(uintptr_t)s;

	return sl_load_relaxed(&shard->alive[0]) +
	       sl_load_relaxed(&shard->alive[1]) + shard->fresh;
}

/* Makes one connection give way; a second one too while the shard is over its
 * share (max-entries was lowered), so that it shrinks. */
static bool
make_room(struct sl_shard *shard, uint64_t now_ns)
{
	if (!sl_reap_evict(shard, now_ns))
		return false;
	if (occupied(shard) >= sl_load_relaxed(&shard->share))
		(void)sl_reap_evict(shard, now_ns);
	return true;
}

struct sl_conn *
sl_shard_alloc(struct sl_shard *shard, const struct sl_tuple *orig,
    uint64_t now_ns, enum sl_drop_reason *reason)
{
	struct sl_tuple reply;
	struct sl_conn *c;

	if (occupied(shard) >= sl_load_relaxed(&shard->share) &&
	    !make_room(shard, now_ns)) {
		*reason = SL_DROP_TABLE_FULL;
		return NULL;
	}
	c = sl_slab_take(&shard->slabs[orig->family == SL_IPV6]);
	if (!c) {
		*reason = SL_DROP_NO_MEMORY;
		return NULL;
	}
	sl_tuple_invert(orig, &reply);
	sl_conn_set_tuple(c, SL_ORIG, orig);
	sl_conn_set_tuple(c, SL_REPLY, &reply);
	sl_store_relaxed(&c->deadline_ns, now_ns + SL_SHARD_FRESH_NS);
	shard->fresh++;
	return c;
}

void
sl_shard_free_fresh(struct sl_shard *shard, struct sl_conn *c)
{
	SL_ASSERT(shard->fresh > 0);
	shard->fresh--;
	sl_conn_tell_gone(c);
	if (sl_conn_has(c, SL_CONN_DYING)) /* withdrawn: it was seen */
		sl_reap_bury(shard, c);
	else
		sl_slab_give(&shard->slabs[c->ref & 1], c, c);
}

/* Is one of the tuples held by a live connection of this shard?  An expired one
 * in the way is removed. */
static bool
is_taken_here(struct sl_shard *shard, const struct keys *k, uint64_t now_ns)
{
	struct sl_conn *other;
	enum sl_dir dir;

	for (unsigned i = 0; i < k->n; i++) {
		other =
		    sl_shard_find_rcu(shard, &k->tuple[i], k->hash[i], &dir);
		if (!other)
			continue;
		if (!sl_conn_is_expired(other, now_ns))
			return true;
		sl_shard_remove(shard, other, SL_COUNTER_CONN_EXPIRED);
	}
	return false;
}

/* Is one of the tuples an alias of another connection than 'c', or the reply
 * tuple held by the shard it steers to? */
static bool
is_taken_elsewhere(struct sl_shard *shard, const struct sl_conn *c,
    const struct keys *k, uint64_t now_ns)
{
	struct sl_table *table = shard->table;
	struct sl_conn *other;
	enum sl_dir dir;

	for (unsigned i = 0; i < k->n; i++) {
		if (sl_aliases_is_empty(&table->aliases))
			break;
		other = sl_alias_find_rcu(
		    &table->aliases, table->shards, &k->tuple[i], k->hash[i]);
		if (other && other != c)
			return true;
	}
	if (k->reply_worker == shard->worker)
		return false;
	other = sl_shard_find_rcu(&table->shards[k->reply_worker],
	    &k->tuple[SL_REPLY], k->hash[SL_REPLY], &dir);
	return other && !sl_conn_is_expired(other, now_ns);
}

/* Everything that makes 'c' findable, in an order that conn.h and index.h
 * explain. */
static int
publish(struct sl_shard *shard, struct sl_conn *c, const struct keys *k)
{
	struct sl_table *table = shard->table;
	uint32_t bits = sl_conn_bits(c) | SL_CONN_CONFIRMED;
	int rc;

	if (k->reply_worker != shard->worker) {
		rc = sl_alias_add(
		    &table->aliases, table->shards, c, k->hash[SL_REPLY]);
		if (rc)
			return rc;
		bits |= SL_CONN_ALIASED;
	}
	/* pairs with the acquire in is_published() */
	sl_store_release(&c->bits, bits);
	for (unsigned i = 0; i < k->n; i++)
		sl_index_insert(&shard->index, sl_index_tag(k->hash[i]),
		    sl_index_link(c->ref, i));
	return 0;
}

static void
unlink_keys(struct sl_shard *shard, struct sl_conn *c, const struct keys *k)
{
	struct sl_batch *open = &shard->limbo.open;

	for (unsigned i = 0; i < k->n; i++)
		sl_index_erase(&shard->index, sl_index_tag(k->hash[i]),
		    sl_index_link(c->ref, i));
	if (sl_conn_has(c, SL_CONN_ALIASED))
		open->aliases = sl_alias_erase(&shard->table->aliases, c,
		    k->hash[SL_REPLY], open->aliases);
}

static int
publish_if_free(struct sl_shard *shard, struct sl_conn *c, uint64_t now_ns)
{
	struct keys k;
	int rc;

	keys_of(shard, c, &k);
	if (is_taken_here(shard, &k, now_ns))
		return -EEXIST;
	if (shard->table->workers == 1)
		return publish(shard, c, &k);

	if (is_taken_elsewhere(shard, c, &k, now_ns))
		return -EEXIST;
	rc = publish(shard, c, &k);
	if (rc)
		return rc;
	/* table.h, Uniqueness: pairs with this fence of the other worker. */
	sl_fence_seq_cst();
	if (!is_taken_elsewhere(shard, c, &k, now_ns))
		return 0;
	unlink_keys(shard, c, &k);
	sl_store_release(&c->bits, sl_conn_bits(c) | SL_CONN_DYING);
	return -EEXIST;
}

int
sl_shard_insert(struct sl_shard *shard, struct sl_conn *c, uint64_t now_ns)
{
	int rc = sl_index_reserve(&shard->index, SL_DIRS);

	if (rc)
		return rc;
	rc = publish_if_free(shard, c, now_ns);
	if (rc == -EEXIST)
		sl_count(SL_COUNTER_CONN_RACE, 1);
	if (rc)
		return rc;
	shard->fresh--;
	sl_bump_relaxed(&shard->alive[c->ref & 1], 1);
	sl_wheel_arm(&shard->wheel, shard->slabs, c);
	sl_count(SL_COUNTER_CONN_NEW, 1);
	return 0;
}

void
sl_shard_remove(struct sl_shard *shard, struct sl_conn *c, unsigned counter)
{
	uint32_t bits = sl_conn_bits(c);
	struct keys k;

	if (!(bits & SL_CONN_CONFIRMED) || (bits & SL_CONN_DYING))
		return;
	SL_ASSERT(c->owner == shard->worker);
	/* pairs with the acquire in is_published() */
	sl_store_release(&c->bits, bits | SL_CONN_DYING);
	keys_of(shard, c, &k);
	unlink_keys(shard, c, &k);
	sl_wheel_disarm(&shard->wheel, shard->slabs, c);
	sl_bump_relaxed(&shard->alive[c->ref & 1], -1ull);
	sl_conn_tell_gone(c);
	sl_reap_bury(shard, c);
	sl_count(counter, 1);
}

bool
sl_shard_reap(
    struct sl_shard *shard, const struct sl_tuple *tuple, uint64_t now_ns)
{
	enum sl_dir dir;
	struct sl_conn *c =
	    sl_shard_find_rcu(shard, tuple, sl_tuple_hash(tuple), &dir);

	if (!c || !sl_conn_is_expired(c, now_ns))
		return false;
	sl_shard_remove(shard, c, SL_COUNTER_CONN_EXPIRED);
	return true;
}

void
sl_shard_refresh(
    struct sl_shard *shard, struct sl_conn *c, uint64_t deadline_ns)
{
	bool is_closer = deadline_ns < sl_load_relaxed(&c->deadline_ns);

	if (sl_unlikely(sl_conn_has(c, SL_CONN_DYING)))
		return;
	sl_store_relaxed(&c->deadline_ns, deadline_ns);
	if (sl_likely(!is_closer) || c->wheel_slot == SL_CONN_NO_SLOT ||
	    !sl_wheel_is_late(&shard->wheel, c, deadline_ns))
		return;
	sl_wheel_disarm(&shard->wheel, shard->slabs, c);
	sl_wheel_arm(&shard->wheel, shard->slabs, c);
}

void
sl_shard_tick(struct sl_shard *shard, uint64_t now_ns)
{
	shard->tick_ns = now_ns;
	sl_reap_expired(shard, now_ns);
	sl_index_step(&shard->index, SL_SHARD_STEP);
	sl_reap_reclaim(shard);
}

bool
sl_shard_is_busy(const struct sl_shard *shard)
{
	return sl_wheel_is_due(&shard->wheel, shard->tick_ns) ||
	       sl_index_is_growing(&shard->index) || sl_reap_is_ready(shard);
}
