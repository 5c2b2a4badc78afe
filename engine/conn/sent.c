/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/sent.h>

#include <base/rcu.h>
#include <conn/watch.h>

#include <errno.h>
#include <stdlib.h>
#include <urcu/rculfhash.h>

#define BUCKETS_MIN 64 /* half a KiB; grows by itself */

struct sent {
	struct cds_lfht_node node;
	/* SL_CONST once added */
	struct sl_tuple left, arrived;
	struct sl_rcu_head rcu;
};

/* SL_CONST while workers run */
static struct cds_lfht *table;

/* SL_SHARED: any worker; 0 says that there is none to find */
static SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint64_t) count;

static struct sent *
sent_of(struct cds_lfht_node *node)
{
	return sl_container_of(node, struct sent, node);
}

static int
has_left(struct cds_lfht_node *node, const void *key)
{
	return sl_tuple_equal(&sent_of(node)->left, key);
}

static int
is_same(struct cds_lfht_node *node, const void *key)
{
	const struct sent *s = key;

	return sl_tuple_equal(&sent_of(node)->left, &s->left) &&
	       sl_tuple_equal(&sent_of(node)->arrived, &s->arrived);
}

static void
free_sent(struct sl_rcu_head *rcu)
{
	free(sl_container_of(rcu, struct sent, rcu));
}

static bool
is_changed(const struct sl_conn *c, enum sl_dir dir, struct sent *s)
{
	*s = (struct sent){0};
	sl_conn_tuple(c, dir, &s->arrived);
	sl_conn_leaving(c, dir, &s->left);
	return !sl_tuple_equal(&s->arrived, &s->left);
}

static void
erase(const struct sent *like)
{
	struct cds_lfht_node *node;
	struct cds_lfht_iter iter;

	cds_lfht_lookup(
	    table, sl_tuple_hash(&like->left), is_same, like, &iter);
	node = cds_lfht_iter_get_node(&iter);
	if (!node || cds_lfht_del(table, node) != 0)
		return; /* there was no memory for it */
	sl_add_relaxed(&count, -1ull);
	sl_retire(&sent_of(node)->rcu, free_sent);
}

static void
gone(struct sl_conn *c)
{
	struct sent s;

	for (int dir = 0; dir < SL_DIRS; dir++)
		if (is_changed(c, (enum sl_dir)dir, &s))
			erase(&s);
}

int
sl_sent_init(void)
{
	table = cds_lfht_new_flavor(BUCKETS_MIN, BUCKETS_MIN, 0,
	    CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING, &urcu_qsbr_flavor,
	    NULL);
	if (!table)
		return -ENOMEM;
	sl_conn_watch(SL_CONN_SENT, gone);
	return 0;
}

/* Connections that were left when the table of them was freed. */
static void
erase_all(void)
{
	struct cds_lfht_node *node;
	struct cds_lfht_iter iter;

	sl_rcu_online();
	cds_lfht_first(table, &iter);
	for (; (node = cds_lfht_iter_get_node(&iter)) != NULL;
	     cds_lfht_next(table, &iter))
		if (cds_lfht_del(table, node) == 0)
			sl_retire(&sent_of(node)->rcu, free_sent);
	sl_rcu_offline();
	sl_store_relaxed(&count, 0);
}

void
sl_sent_fini(void)
{
	int rc;

	if (!table)
		return;
	sl_conn_watch(SL_CONN_SENT, NULL);
	erase_all();
	rc = cds_lfht_destroy(table, NULL);
	SL_ASSERT(rc == 0);
	table = NULL;
}

void
sl_sent_add_owned(struct sl_conn *c)
{
	struct sent s, *node;

	for (int dir = 0; table && dir < SL_DIRS; dir++) {
		if (!is_changed(c, (enum sl_dir)dir, &s))
			continue;
		node = malloc(sizeof(*node));
		if (!node)
			continue;
		sl_conn_set_bits_owned(c, SL_CONN_SENT);
		*node = s;
		cds_lfht_node_init(&node->node);
		sl_add_relaxed(&count, 1);
		cds_lfht_add(table, sl_tuple_hash(&s.left), &node->node);
	}
}

bool
sl_sent_find_rcu(const struct sl_tuple *left, struct sl_tuple *arrived)
{
	struct cds_lfht_node *node;
	struct cds_lfht_iter iter;

	if (sl_load_relaxed(&count) == 0)
		return false;
	cds_lfht_lookup(table, sl_tuple_hash(left), has_left, left, &iter);
	node = cds_lfht_iter_get_node(&iter);
	if (!node)
		return false;
	*arrived = sent_of(node)->arrived;
	return true;
}
