/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expectations and ties under masters that die while others take.
 *
 * What it is.  Every worker makes masters with pairs of expectations, ends them at
 *   any moment, and takes first packets for whatever anybody expects; some of
 *   those become connections tied to the master.
 * What would show a mistake.
 *   - Each expectation has a number that is never used again, and a ledger allows
 *     one taker at a time, and none after it was used up.
 *   - A taken expectation carries a seal made of its number: one that was
 *     reclaimed under its taker is poisoned and does not fit.
 *   - Pairs are taken whole or not at all.
 *   - When every master has ended, no expectation and no tied connection is left.
 * Who writes.  A worker: its shard, its masters.  The ledger: whoever has taken.
 * Who reads.   The same.
 * Ordering.    The ledger is relaxed: the engine's own order is what is tested.
 * Bounds.      STEPS a worker.
 */
#include <conn/expect.h>
#include <conn/shard.h>
#include <related/tie.h>

#include <pthread.h>
#include <stdio.h>

enum {
	WORKERS = 3,
	STEPS = 60000,
	KEYS = 16, /* few: workers meet */
	MASTERS = 8,
	PAIRS = 4, /* a master */
	NUMBERS = 2 * STEPS,
	BATCH = 16,
};

#define CHECK(cond)                                                            \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(                                               \
			    stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                               \
		}                                                              \
	} while (0)

struct family {
	struct sl_expect_master *master; /* NULL: none */
	struct sl_expectation *both[2 * PAIRS];
};

struct worker {
	uint16_t id;
	struct sl_shard *shard;
	uint32_t x; /* xorshift */
	uint32_t numbers, conns;
	struct family families[MASTERS];
	uint64_t taken, lost, tied, late;
};

static struct sl_table *table;
static struct worker workers[WORKERS];
/* 1: taken, 2: used up */
static SL_ATOMIC(uint8_t) ledger[WORKERS * NUMBERS];
static SL_ATOMIC(uint32_t) running;

