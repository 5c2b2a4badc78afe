/* SPDX-License-Identifier: Apache-2.0 */
/* connection-limit: the boundary, blocks, and above all that whatever ends a
 * connection gives back what it was counted as. */
#include "build.h"

#include <base/counters.h>
#include <conn/pages.h>
#include <conn/table.h>
#include <rule/connblock.h>
#include <rule/connlimit.h>

#define S SL_NS_PER_SEC

static struct sl_tuple
tuple4(uint32_t src, uint16_t sport)
{
	return (struct sl_tuple){
	    .src.u.w[0] = htonl(src),
	    .dst.u.w[0] = htonl(0xc0000201),
	    .src_id = htons(sport),
	    .dst_id = htons(53),
	    .l4proto = IPPROTO_UDP,
	    .family = SL_IPV4,
	};
}

static struct sl_tuple
tuple6(uint16_t sport)
{
	struct sl_tuple t = tuple4(0, sport);

	t.family = SL_IPV6;
	t.src.u.b[0] = t.dst.u.b[0] = 0x20;
	return t;
}

static struct sl_conn *
fresh(struct sl_shard *shard, const struct sl_tuple *t)
{
	enum sl_drop_reason reason;
	struct sl_conn *c = sl_shard_alloc(shard, t, sl_now_ns(), &reason);

	assert_non_null(c);
	return c;
}

static struct sl_conn *
open_conn(struct sl_shard *shard, const struct sl_tuple *t)
{
	struct sl_conn *c = fresh(shard, t);

	assert_int_equal(sl_shard_insert(shard, c, sl_now_ns()), 0);
	return c;
}

/* All connections time out. */
static void
pass_time(struct sl_shard *shard)
{
	sl_clock_set(sl_now_ns() + 11 * S);
	do {
		sl_shard_tick(shard, sl_now_ns());
	} while (sl_shard_is_busy(shard));
}

static void
drain(void)
{
	sl_rcu_offline();
	sl_rcu_drain();
	sl_rcu_online();
}

/* What was removed is reclaimed: waiting, open, one to collect. */
static void
pass_grace(struct sl_shard *shard)
{
	for (int i = 0; i < 3; i++) {
		sl_shard_tick(shard, sl_now_ns());
		drain();
	}
}

/* A rule with connection-limit; the rule is the test's, so that it can change. */
struct limited {
	struct sl_specs specs;
	struct sl_match *m;
	struct sl_live *live;
	struct sl_table *table;
	struct sl_shard *shard;
};

static void
begin(struct limited *l, uint32_t count, uint8_t prefix_len, uint64_t max)
{
	struct sl_rule_spec *s;

	assert_int_equal(sl_connlimit_init(1), 0);
	l->table = sl_table_new(1, max, NULL);
	assert_non_null(l->table);
	l->shard = sl_table_shard(l->table, 0);
	sl_specs_init(&l->specs);
	s = add_rule(
	    &l->specs, SL_TABLE_FILTER, SL_IPV4, "forward", SL_ACTION_DROP);
	l->live = sl_live_get(s->live);
	l->m = sl_spec_match(s, SL_MATCH_CONN_LIMIT);
	l->m->conns.count = count;
	l->m->conns.prefix_len = prefix_len;
	publish(&l->specs);
}

static void
change(struct limited *l)
{
	struct sl_err err = {0};

	assert_int_equal(sl_ruleset_publish(&l->specs, &err), 0);
}

static void
end(struct limited *l)
{
	sl_specs_fini(&l->specs);
	sl_ruleset_clear();
	sl_live_put(l->live);
	sl_table_free(l->table);
	drain();
	sl_connlimit_fini();
}

/* The n-th connection of a source. */
static struct sl_conn *
conn_of(struct limited *l, uint32_t src, uint16_t n)
{
	struct sl_tuple t = tuple4(src, (uint16_t)(1024 + n));

	return open_conn(l->shard, &t);
}

static bool
over(struct sl_conn *c)
{
	static const struct recipe recipe = {.proto = IPPROTO_UDP};
	struct test_pkt t;
	struct sl_pkt *pkt = build(&t, &recipe);

	pkt->conn = c;
	return verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, pkt) ==
	       SL_RULE_DROP;
}

