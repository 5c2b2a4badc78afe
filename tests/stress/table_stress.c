/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection table under concurrent writers and readers.
 *
 * What it is.  Rounds on fresh tables (so that every round grows from nothing).
 *   Owners insert, refresh, look up and remove; readers look up, hold what they
 *   found across other work, look again, walk, and search by id.
 * What would show a mistake.
 *   - Every connection carries a seal: its mark is a hash of its original
 *     tuple, so a slot that was reclaimed or reused under a reader does not fit
 *     (and is poisoned where SL_POISON is on).
 *   - Permanent connections, once announced, must be found by every lookup and
 *     be visited by every walk exactly once, whatever grows meanwhile.
 *   - Contested tuples are wanted by all owners at once, as reply tuple of one
 *     (an alias) or as original tuple of another; a ledger outside the table
 *     allows one holder.
 *   - Colliding keys share one home bucket, so that overflow is the rule.
 * Who writes.  Owner i: shard i and its struct owner.  The ledger: whoever
 *   holds the tuple.
 * Who reads.   Readers: tables, key pools (constant), 'announced'.
 * Ordering.    'announced' is stored with release after the insertion, loaded
 *   with acquire before the lookup.
 * Bounds.      STEPS operations per owner and round; readers stop with them.
 */
#include <conn/shard.h>
#include <conn/table.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

enum {
	OWNERS = 3,
	READERS = 2,
	ROUNDS = 4,
	STEPS = 120000,
	KEYS = 6000,	 /* of each owner's own */
	COLLIDING = 200, /* of them with one home bucket */
	PERMANENT = 500, /* of them, announced once in */
	CONTESTED = 64,
	HELD = 32, /* connections a reader holds across a section */
	BATCH = 32,
};

#define FOREVER_NS (100000 * SL_NS_PER_SEC)

#define CHECK(cond)                                                            \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(                                               \
			    stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                               \
		}                                                              \
	} while (0)

struct owner {
	/* SL_CONST in a round */
	struct sl_table *table;
	struct sl_shard *shard;
	uint16_t worker;
	/* SL_OWNED */
	uint32_t x;		       /* xorshift */
	uint64_t ids[KEYS];	       /* last connection of each key; 0 */
	uint64_t contested[CONTESTED]; /* ids of those this owner holds */
	uint64_t inserted, refused, lost;
	/* SL_SHARED */
	SL_ATOMIC(uint32_t) announced; /* permanent ones in, from key 0 */
};

static struct sl_tuple keys[OWNERS][KEYS];
static struct sl_tuple contested[CONTESTED];
static struct sl_tuple via[OWNERS]
			  [CONTESTED];	      /* originals translated to them */
static SL_ATOMIC(uint32_t) ledger[CONTESTED]; /* 1 + holder; 0: free */
static struct owner owners[OWNERS];
static SL_ATOMIC(uint32_t) running; /* owners */
static SL_ATOMIC(uint64_t) lookups, walks;

