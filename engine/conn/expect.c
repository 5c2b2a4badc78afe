/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/expect.h>

#include <conn/slab.h>

#include <errno.h>

#define BUCKETS_MIN 64 /* half a KiB; grows by itself */

static struct {
	/* SL_CONST while workers run */
	struct cds_lfht *by_want, *by_mate;
	/* SL_SHARED: any worker; 0 says that there is none to find */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint32_t) count;
} all;

uint32_t
sl_expect_count(void)
{
	return sl_load_relaxed(&all.count);
}

bool
sl_expect_covers(
    const struct sl_addr *net, uint8_t bits, const struct sl_addr *addr)
{
	unsigned bytes = bits / 8u, rest = bits % 8u;

	if (memcmp(net->u.b, addr->u.b, bytes) != 0)
		return false;
	return rest == 0 ||
	       ((net->u.b[bytes] ^ addr->u.b[bytes]) >> (8 - rest)) == 0;
}

/* Tables. */

static struct cds_lfht *
make_table(void)
{
	return cds_lfht_new_flavor(BUCKETS_MIN, BUCKETS_MIN, 0,
	    CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING, &urcu_qsbr_flavor,
	    NULL);
}

static void
destroy_table(struct cds_lfht **table)
{
	int rc;

	if (!*table)
		return;
	rc = cds_lfht_destroy(*table, NULL);
	SL_ASSERT(rc == 0);
	*table = NULL;
}

int
sl_expect_init(void)
{
	all.by_want = make_table();
	all.by_mate = make_table();
	if (all.by_want && all.by_mate)
		return 0;
	destroy_table(&all.by_want);
	destroy_table(&all.by_mate);
	return -ENOMEM;
}

void
sl_expect_fini(void)
{
	destroy_table(&all.by_want);
	destroy_table(&all.by_mate);
}

/* The key: a destination, and what makes ids of it comparable. */
static uint64_t
want_hash(const struct sl_tuple *t)
{
	const uint64_t words[3] = {t->dst.u.q[0], t->dst.u.q[1],
	    (uint64_t)t->dst_id << 48 | (uint64_t)t->zone << 16 |
		(uint64_t)t->family << 8 | t->l4proto};

	return sl_hash_words(words, 3);
}

static bool
is_same_want(const struct sl_tuple *a, const struct sl_tuple *b)
{
	return a->l4proto == b->l4proto && a->family == b->family &&
	       a->zone == b->zone && a->dst_id == b->dst_id &&
	       memcmp(&a->dst, &b->dst, sizeof(a->dst)) == 0;
}

static struct sl_expectation *
by_want(struct cds_lfht_node *node)
{
	return sl_container_of(node, struct sl_expectation, by_want);
}

/* The whole of 'e' is there once its state is; pairs with the release in
 * sl_expect_list(). */
static uint32_t
state_of(const struct sl_expectation *e)
{
	return sl_load_acquire(&((struct sl_expectation *)(uintptr_t)e)->state);
}

static int
has_want(struct cds_lfht_node *node, const void *key)
{
	const struct sl_expectation *e = by_want(node);

	(void)state_of(e);
	return is_same_want(&e->want, key);
}

/* What a mate is looked up with. */
struct mate_key {
	const struct sl_expectation *of;
	const struct sl_tuple *tuple; /* of the packet that opens 'of' */
};

static uint64_t
pair_hash(const struct sl_expect_master *master, uint16_t pair, uint8_t opener)
{
	const uint64_t words[2] = {
	    (uint64_t)(uintptr_t)master, (uint64_t)pair << 8 | opener};

	return sl_hash_words(words, 2);
}

static uint64_t
end_hash(const struct sl_expect_master *master, const struct sl_addr *addr,
    sl_be16 id)
{
	const uint64_t words[4] = {
	    (uint64_t)(uintptr_t)master, addr->u.q[0], addr->u.q[1], id};

	return sl_hash_words(words, 4);
}

static int
is_mate(struct cds_lfht_node *node, const void *arg)
{
	const struct sl_expectation *m =
	    sl_container_of(node, struct sl_expectation, by_mate);
	const struct mate_key *key = arg;

	(void)state_of(m);
	if (m->master != key->of->master || m->opener == key->of->opener ||
	    m->want.l4proto != key->of->want.l4proto)
		return false;
	if (m->receiver_id)
		return m->pair == key->of->pair;
	return m->to.id == key->tuple->src_id &&
	       memcmp(&m->to.addr, &key->tuple->src, sizeof(m->to.addr)) == 0 &&
	       sl_expect_covers(&m->from, m->from_prefix, &key->of->to.addr);
}

/* Life. */

struct sl_expect_master *
sl_expect_master_new(void)
{
	struct sl_expect_master *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	atomic_init(&m->refs, 1);
	CDS_INIT_LIST_HEAD(&m->ties);
	return m;
}