static void
boundary(void **state)
{
	struct sl_conn *c[4];
	struct limited l;

	(void)state;
	begin(&l, 3, 24, 100);
	for (uint16_t i = 0; i < 4; i++) {
		c[i] = conn_of(&l, 0x0a000001 + i, i);
		assert_int_equal(over(c[i]), i == 3);
		assert_int_equal(over(c[i]), i == 3); /* counted once */
	}
	assert_true(over(c[0])); /* now its block has too many */
	assert_false(over(conn_of(&l, 0x0a000101, 9))); /* the next block */
	assert_false(over(NULL)); /* no connection, no match */
	assert_int_equal(sl_connblock_total(), 2);
	sl_shard_remove(l.shard, c[1], SL_COUNTER_CONN_REMOVED);
	assert_false(over(c[3]));
	/* another count, the same connections */
	l.m->conns.count = 2;
	change(&l);
	assert_true(over(c[3]));
	l.m->negate = true;
	change(&l);
	assert_false(over(c[3]));
	assert_false(over(NULL));
	l.m->conns.count = 3;
	change(&l);
	assert_true(over(c[3]));
	end(&l);
}

static void
blocks(void **state)
{
	static const struct {
		uint8_t prefix_len;
		uint32_t a, b;
		bool same;
	} rows[] = {
	    {32, 0x0a000001, 0x0a000001, true},
	    {32, 0x0a000001, 0x0a000000, false},
	    {31, 0x0a000001, 0x0a000000, true},
	    {31, 0x0a000001, 0x0a000002, false},
	    {17, 0x0a007fff, 0x0a000000, true},
	    {17, 0x0a008000, 0x0a000000, false},
	    {0, 0xffffffff, 0x00000001, true},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct limited l;

		begin(&l, 1, rows[i].prefix_len, 100);
		assert_false(over(conn_of(&l, rows[i].a, 1)));
		assert_int_equal(over(conn_of(&l, rows[i].b, 2)), rows[i].same);
		end(&l);
	}
}

static void
blocks_of_ipv6(void **state)
{
	static const struct {
		uint8_t prefix_len, byte, value;
		bool same;
	} rows[] = {
	    {128, 15, 1, false},
	    {127, 15, 1, true},
	    {64, 8, 0x80, true},
	    {64, 7, 0x01, false},
	    {0, 0, 0xff, true},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_memo *place = NULL, *memo;
		uint64_t params[SL_MEMO_PARAMS] = {rows[i].prefix_len};
		struct sl_tuple t = tuple6(1), u = tuple6(2);
		struct limited l;

		begin(&l, 1, 32, 100);
		memo = sl_memo_want(&place, params, sl_connlimit_make);
		u.src.u.b[rows[i].byte] ^= rows[i].value;
		assert_int_equal(
		    sl_connlimit_count(
			memo, open_conn(l.shard, &t), rows[i].prefix_len),
		    1);
		assert_int_equal(
		    sl_connlimit_count(
			memo, open_conn(l.shard, &u), rows[i].prefix_len),
		    1 + rows[i].same);
		sl_memo_put(memo);
		sl_memo_drop(&place);
		end(&l);
	}
}

