/* SPDX-License-Identifier: Apache-2.0 */
#include <related/tie.h>

#include <conn/watch.h>

#include <errno.h>
#include <urcu/wfcqueue.h>

#define BUCKETS_MIN 64
#define RUN_MAX	    256u /* connections that a tick ends */

struct tie {
	/* SL_CONST */
	struct cds_lfht_node node;
	struct sl_expect_master *master;
	uint64_t child; /* key_of() */
	uint16_t pair, worker;

	/* SL_OWNED: by the child's owner */
	struct sl_conn *conn; /* NULL: it ended */

	/* SL_SHARED: under the master's lock */
	struct cds_list_head of_master; /* while not told */
	bool told;

	/* SL_SHARED: any worker to the child's owner */
	SL_ATOMIC(bool) queued;
	struct cds_wfcq_node in_queue;
	struct sl_rcu_head rcu;
};

struct queue {
	/* SL_SHARED: any worker adds, one takes */
	SL_ALIGNED(SL_CACHE_LINE) struct __cds_wfcq_head head;
	SL_ALIGNED(SL_CACHE_LINE) struct cds_wfcq_tail tail;
};

static struct cds_lfht *table; /* SL_CONST while workers run */
static struct queue queues[SL_WORKERS_MAX];

static uint64_t
key_of(const struct sl_conn *c)
{
	return (uint64_t)c->owner << 32 | c->ref;
}

static uint64_t
hash_of(uint64_t key)
{
	return sl_hash_words(&key, 1);
}

static int
is_of(struct cds_lfht_node *node, const void *key)
{
	struct tie *tie = sl_container_of(node, struct tie, node);

	/* All of the tie; pairs with the release in sl_tie_add(). */
	(void)sl_load_acquire(&tie->queued);
	return tie->child == *(const uint64_t *)key;
}

static void
reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct tie, rcu));
}

static void
put(struct tie *tie)
{
	sl_expect_master_put(tie->master);
	sl_retire(&tie->rcu, reclaim);
}

/* A tied connection ended. */
static void
gone(struct sl_conn *c)
{
	uint64_t key = key_of(c);
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;
	struct tie *tie;
	bool told;

	cds_lfht_lookup(table, hash_of(key), is_of, &key, &iter);
	node = cds_lfht_iter_get_node(&iter);
	if (!node)
		return;
	tie = sl_container_of(node, struct tie, node);
	cds_lfht_del(table, node);
	tie->conn = NULL;
	sl_spin_lock(&tie->master->lock);
	told = tie->told;
	if (!told)
		cds_list_del(&tie->of_master);
	sl_spin_unlock(&tie->master->lock);
	if (!told) // else it is in the queue
		put(tie);
}

int
sl_tie_init(void)
{
	table = cds_lfht_new_flavor(BUCKETS_MIN, BUCKETS_MIN, 0,
	    CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING, &urcu_qsbr_flavor,
	    NULL);
	if (!table)
		return -ENOMEM;
	for (unsigned i = 0; i < SL_WORKERS_MAX; i++)
		__cds_wfcq_init(&queues[i].head, &queues[i].tail);
	sl_conn_watch(SL_CONN_TIED, gone);
	return 0;
}

static struct tie *
dequeue(struct queue *q)
{
	struct cds_wfcq_node *node =
	    __cds_wfcq_dequeue_nonblocking(&q->head, &q->tail);
	struct tie *tie;

	/* Somebody is about to finish adding one: next time. */
	if (!node || node == CDS_WFCQ_WOULDBLOCK)
		return NULL;
	tie = sl_container_of(node, struct tie, in_queue);
	/* What was done under the lock; pairs with the release in tell(). */
	(void)sl_load_acquire(&tie->queued);
	return tie;
}

void
sl_tie_run(struct sl_shard *shard, uint16_t worker)
{
	struct queue *q = &queues[worker];
	struct tie *tie;

	for (unsigned n = 0; n < RUN_MAX && (tie = dequeue(q)); n++) {
		if (tie->conn)
			sl_shard_remove(
			    shard, tie->conn, SL_COUNTER_CONN_REMOVED);
		SL_ASSERT(!tie->conn); // gone() was told
		put(tie);
	}
}

void
sl_tie_fini(void)
{
	struct cds_lfht_iter iter;
	struct tie *tie;
	int rc;

	if (!table)
		return;
	sl_conn_watch(SL_CONN_TIED, NULL);
	sl_rcu_online();
	for (unsigned i = 0; i < SL_WORKERS_MAX; i++)
		while ((tie = dequeue(&queues[i])))
			if (!tie->conn)
				put(tie);
	/* Connections that are left are not told to go. */
	cds_lfht_for_each_entry(table, &iter, tie, node)
	{
		cds_lfht_del(table, &tie->node);
		put(tie);
	}
	/* It waits for whoever resizes, who waits for readers. */
	sl_rcu_offline();
	rc = cds_lfht_destroy(table, NULL);
	SL_ASSERT(rc == 0);
	table = NULL;
}

/* False: the master has ended that expectation. */
static bool
enlist(struct tie *tie, const struct sl_expectation *e)
{
	struct sl_expect_master *m = tie->master;
	bool open;

	sl_spin_lock(&m->lock);
	open = !sl_expect_is_over(e);
	if (open)
		cds_list_add(&tie->of_master, &m->ties);
	sl_spin_unlock(&m->lock);
	return open;
}

bool
sl_tie_add(struct sl_conn *c, const struct sl_expectation *e)
{
	struct tie *tie = calloc(1, sizeof(*tie));

	if (!tie)
		return false;
	if (!sl_expect_master_get_rcu(e->master)) {
		free(tie); // nobody has seen it
		return false;
	}
	tie->master = e->master;
	tie->child = key_of(c);
	tie->pair = e->pair;
	tie->worker = c->owner;
	tie->conn = c;
	cds_lfht_node_init(&tie->node);
	cds_wfcq_node_init(&tie->in_queue);
	sl_store_release(&tie->queued, false);
	if (!enlist(tie, e)) {
		put(tie);
		return false;
	}
	sl_conn_set_bits_owned(c, SL_CONN_TIED);
	cds_lfht_add(table, hash_of(tie->child), &tie->node);
	return true;
}

static void
tell(struct tie *tie)
{
	struct queue *q = &queues[tie->worker];

	tie->told = true;
	cds_list_del(&tie->of_master);
	/* pairs with the acquire in dequeue() */
	sl_store_release(&tie->queued, true);
	cds_wfcq_enqueue(&q->head, &q->tail, &tie->in_queue);
}

void
sl_tie_tell(struct sl_expect_master *m, uint16_t pair)
{
	struct tie *tie, *next;

	sl_spin_lock(&m->lock);
	cds_list_for_each_entry_safe (tie, next, &m->ties, of_master) {
		if (!pair || tie->pair == pair)
			tell(tie);
	}
	sl_spin_unlock(&m->lock);
}
