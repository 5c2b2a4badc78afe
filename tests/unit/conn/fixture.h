/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of conn/ share: tuples in short, a table on virtual time, and
 * a thread that is every worker in turn. */
#ifndef TESTS_UNIT_CONN_FIXTURE_H
#define TESTS_UNIT_CONN_FIXTURE_H

#include <conn/shard.h>
#include <conn/table.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define S  SL_NS_PER_SEC
#define MS SL_NS_PER_MS

static inline struct sl_tuple
tuple4(
    uint8_t proto, uint32_t src, uint16_t sport, uint32_t dst, uint16_t dport)
{
	struct sl_tuple t = {0};

	t.src.u.w[0] = htonl(src);
	t.dst.u.w[0] = htonl(dst);
	t.src_id = htons(sport);
	t.dst_id = htons(dport);
	t.l4proto = proto;
	t.family = SL_IPV4;
	return t;
}

/* The n-th of many different tuples, all with the same server. */
static inline struct sl_tuple
nth4(uint32_t n)
{
	return tuple4(IPPROTO_UDP, 0x0a000000 + n / 60000,
	    (uint16_t)(1024 + n % 60000), 0xc0000201, 53);
}

static inline struct sl_tuple
nth6(uint32_t n)
{
	struct sl_tuple t = {0};

	t.src.u.b[0] = t.dst.u.b[0] = 0x20;
	t.src.u.w[3] = htonl(n / 60000);
	t.dst.u.w[3] = htonl(1);
	t.src_id = htons((uint16_t)(1024 + n % 60000));
	t.dst_id = htons(443);
	t.l4proto = IPPROTO_TCP;
	t.family = SL_IPV6;
	return t;
}

static inline void
act_as(uint16_t worker)
{
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, worker, "test");
}

static inline struct sl_table *
table_of(uint16_t workers, uint64_t max)
{
	struct sl_err err = {0};
	struct sl_table *table = sl_table_new(workers, max, &err);

	assert_non_null(table);
	return table;
}

/* Lookup as 'worker' does it. */
static inline struct sl_conn *
look(struct sl_table *t, uint16_t worker, const struct sl_tuple *tuple,
    enum sl_dir *dir)
{
	return sl_table_lookup_rcu(
	    t, worker, tuple, sl_tuple_hash(tuple), sl_now_ns(), dir);
}

static inline struct sl_conn *
look0(struct sl_table *t, const struct sl_tuple *tuple)
{
	enum sl_dir dir;

	return look(t, 0, tuple, &dir);
}

static inline struct sl_conn *
fresh(struct sl_shard *shard, const struct sl_tuple *orig)
{
	enum sl_drop_reason reason = SL_DROP_N;

	return sl_shard_alloc(shard, orig, sl_now_ns(), &reason);
}

/* Alloc, deadline, insert; NULL if any of it is refused. */
static inline struct sl_conn *
open_conn(
    struct sl_shard *shard, const struct sl_tuple *orig, uint64_t timeout_ns)
{
	struct sl_conn *c = fresh(shard, orig);

	if (!c)
		return NULL;
	sl_shard_refresh(shard, c, sl_now_ns() + timeout_ns);
	if (sl_shard_insert(shard, c, sl_now_ns()) == 0)
		return c;
	sl_shard_free_fresh(shard, c);
	return NULL;
}

/* Ticks a shard until it has nothing to do. */
static inline void
settle(struct sl_shard *shard)
{
	do {
		sl_shard_tick(shard, sl_now_ns());
	} while (sl_wheel_is_due(&shard->wheel, sl_now_ns()) ||
		 sl_index_is_growing(&shard->index));
}

/* Lets everything removed so far be reclaimed. */
static inline void
pass_grace(struct sl_table *table)
{
	for (int i = 0; i < 3; i++) { /* waiting, open, one to collect */
		for (uint16_t w = 0; w < table->workers; w++)
			sl_shard_tick(&table->shards[w], sl_now_ns());
		sl_rcu_offline();
		sl_rcu_drain();
		sl_rcu_online();
	}
}

static inline uint64_t
count_of(unsigned counter)
{
	return sl_counter_sum(counter);
}

static inline int
start_world(void **state)
{
	(void)state;
	sl_hash_init();
	sl_clock_use_virtual();
	act_as(0);
	sl_rcu_register();
	sl_rcu_online();
	return 0;
}

static inline int
end_world(void **state)
{
	(void)state;
	sl_rcu_offline();
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

#define RUN_WORLD(tests)                                                       \
	cmocka_run_group_tests_name(__FILE__, tests, start_world, end_world)

#endif