static uint32_t
xorshift(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

static uint32_t
seal(const struct sl_tuple *orig)
{
	return (uint32_t)sl_tuple_hash(orig) | 1;
}

/* Does the connection still look like itself? */
static void
check_seal(const struct sl_conn *conn)
{
	struct sl_conn *c = (struct sl_conn *)(uintptr_t)conn;
	struct sl_tuple orig;

	sl_conn_tuple(c, SL_ORIG, &orig);
	CHECK(orig.family == SL_IPV4 || orig.family == SL_IPV6);
	CHECK(sl_load_relaxed(&c->mark) == seal(&orig));
}

static struct sl_tuple
random_tuple(uint32_t *x)
{
	struct sl_tuple t = {0};

	t.family = xorshift(x) & 1 ? SL_IPV4 : SL_IPV6;
	for (int i = 0; i < (t.family == SL_IPV4 ? 1 : 4); i++) {
		t.src.u.w[i] = xorshift(x);
		t.dst.u.w[i] = xorshift(x);
	}
	t.src_id = (sl_be16)xorshift(x);
	t.dst_id = (sl_be16)xorshift(x);
	t.l4proto = IPPROTO_UDP;
	return t;
}

static void
make_keys(void)
{
	uint32_t x = 88172645;

	for (uint16_t w = 0; w < OWNERS; w++) {
		for (int k = 0; k < KEYS;) {
			struct sl_tuple t = random_tuple(&x);

			/* The last ones share the top bits of their tags. */
			if (sl_tuple_owner(&t, OWNERS) != w ||
			    (k >= KEYS - COLLIDING &&
				sl_tuple_hash(&t) >> 54 != 0x3ff))
				continue;
			keys[w][k++] = t;
		}
	}
	for (int k = 0; k < CONTESTED; k++) {
		contested[k] = random_tuple(&x);
		for (uint16_t w = 0; w < OWNERS; w++)
			do {
				via[w][k] = random_tuple(&x);
			} while (via[w][k].family != contested[k].family ||
				 sl_tuple_owner(&via[w][k], OWNERS) != w);
	}
}

/* ---- owners ---- */

static struct sl_conn *
resolve(struct owner *o, uint64_t id)
{
	return (struct sl_conn *)(uintptr_t)sl_table_by_id_rcu(o->table, id);
}

/* The id of the new connection, or 0.  'reply' may be NULL: the inverse.  Assured
 * ones stay for good, the others up to 25 ms. */
static uint64_t
insert(struct owner *o, const struct sl_tuple *orig,
    const struct sl_tuple *reply, uint32_t bits, uint16_t number)
{
	uint64_t timeout_ns = (xorshift(&o->x) & 0xff) * 100000;
	enum sl_drop_reason reason;
	struct sl_conn *c =
	    sl_shard_alloc(o->shard, orig, sl_now_ns(), &reason);
	int rc;

	if (!c) {
		CHECK(reason == SL_DROP_TABLE_FULL);
		o->refused++;
		return 0;
	}
	if (reply)
		sl_conn_set_tuple(c, SL_REPLY, reply);
	sl_store_relaxed(&c->mark, seal(orig));
	c->out_port = number;
	sl_conn_set_bits_owned(c, bits);
	if (bits & SL_CONN_ASSURED)
		timeout_ns = FOREVER_NS;
	sl_shard_refresh(o->shard, c, sl_now_ns() + timeout_ns);
	memset(c->priv, 0x5a, sizeof(c->priv));
	rc = sl_shard_insert(o->shard, c, sl_now_ns());
	if (rc) {
		CHECK(rc == -EEXIST);
		o->lost++;
		sl_shard_free_fresh(o->shard, c);
		return 0;
	}
	o->inserted++;
	return sl_load_relaxed(&c->id);
}

/* A key of this owner's own: in if it is out, touched or removed if it is in.  Many
 * live so briefly that they expire by themselves. */
static void
own_step(struct owner *o)
{
	uint32_t r = xorshift(&o->x), k = PERMANENT + r % (KEYS - PERMANENT);
	const struct sl_tuple *key = &keys[o->worker][k];
	struct sl_conn *c = resolve(o, o->ids[k]), *found;
	enum sl_dir dir;

	found = sl_table_lookup_rcu(
	    o->table, o->worker, key, sl_tuple_hash(key), sl_now_ns(), &dir);
	if (!c || sl_conn_is_expired(c, sl_now_ns())) {
		CHECK(!found);
		o->ids[k] = insert(o, key, NULL, 0, SL_PORT_NONE);
		return;
	}
	CHECK(found == c);
	check_seal(c);
	CHECK(c->priv[SL_TRACK_PRIV_MAX - 1] == 0x5a);
	if (r & 0x200000)
		sl_shard_remove(o->shard, c, SL_COUNTER_CONN_REMOVED);
	else
		sl_shard_refresh(
		    o->shard, c, sl_now_ns() + (r >> 24) * 1000000);
}

/* A tuple that everybody wants: as own original if it steers here, else as the
 * reply tuple of a translated connection. */
static void
contested_step(struct owner *o)
{
	uint32_t k = xorshift(&o->x) % CONTESTED;
	const struct sl_tuple *wanted = &contested[k];
	bool is_own = sl_tuple_owner(wanted, OWNERS) == o->worker;
	struct sl_conn *c = resolve(o, o->contested[k]);

	if (c) {
		/* Off the ledger first: then the next may have it. */
		CHECK(sl_exchange_acq_rel(&ledger[k], 0) == o->worker + 1u);
		sl_shard_remove(o->shard, c, SL_COUNTER_CONN_REMOVED);
		o->contested[k] = 0;
		return;
	}
	o->contested[k] = insert(o, is_own ? wanted : &via[o->worker][k],
	    is_own ? NULL : wanted, SL_CONN_ASSURED, SL_PORT_NONE);
	if (o->contested[k])
		CHECK(sl_exchange_acq_rel(&ledger[k], o->worker + 1u) == 0);
}

static void
permanent_step(struct owner *o)
{
	uint32_t k = sl_load_relaxed(&o->announced);

	if (k == PERMANENT)
		return;
	o->ids[k] =
	    insert(o, &keys[o->worker][k], NULL, SL_CONN_ASSURED, (uint16_t)k);
	if (o->ids[k]) /* pairs with the acquire in announced() */
		sl_store_release(&o->announced, k + 1);
}

static void
batch_ends(struct owner *o)
{
	sl_rcu_quiescent();
	sl_clock_tick();
	sl_shard_tick(o->shard, sl_now_ns());
}

static void *
run_owner(void *arg)
{
	struct owner *o = arg;

	sl_role_enter(SL_ROLE_WORKER, o->worker, "owner");
	sl_clock_tick();
	sl_rcu_register();
	sl_rcu_online();
	for (int step = 0; step < STEPS; step++) {
		if (step % 64 == 0)
			permanent_step(o);
		else if (step % 4 == 0)
			contested_step(o);
		else
			own_step(o);
		if (step % BATCH == 0)
			batch_ends(o);
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	sl_sub_release(&running, 1);
	return NULL;
}

/* ---- readers ---- */

struct reader {
	uint32_t x;
	struct sl_conn *held[HELD];
	uint64_t ids[HELD];
	unsigned n;
};

static void
hold(struct reader *r, struct sl_conn *c)
{
	check_seal(c);
	r->held[r->n] = c;
	r->ids[r->n] = sl_load_relaxed(&c->id);
	r->n++;
}

static void
look_up_permanent(struct reader *r)
{
	uint16_t w = (uint16_t)(xorshift(&r->x) % OWNERS);
	/* pairs with the release in permanent_step() */
	uint32_t n = sl_load_acquire(&owners[w].announced);
	struct sl_tuple t;
	struct sl_conn *c;
	enum sl_dir dir;

	if (n == 0)
		return;
	t = keys[w][xorshift(&r->x) % n];
	c = sl_table_lookup_rcu(
	    owners[w].table, w, &t, sl_tuple_hash(&t), sl_now_ns(), &dir);
	CHECK(c);
	CHECK(dir == SL_ORIG && c->owner == w);
	hold(r, c);
}

static void
look_up_any(struct reader *r)
{
	uint16_t w = (uint16_t)(xorshift(&r->x) % OWNERS);
	uint32_t k = xorshift(&r->x);
	struct sl_tuple t =
	    k & 1 ? contested[k / 2 % CONTESTED] : keys[w][k / 2 % KEYS];
	struct sl_conn *c;
	enum sl_dir dir;

	w = sl_tuple_owner(&t, OWNERS);
	c = sl_table_lookup_rcu(
	    owners[w].table, w, &t, sl_tuple_hash(&t), sl_now_ns(), &dir);
	if (!c)
		return;
	CHECK(sl_conn_matches(c, dir, &t));
	hold(r, c);
}

/* One read section: find, do other things, and look again at what was found;
 * nothing of it may have changed hands.  Then the ids, in a later section: they
 * name the same connection or none. */
static void
read_section(struct reader *r)
{
	r->n = 0;
	sl_clock_tick();
	for (int i = 0; i < HELD; i++)
		if (xorshift(&r->x) & 1)
			look_up_any(r);
		else
			look_up_permanent(r);
	for (int again = 0; again < 4; again++)
		for (unsigned i = 0; i < r->n; i++) {
			check_seal(r->held[i]);
			CHECK(sl_load_relaxed(&r->held[i]->id) == r->ids[i]);
		}
	sl_rcu_quiescent();
	for (unsigned i = 0; i < r->n; i++) {
		const struct sl_conn *c =
		    sl_table_by_id_rcu(owners[0].table, r->ids[i]);

		if (c)
			check_seal(c);
	}
	sl_rcu_quiescent();
	sl_add_relaxed(&lookups, r->n);
}

/* One walk over the table: how often each permanent connection was seen. */
struct tour {
	uint8_t seen[OWNERS][PERMANENT];
};

static bool
visit(void *arg, const struct sl_conn *c)
{
	struct tour *tour = arg;

	check_seal(c);
	if (c->out_port != SL_PORT_NONE)
		tour->seen[c->owner][c->out_port]++;
	return true;
}

static void
walk_all(struct reader *r)
{
	struct tour tour = {0};
	struct sl_walk walk = {0};
	uint32_t before[OWNERS];
	bool more;

	for (int w = 0; w < OWNERS; w++)
		before[w] = sl_load_acquire(&owners[w].announced);
	do {
		more = sl_walk_slice(owners[0].table, &walk,
		    1 + xorshift(&r->x) % 256, visit, &tour);
		sl_rcu_quiescent();
	} while (more);
	for (int w = 0; w < OWNERS; w++)
		for (uint32_t k = 0; k < PERMANENT; k++)
			CHECK(tour.seen[w][k] == 1 ||
			      (k >= before[w] && tour.seen[w][k] == 0));
	sl_add_relaxed(&walks, 1);
}

static void *
run_reader(void *arg)
{
	struct reader r = {.x = *(uint32_t *)arg};

	sl_role_enter(SL_ROLE_CONTROL, 0, "reader");
	sl_clock_tick();
	sl_rcu_register();
	while (sl_load_relaxed(&running)) {
		sl_rcu_online();
		for (int i = 0; i < 16; i++)
			read_section(&r);
		walk_all(&r);
		sl_rcu_offline();
	}
	sl_rcu_unregister();
	return NULL;
}

/* ---- rounds ---- */

static void
start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	CHECK(pthread_create(thread, NULL, run, arg) == 0);
}

static bool
count_visit(void *arg, const struct sl_conn *c)
{
	check_seal(c);
	(*(uint64_t *)arg)++;
	return true;
}

/* Everybody has stopped: totals, walk and aliases agree. */
static void
check_at_rest(struct sl_table *table)
{
	struct sl_walk walk = {0};
	uint64_t visited = 0, aliased = 0;

	sl_rcu_online();
	while (sl_walk_slice(table, &walk, 1000, count_visit, &visited))
		;
	CHECK(visited == sl_table_total(table));
	for (int k = 0; k < CONTESTED; k++) {
		uint32_t holder = sl_load_relaxed(&ledger[k]);

		aliased += holder &&
			   sl_tuple_owner(&contested[k], OWNERS) != holder - 1;
		sl_store_relaxed(&ledger[k], 0);
	}
	CHECK(sl_load_relaxed(&table->aliases.count) == aliased);
	sl_rcu_offline();
}

static void
prepare_owners(struct sl_table *table, int round)
{
	for (uint16_t w = 0; w < OWNERS; w++) {
		owners[w] = (struct owner){
		    .table = table,
		    .shard = sl_table_shard(table, w),
		    .worker = w,
		    .x = 2463534242u + 977u * w + 31u * (uint32_t)round,
		};
	}
}

static void
run_round(int round)
{
	/* Every second round is so tight that connections are evicted. */
	uint64_t max = round & 1 ? OWNERS * 2000 : OWNERS * 4 * KEYS;
	struct sl_table *table = sl_table_new(OWNERS, max, NULL);
	pthread_t owner[OWNERS], reader[READERS];
	uint32_t seeds[READERS];
	uint64_t inserted = 0, lost = 0, refused = 0;

	CHECK(table);
	prepare_owners(table, round);
	sl_store_relaxed(&running, OWNERS);
	for (int i = 0; i < READERS; i++) {
		seeds[i] = 362436069u + (uint32_t)(i + READERS * round);
		start(&reader[i], run_reader, &seeds[i]);
	}
	for (int i = 0; i < OWNERS; i++)
		start(&owner[i], run_owner, &owners[i]);
	for (int i = 0; i < OWNERS; i++) {
		pthread_join(owner[i], NULL);
		inserted += owners[i].inserted;
		lost += owners[i].lost;
		refused += owners[i].refused;
	}
	for (int i = 0; i < READERS; i++)
		pthread_join(reader[i], NULL);
	check_at_rest(table);
	sl_table_free(table);
	printf("round %d: %lu inserted, %lu lost to a clash, %lu refused\n",
	    round, (unsigned long)inserted, (unsigned long)lost,
	    (unsigned long)refused);
	CHECK(inserted > 0 && lost > 0);
}

int
main(void)
{
	sl_role_enter(SL_ROLE_MAIN, 0, "main");
	sl_hash_init();
	sl_clock_tick();
	sl_rcu_register();
	make_keys();
	for (int round = 0; round < ROUNDS; round++)
		run_round(round);
	sl_rcu_unregister();
	printf("%lu expired, %lu evicted, %lu found by readers, %lu walks\n",
	    (unsigned long)sl_counter_sum(SL_COUNTER_CONN_EXPIRED),
	    (unsigned long)sl_counter_sum(SL_COUNTER_CONN_EVICTED),
	    (unsigned long)sl_load_relaxed(&lookups),
	    (unsigned long)sl_load_relaxed(&walks));
	CHECK(sl_counter_sum(SL_COUNTER_CONN_EXPIRED) > 0);
	CHECK(sl_counter_sum(SL_COUNTER_CONN_EVICTED) > 0);
	CHECK(sl_load_relaxed(&walks) > 0);
	return 0;
}