void
sl_expect_master_get(struct sl_expect_master *m)
{
	sl_add_relaxed(&m->refs, 1);
}

bool
sl_expect_master_get_rcu(struct sl_expect_master *m)
{
	uint32_t refs = sl_load_relaxed(&m->refs);

	while (refs)
		if (sl_cas_acq_rel(&m->refs, &refs, refs + 1))
			return true;
	return false;
}

static void
reclaim_master(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct sl_expect_master, rcu));
}

void
sl_expect_master_put(struct sl_expect_master *m)
{
	if (sl_sub_release(&m->refs, 1) != 1)
		return;
	sl_fence_acquire(); // pairs with the release of those before
	sl_retire(&m->rcu, reclaim_master);
}

struct sl_expectation *
sl_expect_new(struct sl_expect_master *master)
{
	struct sl_expectation *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	sl_expect_master_get(master);
	e->master = master;
	CDS_INIT_LIST_HEAD(&e->of_session);
	CDS_INIT_LIST_HEAD(&e->of_worker);
	cds_lfht_node_init(&e->by_want);
	cds_lfht_node_init(&e->by_mate);
	return e;
}

static void
reclaim(struct sl_rcu_head *head)
{
	struct sl_expectation *e =
	    sl_container_of(head, struct sl_expectation, rcu);

#ifdef SL_POISON
	memset(e, SL_POISON_BYTE, sizeof(*e));
#endif
	free(e);
}

void
sl_expect_put(struct sl_expectation *e)
{
	sl_expect_master_put(e->master);
	sl_retire(&e->rcu, reclaim);
}

int
sl_expect_list(struct sl_expectation *e)
{
	uint64_t mate;

	if (!all.by_want || sl_add_relaxed(&all.count, 1) >= SL_EXPECT_MAX) {
		if (all.by_want)
			sl_add_relaxed(&all.count, (uint32_t)-1);
		return -ENOBUFS;
	}
	sl_add_relaxed(&e->master->listed[e->class_no], 1);
	/* All of 'e'; pairs with the acquire in state_of(). */
	sl_store_release(&e->state, SL_EXPECT_STATE_FRESH);
	mate = e->receiver_id ? pair_hash(e->master, e->pair, e->opener)
			      : end_hash(e->master, &e->to.addr, e->to.id);
	cds_lfht_add(all.by_mate, mate, &e->by_mate);
	cds_lfht_add(all.by_want, want_hash(&e->want), &e->by_want);
	return 0;
}

void
sl_expect_open(struct sl_expectation *e)
{
	sl_store_release(&e->state, SL_EXPECT_STATE_OPEN);
}

/* Out of the tables; by who won the state. */
static void
unlist(struct sl_expectation *e)
{
	int rc = cds_lfht_del(all.by_mate, &e->by_mate) |
		 cds_lfht_del(all.by_want, &e->by_want);

	SL_ASSERT(rc == 0);
	sl_add_relaxed(&e->master->listed[e->class_no], (uint32_t)-1);
	sl_add_relaxed(&all.count, (uint32_t)-1);
}

void
sl_expect_close(struct sl_expectation *e)
{
	uint32_t state = state_of(e);

	/* A few turns at most: takers only come while it is open. */
	while (state < SL_EXPECT_STATE_LEAVING)
		if (sl_cas_acq_rel(&e->state, &state, SL_EXPECT_STATE_CLOSED)) {
			unlist(e);
			return;
		}
}

bool
sl_expect_is_over(const struct sl_expectation *e)
{
	uint32_t state = state_of(e);

	return state == SL_EXPECT_STATE_USED || state == SL_EXPECT_STATE_CLOSED;
}

/* Taking. */

static bool
is_open(const struct sl_expectation *e, uint64_t now_ns)
{
	return state_of(e) == SL_EXPECT_STATE_OPEN &&
	       sl_load_relaxed(
		   &((struct sl_expectation *)(uintptr_t)e)->deadline_ns) >
		   now_ns;
}

static struct sl_expectation *
find(const struct sl_tuple *tuple, uint64_t now_ns)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	cds_lfht_lookup(all.by_want, want_hash(tuple), has_want, tuple, &iter);
	while ((node = cds_lfht_iter_get_node(&iter))) {
		struct sl_expectation *e = by_want(node);

		if (is_open(e, now_ns) &&
		    sl_expect_covers(&e->from, e->from_prefix, &tuple->src))
			return e;
		cds_lfht_next_duplicate(all.by_want, has_want, tuple, &iter);
	}
	return NULL;
}