static uint32_t
xorshift(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

static uint16_t
seal(uint32_t number)
{
	return (uint16_t)(number * 40503u >> 7);
}

static struct sl_expectation *
announce(struct worker *w, struct family *f, unsigned n, uint16_t key)
{
	struct sl_expectation *e = sl_expect_new(f->master);
	uint32_t number = w->id * NUMBERS + w->numbers++;

	CHECK(e && w->numbers <= NUMBERS);
	e->want.family = SL_IPV4;
	e->want.l4proto = IPPROTO_GRE;
	e->want.dst.u.w[0] = htonl(0x0a000000 + n % 2);
	e->want.dst_id = htons(key);
	e->opener = n % 2;
	e->pair = (uint16_t)(1 + n / 2);
	e->receiver_id = true;
	e->flags = SL_EXPECT_TIED;
	e->mark = number;
	e->to.id = seal(number);
	sl_store_relaxed(&e->deadline_ns, UINT64_MAX);
	CHECK(sl_expect_list(e) == 0);
	return e;
}

static void
begin(struct worker *w, struct family *f)
{
	f->master = sl_expect_master_new();
	CHECK(f->master);
	for (unsigned n = 0; n < 2 * PAIRS; n++)
		f->both[n] =
		    announce(w, f, n, (uint16_t)(1 + xorshift(&w->x) % KEYS));
	for (unsigned n = 0; n < 2 * PAIRS; n++)
		sl_expect_open(f->both[n]);
}

/* One of the family is out of use; false: it is being used up right now. */
static bool
forget(struct family *f, unsigned n)
{
	sl_expect_close(f->both[n]);
	if (!sl_expect_is_over(f->both[n]))
		return false;
	sl_expect_put(f->both[n]);
	f->both[n] = NULL;
	return true;
}

static void
end(struct family *f)
{
	for (unsigned n = 0; n < 2 * PAIRS; n++)
		while (f->both[n] && !forget(f, n))
			; // a few instructions of another worker
	sl_tie_tell(f->master, 0);
	sl_expect_master_put(f->master);
	f->master = NULL;
}

static void
withdraw(struct worker *w, struct family *f)
{
	unsigned pair = xorshift(&w->x) % PAIRS;

	for (unsigned n = 2 * pair; n < 2 * pair + 2; n++)
		if (f->both[n])
			(void)forget(f, n);
	sl_tie_tell(f->master, (uint16_t)(pair + 1));
}

static void
book(const struct sl_expectation *e, uint8_t from, uint8_t to)
{
	uint8_t was = from;

	CHECK(e->mark < WORKERS * NUMBERS && e->to.id == seal(e->mark));
	CHECK(sl_cas_acq_rel(&ledger[e->mark], &was, to));
}

static void
book_both(const struct sl_taken *t, uint8_t from, uint8_t to)
{
	book(t->by, from, to);
	book(t->mate, from, to);
}

static struct sl_conn *
open_child(struct worker *w)
{
	enum sl_drop_reason reason;
	struct sl_tuple t = {.family = SL_IPV4, .l4proto = IPPROTO_UDP};
	struct sl_conn *c;

	do {
		t.src.u.w[0] = xorshift(&w->x);
		t.src_id = (sl_be16)w->conns++;
		t.dst_id = htons((uint16_t)(w->id + 1));
	} while (sl_tuple_owner(&t, WORKERS) != w->id);
	c = sl_shard_alloc(w->shard, &t, sl_now_ns(), &reason);
	CHECK(c);
	sl_store_relaxed(&c->deadline_ns, UINT64_MAX);
	return c;
}

/* The first packet's way: tied, published, settled; or dropped somewhere. */
static void
arrive(struct worker *w)
{
	struct sl_tuple t = {.family = SL_IPV4, .l4proto = IPPROTO_GRE};
	struct sl_taken taken;
	enum sl_taking got;
	struct sl_conn *c;
	bool sent;

	t.dst.u.w[0] = htonl(0x0a000000 + xorshift(&w->x) % 2);
	t.dst_id = htons((uint16_t)(1 + xorshift(&w->x) % KEYS));
	got = sl_expect_take_rcu(&t, 1, &taken);
	w->lost += got == SL_TAKING_LOST;
	if (got != SL_TAKING_DONE)
		return;
	CHECK(taken.by && taken.mate && taken.by->pair == taken.mate->pair);
	book_both(&taken, 0, 1);
	w->taken++;
	if (xorshift(&w->x) % 4 == 0) { // a rule drops it
		book_both(&taken, 1, 0);
		sl_expect_give_back(&taken);
		return;
	}
	c = open_child(w);
	sent = sl_tie_add(c, taken.by);
	if (sent && sl_shard_insert(w->shard, c, sl_now_ns()) == 0) {
		book_both(&taken, 1, 2);
		sl_expect_settle(&taken);
		w->tied++;
		return;
	}
	w->late += !sent;
	book_both(&taken, 1, 0);
	sl_expect_give_back(&taken);
	sl_shard_free_fresh(w->shard, c);
}

static bool
end_some(void *arg, const struct sl_conn *c)
{
	struct worker *w = arg;

	if (xorshift(&w->x) % 8 == 0)
		sl_shard_remove(w->shard, (struct sl_conn *)(uintptr_t)c,
		    SL_COUNTER_CONN_EXPIRED);
	return true;
}

static void
step(struct worker *w)
{
	struct family *f = &w->families[xorshift(&w->x) % MASTERS];
	struct sl_walk walk = {0};

	switch (xorshift(&w->x) % 32) {
	case 0:
		if (f->master)
			end(f);
		else if (w->numbers + 2 * PAIRS < NUMBERS)
			begin(w, f);
		return;
	case 1:
		if (f->master)
			withdraw(w, f);
		return;
	case 2: /* children that end by themselves */
		(void)sl_walk_shard_slice(w->shard, &walk, 64, end_some, w);
		return;
	default:
		arrive(w);
	}
}

static void
finish_batch(struct worker *w)
{
	sl_tie_run(w->shard, w->id);
	sl_shard_tick(w->shard, sl_now_ns());
	sl_rcu_quiescent();
}

static void *
run(void *arg)
{
	struct worker *w = arg;

	sl_role_enter(SL_ROLE_WORKER, w->id, "worker");
	sl_rcu_register();
	sl_rcu_online();
	for (unsigned i = 0; i < STEPS; i++) {
		step(w);
		if (i % BATCH == 0)
			finish_batch(w);
	}
	for (unsigned i = 0; i < MASTERS; i++)
		if (w->families[i].master)
			end(&w->families[i]);
	sl_add_relaxed(&running, (uint32_t)-1);
	while (sl_load_relaxed(&running))
		finish_batch(w);
	for (int i = 0; i < 1000; i++) // what others told last
		finish_batch(w);
	sl_rcu_offline();
	sl_rcu_unregister();
	return NULL;
}

int
main(void)
{
	struct sl_err err = {0};
	pthread_t threads[WORKERS];
	uint64_t taken = 0, lost = 0, tied = 0, late = 0;

	sl_role_enter(SL_ROLE_MAIN, 0, "main");
	sl_hash_init();
	sl_rcu_register();
	CHECK(sl_expect_init() == 0 && sl_tie_init() == 0);
	table = sl_table_new(WORKERS, 1u << 20, &err);
	CHECK(table);
	sl_store_relaxed(&running, WORKERS);
	for (uint16_t i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){.id = i,
		    .shard = sl_table_shard(table, i),
		    .x = 2463534242u + i};
		CHECK(pthread_create(&threads[i], NULL, run, &workers[i]) == 0);
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		pthread_join(threads[i], NULL);
		taken += workers[i].taken;
		lost += workers[i].lost;
		tied += workers[i].tied;
		late += workers[i].late;
	}
	printf("taken %llu, lost races %llu, tied %llu, too late %llu\n",
	    (unsigned long long)taken, (unsigned long long)lost,
	    (unsigned long long)tied, (unsigned long long)late);
	CHECK(taken > STEPS / 10 && tied > STEPS / 20);
	CHECK(sl_expect_count() == 0);
	CHECK(sl_table_total(table) == 0);
	sl_tie_fini();
	sl_expect_fini();
	sl_rcu_drain();
	sl_table_free(table);
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}
