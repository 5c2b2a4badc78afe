/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Limits that workers share, under workers that all want the same.
 *
 * What it is.  Workers send packets through nth, dst-limit and connection-limit
 *   while control compiles the same rules again and again.
 * What would show a mistake.
 *   - nth: exactly one packet of each EVERY matches, of all workers' together.
 *   - dst-limit: each of KEYS flows gets its burst exactly, whoever takes.
 *   - connection-limit: never more than LIMIT connections of a source are let in,
 *     in the end exactly so many are, and none is counted when all are gone.
 * Who writes.  Worker i: shard i.  Control: rules.
 * Who reads.   Workers.
 * Ordering.    'kept' is acquire-release, for the check of each addition.
 * Bounds.      STEPS packets a worker.
 */
#include <conn/table.h>
#include <rule/connblock.h>
#include <rule/connlimit.h>
#include <rule/eval.h>
#include <rule/flowlimit.h>
#include <rule/live.h>
#include <rule/spec.h>

#include <base/clock.h>
#include <packet/parse.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORKERS = 3,
	STEPS = 200000,
	EVERY = 7,
	KEYS = 3,
	BURST = 100000,
	SOURCES = 3,
	LIMIT = 200,
	HELD = 1000, /* connections a worker has at once */
};

#define CHECK(cond)                                                            \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(                                               \
			    stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                               \
		}                                                              \
	} while (0)

struct worker {
	struct sl_shard *shard;
	uint16_t id;
	uint32_t x;
	uint16_t port;
	struct sl_conn *held[HELD];
	unsigned n_held;
	uint64_t nth, tokens;
};

static struct sl_live *lives[3];
static struct worker workers[WORKERS];
static SL_ATOMIC(uint32_t) kept[SOURCES], running;

static uint32_t
next(struct worker *w, uint32_t bound)
{
	w->x ^= w->x << 13;
	w->x ^= w->x >> 17;
	w->x ^= w->x << 5;
	return w->x % bound;
}

static void
publish_rules(void)
{
	static const char *const chains[] = {"input", "forward", "output"};
	struct sl_err err = {0};
	struct sl_match bucket, *m;
	struct sl_specs specs;
	struct sl_rule_spec *s[3];

	sl_specs_init(&specs);
	for (unsigned i = 0; i < 3; i++) {
		s[i] =
		    sl_specs_add(&specs, SL_TABLE_FILTER, SL_IPV4, chains[i]);
		s[i]->action = SL_ACTION_DROP;
		s[i]->live = lives[i];
	}
	m = sl_spec_match(s[0], SL_MATCH_NTH);
	m->nth.every = EVERY;
	m->nth.packet = 3;
	sl_match_set_limit(&bucket, 1, 100 * SL_NS_PER_SEC, BURST, false);
	m = sl_spec_match(s[1], SL_MATCH_DST_LIMIT);
	m->flow.cost = bucket.limit.cost;
	m->flow.depth = bucket.limit.depth;
	m->flow.fields = SL_FLOW_SRC | SL_FLOW_DST_PORT;
	m->flow.expire_ns = 86400 * SL_NS_PER_SEC;
	m = sl_spec_match(s[2], SL_MATCH_CONN_LIMIT);
	m->conns.count = LIMIT;
	m->conns.prefix_len = 32;
	CHECK(sl_ruleset_publish(&specs, &err) == 0);
	sl_specs_fini(&specs);
}

/* A UDP datagram from source number 'source'. */
static void
make_packet(struct sl_pkt *pkt, uint8_t frame[42], uint32_t source)
{
	static const uint8_t head[] = {0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0,
	    10, 0, 0, 0, 192, 0, 2, 1, 4, 0, 0, 53, 0, 8, 0, 0};

	memset(frame, 0, 42);
	frame[12] = 8;
	memcpy(frame + 14, head, sizeof(head));
	frame[14 + 15] = (uint8_t)source;
	*pkt = (struct sl_pkt){
	    .data = frame,
	    .len = 42,
	    .room = 42,
	    .in_port = SL_PORT_NONE,
	    .out_port = SL_PORT_NONE,
	    .now_ns = sl_now_ns(),
	    .family = SL_IPV4,
	    .l4proto = IPPROTO_UDP,
	    .l3_off = 14,
	    .l4_off = 34,
	    .l3_len = 28,
	    .l4_len = 8,
	    .state = SL_STATE_NEW,
	};
}

static bool
hits(enum sl_hook hook, struct sl_pkt *pkt)
{
	struct sl_rule_result result;

	sl_rule_eval(SL_TABLE_FILTER, hook, pkt, &result);
	return result.verdict == SL_RULE_DROP;
}

static uint32_t
source_of(const struct sl_conn *c)
{
	return ntohl(c->key4[SL_ORIG].src) & 0xff;
}

static void
close_one(struct worker *w, unsigned i)
{
	struct sl_conn *c = w->held[i];

	w->held[i] = w->held[--w->n_held];
	sl_sub_release(&kept[source_of(c)], 1); /* pairs with open_one() */
	sl_shard_remove(w->shard, c, SL_COUNTER_CONN_REMOVED);
}