static struct sl_expectation *
find_mate(const struct sl_expectation *e, const struct sl_tuple *tuple,
    uint64_t now_ns)
{
	struct mate_key key = {.of = e, .tuple = tuple};
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;
	uint64_t hash = e->receiver_id
			    ? pair_hash(e->master, e->pair, !e->opener)
			    : end_hash(e->master, &tuple->src, tuple->src_id);

	cds_lfht_lookup(all.by_mate, hash, is_mate, &key, &iter);
	while ((node = cds_lfht_iter_get_node(&iter))) {
		struct sl_expectation *m =
		    sl_container_of(node, struct sl_expectation, by_mate);

		if (is_open(m, now_ns))
			return m;
		cds_lfht_next_duplicate(all.by_mate, is_mate, &key, &iter);
	}
	return NULL;
}

static bool
move(struct sl_expectation *e, uint32_t from, uint32_t to)
{
	return (e->flags & SL_EXPECT_KEEP) ||
	       sl_cas_acq_rel(&e->state, &from, to);
}

/*
 * Two packets, one of each direction, may come to two workers at once: both take
 * the original opener's first, so that one of them gets both.
 */
static bool
take_both(struct sl_expectation *e, struct sl_expectation *mate)
{
	struct sl_expectation *first = e->opener == SL_ORIG ? e : mate;
	struct sl_expectation *second = first == e ? mate : e;

	if (!move(first, SL_EXPECT_STATE_OPEN, SL_EXPECT_STATE_TAKEN))
		return false;
	if (move(second, SL_EXPECT_STATE_OPEN, SL_EXPECT_STATE_TAKEN))
		return true;
	(void)move(first, SL_EXPECT_STATE_TAKEN, SL_EXPECT_STATE_OPEN);
	return false;
}

enum sl_taking
sl_expect_take_rcu(
    const struct sl_tuple *tuple, uint64_t now_ns, struct sl_taken *taken)
{
	struct sl_expectation *e, *mate;
	bool won;

	*taken = (struct sl_taken){0};
	if (sl_likely(sl_expect_count() == 0))
		return SL_TAKING_NONE;
	e = find(tuple, now_ns);
	if (!e)
		return SL_TAKING_NONE;
	mate = find_mate(e, tuple, now_ns);
	if (e->receiver_id && !mate)
		return SL_TAKING_NONE;
	won = mate ? take_both(e, mate)
		   : move(e, SL_EXPECT_STATE_OPEN, SL_EXPECT_STATE_TAKEN);
	if (!won)
		return SL_TAKING_LOST;
	*taken = (struct sl_taken){.by = e, .mate = mate};
	return SL_TAKING_DONE;
}

static void
settle(struct sl_expectation *e)
{
	if (!e || (e->flags & SL_EXPECT_KEEP) ||
	    !move(e, SL_EXPECT_STATE_TAKEN, SL_EXPECT_STATE_LEAVING))
		return;
	unlist(e);
	/* pairs with the acquire in sl_expect_is_over() */
	sl_store_release(&e->state, SL_EXPECT_STATE_USED);
}

void
sl_expect_settle(const struct sl_taken *taken)
{
	settle(taken->by);
	settle(taken->mate);
}

static void
give_back(struct sl_expectation *e)
{
	if (e)
		(void)move(e, SL_EXPECT_STATE_TAKEN, SL_EXPECT_STATE_OPEN);
}

void
sl_expect_give_back(const struct sl_taken *taken)
{
	bool mate_first = taken->by && taken->by->opener == SL_ORIG;

	/* Against the order of taking. */
	give_back(mate_first ? taken->mate : taken->by);
	give_back(mate_first ? taken->by : taken->mate);
}

static bool
is_rival(const struct sl_expectation *e, const struct sl_expectation *r)
{
	uint8_t common = SL_MIN(e->from_prefix, r->from_prefix);

	return sl_expect_covers(&e->from, common, &r->from) &&
	       (e->to.id != r->to.id ||
		   memcmp(&e->to.addr, &r->to.addr, sizeof(e->to.addr)) != 0);
}

struct sl_expectation *
sl_expect_rival_rcu(const struct sl_expectation *e)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;
	unsigned seen = 0;

	if (sl_expect_count() == 0)
		return NULL;
	cds_lfht_lookup(
	    all.by_want, want_hash(&e->want), has_want, &e->want, &iter);
	while ((node = cds_lfht_iter_get_node(&iter))) {
		struct sl_expectation *r = by_want(node);

		if (++seen == SL_EXPECT_EQUALS || is_rival(e, r))
			return r;
		cds_lfht_next_duplicate(all.by_want, has_want, &e->want, &iter);
	}
	return NULL;
}

bool
sl_expect_is_wanted_rcu(const struct sl_tuple *tuple)
{
	struct cds_lfht_iter iter;

	if (sl_likely(sl_expect_count() == 0))
		return false;
	cds_lfht_lookup(all.by_want, want_hash(tuple), has_want, tuple, &iter);
	return cds_lfht_iter_get_node(&iter) != NULL;
}
