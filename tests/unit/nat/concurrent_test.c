/* SPDX-License-Identifier: Apache-2.0 */
/* Workers open connections through one small pool at once, and close some: no
 * port of it is ever given twice, and in the end none is left unused. */
#include "trackers.h"

#include <base/rcu.h>
#include <base/role.h>
#include <nat/hold.h>
#include <nat/nat.h>

#include <errno.h>
#include <pthread.h>

enum {
	WORKERS = 3,
	FIRST_PORT = 20000,
	PORTS = 600,
	STEPS = 6000, /* of each worker */
	HELD = PORTS,
};

struct opener {
	/* SL_CONST */
	struct sl_track track;
	/* SL_OWNED */
	uint32_t x; /* xorshift */
	uint64_t held[HELD];
	uint32_t n_held;
	uint32_t opened, refused, raced;
};

static struct sl_table *table;
static struct opener openers[WORKERS];
static SL_ATOMIC(uint32_t) holder[PORTS]; /* 1 + worker; 0: free */
static SL_ATOMIC(uint32_t) wrong, running;

static int
setup(void **state)
{
	struct sl_err err = {0};

	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_hash_init();
	sl_clock_use_virtual();
	sl_rcu_register();
	sl_rcu_online();
	register_trackers();
	sl_hold_init();
	table = sl_table_new(WORKERS, 100000, &err);
	assert_non_null(table);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_rcu_offline();
	sl_table_free(table);
	sl_hold_fini();
	sl_trackers_clear();
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

static uint32_t
draw(struct opener *o)
{
	o->x ^= o->x << 13;
	o->x ^= o->x >> 17;
	o->x ^= o->x << 5;
	return o->x;
}

/* A packet of a new flow that steers to this worker. */
static void
new_flow(struct opener *o, struct test_pkt *t, struct sl_tuple *orig)
{
	char src[32];
	struct recipe r = {.proto = IPPROTO_UDP, .src = src};

	do {
		snprintf(src, sizeof(src), "10.%u.%u.%u", o->track.worker,
		    draw(o) & 255, draw(o) & 255);
		r.sport = (uint16_t)(1 + draw(o) % 65535);
		build(t, &r);
		memset(orig, 0, sizeof(*orig));
		sl_pkt_addrs(&t->pkt, &orig->src, &orig->dst);
		orig->src_id = htons(r.sport);
		orig->dst_id = htons(80);
		orig->l4proto = IPPROTO_UDP;
		orig->family = SL_IPV4;
	} while (sl_tuple_owner(orig, WORKERS) != o->track.worker);
}

static uint32_t
port_of(const struct sl_conn *conn)
{
	struct sl_tuple reply;

	sl_conn_tuple(conn, SL_REPLY, &reply);
	return ntohs(reply.dst_id) - FIRST_PORT;
}

/* As the packet path does it: alloc, choose, insert. 0, -ENOSPC or -EEXIST. */
static int
open_one(struct opener *o)
{
	struct sl_nat_request pool = {.side = SL_NAT_SRC,
	    .has_addr = true,
	    .has_port = true,
	    .addr_min = {.u.w = {htonl(0xcb007101)}},
	    .addr_max = {.u.w = {htonl(0xcb007101)}},
	    .port_min = FIRST_PORT,
	    .port_max = FIRST_PORT + PORTS - 1};
	enum sl_drop_reason reason;
	struct sl_tuple orig;
	struct test_pkt t;
	struct sl_conn *c;
	int rc = 0;

	new_flow(o, &t, &orig);
	c = sl_shard_alloc(o->track.shard, &orig, sl_now_ns(), &reason);
	assert_non_null(c);
	c->tracker = sl_trackers_find(SL_IPV4, IPPROTO_UDP);
	sl_store_relaxed(&c->deadline_ns, UINT64_MAX / 2);
	t.pkt.conn = c;
	t.pkt.flags |= SL_PKT_NEW_CONN;
	if (sl_nat_setup(&o->track, &t.pkt, &pool) != SL_GO)
		rc = -ENOSPC;
	else
		rc = sl_shard_insert(o->track.shard, c, sl_now_ns());
	if (rc) {
		sl_shard_free_fresh(o->track.shard, c);
		return rc;
	}
	if (sl_exchange_acq_rel(&holder[port_of(c)], o->track.worker + 1u))
		sl_add_relaxed(&wrong, 1);
	o->held[o->n_held++] = sl_load_relaxed(&c->id);
	return 0;
}

static void
close_one(struct opener *o)
{
	uint32_t i;
	struct sl_conn *c;

	if (!o->n_held)
		return;
	i = draw(o) % o->n_held;
	c = (struct sl_conn *)(uintptr_t)sl_table_by_id_rcu(table, o->held[i]);
	o->held[i] = o->held[--o->n_held];
	/* Off the ledger first: then the next may have it. */
	if (sl_exchange_acq_rel(&holder[port_of(c)], 0) != o->track.worker + 1u)
		sl_add_relaxed(&wrong, 1);
	sl_shard_remove(o->track.shard, c, SL_COUNTER_CONN_REMOVED);
}

static void
step(struct opener *o)
{
	int rc;

	if (draw(o) % 3 == 0) {
		close_one(o);
		return;
	}
	rc = open_one(o);
	o->opened += rc == 0;
	o->refused += rc == -ENOSPC;
	o->raced += rc == -EEXIST;
}

static void *
run(void *arg)
{
	struct opener *o = arg;

	sl_role_enter(SL_ROLE_WORKER, o->track.worker, "worker");
	sl_rcu_register();
	sl_rcu_online();
	sl_clock_tick();
	for (unsigned i = 0; i < STEPS; i++) {
		step(o);
		if (i % 32)
			continue;
		sl_rcu_quiescent();
		sl_shard_tick(o->track.shard, sl_now_ns());
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	sl_sub_release(&running, 1); /* pairs with the acquire below */
	return NULL;
}

static void
no_port_twice(void **state)
{
	pthread_t threads[WORKERS];
	uint32_t held = 0;

	(void)state;
	sl_store_relaxed(&running, WORKERS);
	for (uint16_t i = 0; i < WORKERS; i++) {
		openers[i] = (struct opener){
		    .track = {table, sl_table_shard(table, i), i},
		    .x = 88172645u + i};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, run, &openers[i]), 0);
	}
	sl_rcu_offline();
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	sl_rcu_online();
	for (unsigned i = 0; i < WORKERS; i++) {
		struct opener *o = &openers[i];

		print_message("worker %u: %u opened, %u refused, %u raced\n", i,
		    o->opened, o->refused, o->raced);
		held += o->n_held;
	}
	assert_int_equal(sl_load_relaxed(&wrong), 0);
	assert_int_equal(sl_table_total(table), held);
	/* What is left is found to the last one. */
	sl_role_enter(sl_role_bits, 0, "test");
	while (open_one(&openers[0]) == 0)
		held++;
	assert_int_equal(held, PORTS);
	assert_int_equal(sl_load_relaxed(&wrong), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_port_twice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