/* The first packet: what the rule drops is forgotten, as on the packet path. */
static void
open_one(struct worker *w, struct sl_pkt *pkt, uint32_t source)
{
	struct sl_tuple t = {
	    .src.u.w[0] = htonl(0x0a000000 + source),
	    .dst.u.w[0] = htonl(0xc0000200 + w->id),
	    .src_id = htons(w->port++),
	    .dst_id = htons(53),
	    .l4proto = IPPROTO_UDP,
	    .family = SL_IPV4,
	};
	enum sl_drop_reason reason;

	pkt->conn = sl_shard_alloc(w->shard, &t, sl_now_ns(), &reason);
	CHECK(pkt->conn);
	/* 'kept' counts up after the rule does, and down before it. */
	if (hits(SL_HOOK_OUTPUT, pkt) ||
	    sl_shard_insert(w->shard, pkt->conn, sl_now_ns())) {
		sl_shard_free_fresh(w->shard, pkt->conn);
		return;
	}
	CHECK(atomic_fetch_add_explicit(
		  &kept[source], 1, memory_order_acq_rel) < LIMIT);
	w->held[w->n_held++] = pkt->conn;
}

static void
connect_or_close(struct worker *w, struct sl_pkt *pkt, uint32_t source)
{
	unsigned i = w->n_held ? next(w, w->n_held) : 0;

	if (w->n_held && next(w, 3) == 0)
		close_one(w, i);
	else if (w->n_held < HELD)
		open_one(w, pkt, source);
	if (!w->n_held)
		return;
	/* A packet of one that is counted. */
	pkt->conn = w->held[next(w, w->n_held)];
	hits(SL_HOOK_OUTPUT, pkt);
}

static void
rest(struct worker *w, unsigned step)
{
	if (step % 32)
		return;
	sl_shard_tick(w->shard, sl_now_ns());
	sl_rcu_quiescent();
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	uint8_t frame[42];
	struct sl_pkt pkt;

	sl_role_enter(SL_ROLE_WORKER, w->id, "worker");
	sl_rcu_register();
	sl_rcu_online();
	sl_clock_tick();
	for (unsigned step = 0; step < STEPS; step++) {
		make_packet(&pkt, frame, next(w, KEYS));
		w->nth += hits(SL_HOOK_INPUT, &pkt);
		w->tokens += hits(SL_HOOK_FORWARD, &pkt);
		connect_or_close(w, &pkt, next(w, SOURCES));
		rest(w, step);
	}
	/* Enough of them to fill every source, whoever holds the others. */
	for (unsigned step = 0; step < 3 * SOURCES * LIMIT; step++) {
		make_packet(&pkt, frame, 0);
		if (w->n_held < HELD)
			open_one(w, &pkt, step % SOURCES);
		rest(w, step);
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	sl_sub_release(&running, 1); /* pairs with main() */
	return NULL;
}

static void
check_sums(void)
{
	uint64_t nth = 0, tokens = 0;

	for (unsigned i = 0; i < WORKERS; i++) {
		nth += workers[i].nth;
		tokens += workers[i].tokens;
	}
	CHECK(nth == (WORKERS * STEPS + EVERY - 3) / EVERY);
	CHECK(tokens == KEYS * BURST);
	CHECK(sl_connblock_total() == SOURCES);
	for (unsigned i = 0; i < SOURCES; i++)
		CHECK(sl_load_relaxed(&kept[i]) == LIMIT);
}

/* The workers are gone; this thread is each of them in turn. */
static void
close_all(void)
{
	for (uint16_t i = 0; i < WORKERS; i++) {
		sl_role_enter(
		    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, i, "main");
		while (workers[i].n_held)
			close_one(&workers[i], 0);
	}
	CHECK(sl_connblock_total() == 0);
}

int
main(void)
{
	struct sl_table *table;
	pthread_t threads[WORKERS];
	unsigned rounds = 0;

	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_CONTROL, 0, "main");
	sl_hash_init();
	sl_clock_use_virtual();
	sl_live_set_workers(WORKERS);
	sl_rcu_register();
	sl_rcu_online();
	table = sl_table_new(WORKERS, 100000, NULL);
	CHECK(table && sl_connlimit_init(WORKERS) == 0);
	for (unsigned i = 0; i < 3; i++)
		lives[i] = sl_live_new();
	publish_rules();
	sl_store_relaxed(&running, WORKERS);
	for (uint16_t i = 0; i < WORKERS; i++) {
		workers[i].id = i;
		workers[i].x = 2463534242u + i;
		workers[i].port = 1024;
		workers[i].shard = sl_table_shard(table, i);
		CHECK(!pthread_create(&threads[i], NULL, work, &workers[i]));
	}
	while (sl_load_acquire(&running) > 0) { /* pairs with work() */
		publish_rules();
		rounds++;
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	sl_rcu_online();
	check_sums();
	close_all();
	sl_ruleset_clear();
	for (unsigned i = 0; i < 3; i++)
		sl_live_put(lives[i]);
	sl_rcu_offline();
	sl_rcu_drain();
	sl_table_free(table);
	sl_connlimit_fini();
	sl_rcu_unregister();
	printf("%u rulesets\n", rounds);
	return 0;
}
