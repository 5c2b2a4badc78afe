/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/alias.h>

#include <conn/shard.h>

#include <errno.h>
#include <urcu/rculfhash.h>

#define BUCKETS_MIN 1024 /* 8 KiB; grows by itself */

struct sl_alias {
	struct cds_lfht_node node;
	SL_ATOMIC(uint64_t) target; /* worker << 32 | ref */
	struct sl_alias *next;	    /* SL_OWNED: waiting to be freed */
};

/* What a tuple is looked up with. */
struct wanted {
	struct sl_shard *shards;
	const struct sl_tuple *tuple;
};

static uint64_t
target_of(const struct sl_conn *c)
{
	return (uint64_t)c->owner << 32 | c->ref;
}

static struct sl_alias *
alias_of(struct cds_lfht_node *node)
{
	return sl_container_of(node, struct sl_alias, node);
}

static struct sl_conn *
resolve(struct sl_alias *alias, struct sl_shard *shards)
{
	/* pairs with the release in sl_alias_add() */
	uint64_t target = sl_load_acquire(&alias->target);

	return sl_slab_conn(shards[target >> 32].slabs, (uint32_t)target);
}

static int
has_tuple(struct cds_lfht_node *node, const void *key)
{
	const struct wanted *w = key;

	return sl_conn_matches(
	    resolve(alias_of(node), w->shards), SL_REPLY, w->tuple);
}

static int
has_target(struct cds_lfht_node *node, const void *key)
{
	const struct sl_conn *c = key;

	return sl_load_acquire(&alias_of(node)->target) == target_of(c);
}

int
sl_aliases_init(struct sl_aliases *aliases, uint16_t workers)
{
	*aliases = (struct sl_aliases){0};
	if (workers < 2)
		return 0;
	aliases->table = cds_lfht_new_flavor(BUCKETS_MIN, BUCKETS_MIN, 0,
	    CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING, &urcu_qsbr_flavor,
	    NULL);
	return aliases->table ? 0 : -ENOMEM;
}

void
sl_aliases_fini(struct sl_aliases *aliases)
{
	int rc;

	if (!aliases->table)
		return;
	rc = cds_lfht_destroy(aliases->table, NULL);
	SL_ASSERT(rc == 0);
	aliases->table = NULL;
}

struct sl_conn *
sl_alias_find_rcu(struct sl_aliases *aliases, struct sl_shard *shards,
    const struct sl_tuple *tuple, uint64_t hash)
{
	struct wanted wanted = {.shards = shards, .tuple = tuple};
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	cds_lfht_lookup(aliases->table, hash, has_tuple, &wanted, &iter);
	node = cds_lfht_iter_get_node(&iter);
	return node ? resolve(alias_of(node), shards) : NULL;
}

int
sl_alias_add(struct sl_aliases *aliases, struct sl_shard *shards,
    struct sl_conn *c, uint64_t hash)
{
	struct sl_alias *alias = malloc(sizeof(*alias));
	struct sl_tuple reply;
	struct wanted wanted = {.shards = shards, .tuple = &reply};

	if (!alias)
		return -ENOMEM;
	sl_conn_tuple(c, SL_REPLY, &reply);
	cds_lfht_node_init(&alias->node);
	alias->next = NULL;
	/* All of 'c' and the node; pairs with resolve() and has_target(). */
	sl_store_release(&alias->target, target_of(c));
	sl_add_relaxed(&aliases->count, 1);
	if (cds_lfht_add_unique(aliases->table, hash, has_tuple, &wanted,
		&alias->node) == &alias->node)
		return 0;
	sl_add_relaxed(&aliases->count, -1ull);
	free(alias); /* nobody has seen it */
	return -EEXIST;
}

struct sl_alias *
sl_alias_erase(struct sl_aliases *aliases, const struct sl_conn *c,
    uint64_t hash, struct sl_alias *next)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;
	int rc;

	cds_lfht_lookup(aliases->table, hash, has_target, c, &iter);
	node = cds_lfht_iter_get_node(&iter);
	SL_ASSERT(node);
	rc = cds_lfht_del(aliases->table, node);
	SL_ASSERT(rc == 0); /* one owner, one erase */
	sl_add_relaxed(&aliases->count, -1ull);
	alias_of(node)->next = next;
	return alias_of(node);
}

void
sl_alias_free_all(struct sl_alias *first)
{
	struct sl_alias *next;

	for (; first; first = next) {
		next = first->next;
		free(first);
	}
}