/* Removed, expired, evicted, or its first packet dropped. */
static void
every_end_gives_back(void **state)
{
	struct sl_tuple t = tuple4(0x0a000001, 9);
	struct sl_conn *c;
	struct limited l;

	(void)state;
	begin(&l, 0, 32, 3);
	c = conn_of(&l, 0x0a000001, 0);
	assert_true(over(c));
	sl_shard_remove(l.shard, c, SL_COUNTER_CONN_REMOVED);
	sl_shard_remove(l.shard, c, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(sl_connblock_total(), 0);
	/* A packet that was on its way when the connection ended. */
	assert_false(over(c));
	assert_int_equal(sl_connblock_total(), 0);

	c = fresh(l.shard, &t);
	assert_true(over(c));
	assert_int_equal(sl_connblock_total(), 1);
	sl_shard_free_fresh(l.shard, c);
	assert_int_equal(sl_connblock_total(), 0);

	assert_true(over(conn_of(&l, 0x0a000001, 1)));
	pass_time(l.shard);
	assert_int_equal(sl_connblock_total(), 0);

	for (uint32_t i = 0; i < 10; i++) /* three fit */
		assert_true(over(conn_of(&l, 0x0b000000 + i, (uint16_t)i)));
	assert_int_equal(sl_connblock_total(), 3);
	assert_int_equal(sl_table_total(l.table), 3);
	pass_time(l.shard);
	assert_int_equal(sl_connblock_total(), 0);
	end(&l);
}

/* A slot that is used again has nothing left of who had it before. */
static void
slots_come_back_clean(void **state)
{
	struct limited l;

	(void)state;
	begin(&l, 1, 32, 100);
	for (uint16_t i = 0; i < 20; i++) {
		struct sl_conn *c = conn_of(&l, 0x0a000001, i);

		assert_false(over(c));
		sl_shard_remove(l.shard, c, SL_COUNTER_CONN_REMOVED);
		pass_grace(l.shard);
	}
	assert_int_equal(sl_connblock_total(), 0);
	end(&l);
}

/* A limit that was changed counts anew; what the old one counted goes when the
 * connection comes by, or ends. */
static void
changed_rules_count_anew(void **state)
{
	struct sl_conn *a, *b;
	struct limited l;

	(void)state;
	begin(&l, 1, 32, 100);
	a = conn_of(&l, 0x0a000001, 1);
	b = conn_of(&l, 0x0a000001, 2);
	assert_false(over(a));
	assert_true(over(b));
	for (unsigned round = 0; round < 10; round++) {
		l.m->conns.prefix_len = round % 2 ? 32 : 31;
		change(&l);
		drain(); /* the old number is given back */
		assert_false(over(a));
		assert_int_equal(sl_connblock_total(), 2);
		assert_true(over(b));
		assert_int_equal(sl_connblock_total(), 1);
	}
	sl_shard_remove(l.shard, a, SL_COUNTER_CONN_REMOVED);
	sl_shard_remove(l.shard, b, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(sl_connblock_total(), 0);
	end(&l);
}

/* Several rules count one connection, each for itself. */
static void
two_rules(void **state)
{
	struct sl_memo *place = NULL, *memo;
	uint64_t params[SL_MEMO_PARAMS] = {8};
	struct sl_conn *a, *b;
	struct limited l;

	(void)state;
	begin(&l, 1, 32, 100);
	memo = sl_memo_want(&place, params, sl_connlimit_make);
	a = conn_of(&l, 0x0a000001, 1);
	b = conn_of(&l, 0x0a000002, 2);
	assert_false(over(a));
	assert_false(over(b));
	assert_int_equal(sl_connlimit_count(memo, a, 8), 1);
	assert_int_equal(sl_connlimit_count(memo, b, 8), 2);
	assert_int_equal(sl_connlimit_count(memo, a, 8), 2);
	assert_int_equal(sl_connblock_total(), 3);
	sl_shard_remove(l.shard, a, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(sl_connblock_total(), 2);
	assert_int_equal(sl_connlimit_count(memo, b, 8), 1);
	sl_shard_remove(l.shard, b, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(sl_connblock_total(), 0);
	sl_memo_put(memo);
	sl_memo_drop(&place);
	end(&l);
}

/* Who cannot be counted is over the limit, and that shows. */
static void
no_memory(void **state)
{
	uint64_t refused = sl_counter_sum(SL_COUNTER_LIMIT_REFUSED);
	struct sl_conn *c;
	struct limited l;

	(void)state;
	begin(&l, 100, 32, 100);
	c = conn_of(&l, 0x0a000001, 1);
	sl_store_relaxed(&sl_pages_refuse, true);
	assert_true(over(c));
	sl_store_relaxed(&sl_pages_refuse, false);
	assert_int_equal(sl_counter_sum(SL_COUNTER_LIMIT_REFUSED), refused + 1);
	assert_int_equal(sl_connblock_total(), 0);
	assert_false(over(c));
	assert_int_equal(sl_connblock_total(), 1);
	sl_shard_remove(l.shard, c, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(sl_connblock_total(), 0);
	end(&l);
}

/* Many sources, more than one chunk of everything. */
static void
many(void **state)
{
	struct limited l;

	(void)state;
	begin(&l, 0, 32, 40000);
	for (uint32_t i = 0; i < 20000; i++)
		assert_true(over(conn_of(&l, 0x0a000000 + i, 1)));
	assert_int_equal(sl_connblock_total(), 20000);
	pass_time(l.shard);
	assert_int_equal(sl_connblock_total(), 0);
	end(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(boundary),
	    cmocka_unit_test(blocks),
	    cmocka_unit_test(blocks_of_ipv6),
	    cmocka_unit_test(every_end_gives_back),
	    cmocka_unit_test(slots_come_back_clean),
	    cmocka_unit_test(changed_rules_count_anew),
	    cmocka_unit_test(two_rules),
	    cmocka_unit_test(no_memory),
	    cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
