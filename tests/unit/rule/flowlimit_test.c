/* SPDX-License-Identifier: Apache-2.0 */
/* dst-limit: what makes a flow, what a bucket gives and when, and a world with more
 * senders than there is room for. */
#include "build.h"

#include <base/counters.h>
#include <rule/flowlimit.h>

#define S SL_NS_PER_SEC

static struct sl_specs specs;

/* rate per 'time_ns', burst, of flows by 'fields'. */
static void
begin(uint64_t rate, uint64_t time_ns, uint64_t burst, uint8_t fields,
    uint64_t expire_ns)
{
	struct sl_rule_spec *s;
	struct sl_match *m, bucket;

	sl_specs_init(&specs);
	s = add_rule(
	    &specs, SL_TABLE_FILTER, SL_IPV4, "forward", SL_ACTION_DROP);
	m = sl_spec_match(s, SL_MATCH_DST_LIMIT);
	sl_match_set_limit(&bucket, rate, time_ns, burst, false);
	m->flow.cost = bucket.limit.cost;
	m->flow.depth = bucket.limit.depth;
	m->flow.fields = fields;
	m->flow.expire_ns = expire_ns;
	s = add_rule(
	    &specs, SL_TABLE_FILTER, SL_IPV6, "forward", SL_ACTION_DROP);
	*sl_spec_match(s, SL_MATCH_DST_LIMIT) = *m;
	publish(&specs);
}

static void
end(void)
{
	sl_specs_fini(&specs);
	sl_ruleset_clear();
}

static bool
hits(struct sl_pkt *pkt)
{
	return verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, pkt) ==
	       SL_RULE_DROP;
}

/* One token, and the next in a day: is another packet of the same flow? */
static void
what_makes_a_flow(void **state)
{
	static const struct {
		uint8_t fields;
		const char *of; /* s: source, d: destination, q: its port */
	} rows[] = {
	    {SL_FLOW_DST, "d"},
	    {SL_FLOW_DST | SL_FLOW_DST_PORT, "dq"},
	    {SL_FLOW_SRC, "s"},
	    {SL_FLOW_SRC | SL_FLOW_DST, "sd"},
	    {SL_FLOW_SRC | SL_FLOW_DST | SL_FLOW_DST_PORT, "sdq"},
	};

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		const struct recipe same = {.six = i % 2};
		const char *of = rows[i / 2].of;
		struct recipe other;
		struct test_pkt t;

		begin(1, 86400 * S, 1, rows[i / 2].fields, 86400 * S);
		assert_true(hits(build(&t, &same)));
		assert_false(hits(build(&t, &same)));
		other = same;
		other.src = i % 2 ? "2001:db8:1::8" : "192.0.2.8";
		assert_int_equal(
		    hits(build(&t, &other)), strchr(of, 's') != NULL);
		other = same;
		other.src = i % 2 ? "2001:db8:1::7" : "192.0.2.7";
		other.dst = i % 2 ? "2001:db8:2::2" : "198.51.100.2";
		assert_int_equal(
		    hits(build(&t, &other)), strchr(of, 'd') != NULL);
		other = same;
		other.dport = 81;
		assert_int_equal(
		    hits(build(&t, &other)), strchr(of, 'q') != NULL);
		other = same;
		other.sport = 1025;
		assert_false(hits(build(&t, &other)));
		end();
	}
}

/* So many packets at each time: how many have a token. */
static void
tokens(void **state)
{
	static const struct {
		uint64_t rate, time_s, burst, expire_s;
		struct {
			uint64_t at_ms;
			unsigned sent, hit;
		} steps[5];
	} rows[] = {
	    {5, 1, 10, 1000,
		{{0, 20, 10}, {199, 1, 0}, {200, 2, 1}, {1200, 9, 5},
		    {60000, 20, 10}}},
	    {1, 60, 9, 1000,
		{{0, 10, 9}, {59999, 1, 0}, {60000, 2, 1}, {120000, 2, 1},
		    {1000000, 20, 9}}},
	    /* forgotten after 10 s of silence, not of refusals */
	    {1, 60, 2, 10,
		{{0, 3, 2}, {9000, 1, 0}, {18000, 1, 0}, {27999, 1, 0},
		    {37999, 3, 2}}},
	    {1, 1, 0, 1000, {{0, 3, 1}, {1000, 3, 1}}},
	};
	static const struct recipe recipe = {.six = false};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		uint64_t start = sl_now_ns();

		begin(rows[i].rate, rows[i].time_s * S, rows[i].burst,
		    SL_FLOW_DST, rows[i].expire_s * S);
		for (unsigned j = 0; j < 5 && rows[i].steps[j].sent; j++) {
			struct test_pkt t;
			struct sl_pkt *pkt = build(&t, &recipe);
			unsigned n = 0;

			pkt->now_ns =
			    start + rows[i].steps[j].at_ms * SL_NS_PER_MS;
			for (unsigned k = 0; k < rows[i].steps[j].sent; k++)
				n += hits(pkt);
			if (n != rows[i].steps[j].hit)
				fail_msg("row %u step %u: %u", i, j, n);
		}
		end();
	}
}

/* Buckets outlive a recompile with the same parameters, and no other. */
static void
recompiled(void **state)
{
	static const struct recipe recipe = {.six = false};
	struct sl_err err = {0};
	struct test_pkt t;
	struct sl_pkt *pkt = build(&t, &recipe);
	struct sl_live *live;

	(void)state;
	begin(1, 60 * S, 1, SL_FLOW_DST, 60 * S);
	live = sl_live_get(specs.first->live);
	assert_true(hits(pkt));
	sl_ruleset_publish(&specs, &err);
	assert_false(hits(pkt));
	specs.first->matches->flow.expire_ns++;
	sl_ruleset_publish(&specs, &err);
	assert_true(hits(pkt));
	end();
	sl_live_put(live);
}

/* A million senders, one packet each, at one instant: memory is bounded, who had
 * used up its tokens gets none back, and a newcomer without room has none. */
static void
forged_senders(void **state)
{
	uint64_t refused = sl_counter_sum(SL_COUNTER_LIMIT_REFUSED), missed;
	static const struct recipe recipe = {.six = false};
	struct test_pkt t, real;
	struct sl_pkt *pkt = build(&t, &recipe),
		      *victim = build(&real, &recipe);
	unsigned n = 0;

	(void)state;
	begin(1, 60 * S, 1, SL_FLOW_SRC, 60 * S);
	assert_true(hits(victim));
	for (uint32_t i = 0; i < 1000000; i++) {
		sl_be32 src = htonl(0x0a000000 + i);

		memcpy(sl_pkt_l3(pkt) + 12, &src, sizeof(src));
		n += hits(pkt);
	}
	assert_false(hits(victim));
	missed = sl_counter_sum(SL_COUNTER_LIMIT_REFUSED) - refused;
	assert_int_equal(n + missed, 1000000);
	assert_in_range(n, SL_FLOWLIMIT_KEYS * 9 / 10, SL_FLOWLIMIT_KEYS);
	/* The buckets are full again: each of them makes room. */
	pkt->now_ns += 60 * S;
	for (uint32_t i = 0; i < 1000; i++) {
		sl_be32 src = htonl(0x0b000000 + i);

		memcpy(sl_pkt_l3(pkt) + 12, &src, sizeof(src));
		assert_true(hits(pkt));
	}
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_makes_a_flow),
	    cmocka_unit_test(tokens),
	    cmocka_unit_test(recompiled),
	    cmocka_unit_test(forged_senders),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
