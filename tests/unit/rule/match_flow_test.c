/* SPDX-License-Identifier: Apache-2.0 */
/* Matchers that follow a connection or the clock, at their boundaries. */
#include "build.h"

#include <conn/conn.h>

/* One rule with one matcher; the verdict of a packet. */
struct ruled {
	struct sl_specs specs;
	struct sl_match *m;
	struct sl_live *live; /* a reference of the test's own */
};

static struct sl_match *
begin(struct ruled *r, enum sl_match_kind kind)
{
	struct sl_rule_spec *s;

	sl_specs_init(&r->specs);
	s = add_rule(
	    &r->specs, SL_TABLE_FILTER, SL_IPV4, "forward", SL_ACTION_DROP);
	r->live = sl_live_get(s->live);
	r->m = sl_spec_match(s, kind);
	return r->m;
}

static void
ready(struct ruled *r)
{
	publish(&r->specs);
	sl_specs_fini(&r->specs);
}

static void
end(struct ruled *r)
{
	sl_ruleset_clear();
	sl_live_put(r->live);
}

static bool
hits(struct sl_pkt *pkt)
{
	return verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, pkt) ==
	       SL_RULE_DROP;
}

/* What a connection has carried, and how fast, both ways at once. */
static void
bytes_and_rate(void **state)
{
	static const struct {
		enum sl_match_kind kind;
		uint64_t lo, hi;
		uint8_t l4proto;
		bool hit, negated_hit;
	} rows[] = {
	    /* 700 there and 300 back; 2400 + 800 bit/s */
	    {SL_MATCH_CONN_BYTES, 1000, 1000, IPPROTO_TCP, true, false},
	    {SL_MATCH_CONN_BYTES, 1001, UINT64_MAX, IPPROTO_TCP, false, true},
	    {SL_MATCH_CONN_BYTES, 0, 999, IPPROTO_UDP, false, true},
	    {SL_MATCH_CONN_BYTES, 0, 1000, IPPROTO_UDP, true, false},
	    {SL_MATCH_CONN_BYTES, 0, UINT64_MAX, IPPROTO_GRE, false, false},
	    {SL_MATCH_CONN_RATE, 3200, 3200, IPPROTO_TCP, true, false},
	    {SL_MATCH_CONN_RATE, 3201, UINT64_MAX, IPPROTO_TCP, false, true},
	    {SL_MATCH_CONN_RATE, 0, 3199, IPPROTO_UDP, false, true},
	    {SL_MATCH_CONN_RATE, 0, UINT64_MAX, IPPROTO_GRE, false, false},
	};
	static const struct recipe recipe = {.six = false};

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		unsigned row = i / 2;
		struct sl_conn conn = {
		    .family = SL_IPV4, .l4proto = rows[row].l4proto};
		struct test_pkt t;
		struct sl_pkt *pkt = build(&t, &recipe);
		struct ruled r;

		sl_store_relaxed(&conn.dirs[SL_ORIG].bytes, 700);
		sl_store_relaxed(&conn.dirs[SL_REPLY].bytes, 300);
		sl_store_relaxed(&conn.rate_bytes_s[SL_ORIG], 300);
		sl_store_relaxed(&conn.rate_bytes_s[SL_REPLY], 100);
		sl_store_relaxed(&conn.rate_start_ds,
		    (uint32_t)(pkt->now_ns / (100 * SL_NS_PER_MS)));
		begin(&r, rows[row].kind);
		r.m->wide.lo = rows[row].lo;
		r.m->wide.hi = rows[row].hi;
		r.m->negate = i % 2;
		ready(&r);
		assert_false(hits(pkt)); /* no connection, either way */
		pkt->conn = &conn;
		if (hits(pkt) !=
		    (i % 2 ? rows[row].negated_hit : rows[row].hit))
			fail_msg("row %u %s", row, i % 2 ? "negated" : "");
		end(&r);
	}
}

static void
type_of_helper(void **state)
{
	static const struct {
		uint32_t helper, set; /* 1 + number; bits */
		bool hit;
	} rows[] = {
	    {0, 0x7f, false}, /* nobody expected it */
	    {1, 0x01, true},
	    {1, 0x7e, false},
	    {7, 0x40, true},
	    {7, 0x3f, false},
	};
	static const struct recipe recipe = {.six = false};

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		struct sl_conn conn = {.family = SL_IPV4};
		struct test_pkt t;
		struct sl_pkt *pkt = build(&t, &recipe);
		struct ruled r;

		sl_store_relaxed(&conn.bits,
		    0xffu | rows[i / 2].helper << SL_CONN_HELPER_SHIFT);
		begin(&r, SL_MATCH_CONN_TYPE)->set = rows[i / 2].set;
		r.m->negate = i % 2;
		ready(&r);
		assert_false(hits(pkt));
		pkt->conn = &conn;
		assert_int_equal(hits(pkt), rows[i / 2].hit != (i % 2));
		end(&r);
	}
}

/* Virtual time begins on Monday, 2024-01-01 at midnight, one second in. */
#define AT(day, h, m, s) ((((day)*24 + (h)) * 60 + (m)) * 60ull + (s) + 1)
#define SUN		 0x01
#define MON		 0x02
#define TUE		 0x04

static void
time_of_day(void **state)
{
	static const struct {
		uint32_t from_h, to_h;
		uint8_t days;
		uint64_t at_s;
		bool hit;
	} rows[] = {
	    {9, 18, MON, AT(0, 8, 59, 59), false},
	    {9, 18, MON, AT(0, 9, 0, 0), true},
	    {9, 18, MON, AT(0, 18, 0, 0), true},
	    {9, 18, MON, AT(0, 18, 0, 1), false},
	    {9, 18, MON, AT(1, 12, 0, 0), false},
	    {9, 18, TUE | MON, AT(1, 12, 0, 0), true},
	    {9, 18, MON, AT(7, 12, 0, 0), true}, /* a week later */
	    /* over midnight: the day on which it begins counts */
	    {22, 6, MON, AT(0, 5, 0, 0), false},
	    {22, 6, MON, AT(0, 21, 59, 59), false},
	    {22, 6, MON, AT(0, 22, 0, 0), true},
	    {22, 6, MON, AT(0, 23, 59, 59), true},
	    {22, 6, MON, AT(1, 0, 0, 0), true},
	    {22, 6, MON, AT(1, 6, 0, 0), true},
	    {22, 6, MON, AT(1, 6, 0, 1), false},
	    {22, 6, MON, AT(1, 22, 0, 0), false},
	    {22, 6, SUN, AT(0, 5, 0, 0), true},
	    {22, 6, SUN, AT(6, 23, 0, 0), true},
	    {0, 24, MON, AT(0, 0, 0, 0), true},
	    {0, 24, MON, AT(0, 23, 59, 59), true},
	    {0, 24, MON, AT(1, 0, 0, 0), false},
	};
	static const struct recipe recipe = {.six = false};

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		struct test_pkt t;
		struct sl_pkt *pkt = build(&t, &recipe);
		struct ruled r;

		begin(&r, SL_MATCH_TIME);
		r.m->time.from_s = rows[i / 2].from_h * 3600;
		r.m->time.to_s = rows[i / 2].to_h * 3600;
		r.m->time.days = rows[i / 2].days;
		r.m->negate = i % 2;
		ready(&r);
		pkt->now_ns = rows[i / 2].at_s * SL_NS_PER_SEC;
		if (hits(pkt) != (rows[i / 2].hit != (i % 2)))
			fail_msg("row %u %s", i / 2, i % 2 ? "negated" : "");
		end(&r);
	}
}

/* The pattern of sixteen packets; a recompile goes on counting. */
static void
every_nth(void **state)
{
	static const struct {
		uint32_t every, packet;
		bool negate;
		const char *pattern;
	} rows[] = {
	    {2, 1, false, "x.x.x.x.x.x.x.x."},
	    {2, 2, false, ".x.x.x.x.x.x.x.x"},
	    {3, 1, false, "x..x..x..x..x..x"},
	    {3, 3, true, "xx.xx.xx.xx.xx.x"},
	    {1, 1, false, "xxxxxxxxxxxxxxxx"},
	};
	static const struct recipe recipe = {.six = false};
	struct sl_err err = {0};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct test_pkt t;
		struct sl_pkt *pkt = build(&t, &recipe);
		char pattern[17] = "";
		struct ruled r;

		begin(&r, SL_MATCH_NTH);
		r.m->nth.every = rows[i].every;
		r.m->nth.packet = rows[i].packet;
		r.m->negate = rows[i].negate;
		publish(&r.specs);
		for (unsigned j = 0; j < 16; j++) {
			if (j == 7)
				assert_int_equal(
				    sl_ruleset_publish(&r.specs, &err), 0);
			pattern[j] = hits(pkt) ? 'x' : '.';
		}
		assert_string_equal(pattern, rows[i].pattern);
		/* another parameter starts anew */
		r.m->nth.every = 5;
		r.m->nth.packet = 1;
		r.m->negate = false;
		assert_int_equal(sl_ruleset_publish(&r.specs, &err), 0);
		assert_true(hits(pkt));
		assert_false(hits(pkt));
		sl_specs_fini(&r.specs);
		end(&r);
	}
}

/* An earlier matcher that fails leaves the count alone. */
static void
nth_comes_last(void **state)
{
	static const struct recipe tcp = {.six = false},
				   udp = {.proto = IPPROTO_UDP};
	struct test_pkt a, b;
	struct ruled r;

	(void)state;
	begin(&r, SL_MATCH_NTH);
	r.m->nth.every = 2;
	r.m->nth.packet = 1;
	r.m = sl_spec_match(r.specs.first, SL_MATCH_PROTOCOL);
	r.m->span.lo = r.m->span.hi = IPPROTO_TCP;
	ready(&r);
	assert_true(hits(build(&a, &tcp)));
	for (unsigned i = 0; i < 5; i++)
		assert_false(hits(build(&b, &udp)));
	assert_false(hits(&a.pkt));
	assert_true(hits(&a.pkt));
	end(&r);
}

/* So many of 20,000, within six standard deviations. */
static void
random_share(void **state)
{
	static const uint32_t percents[] = {1, 30, 99};
	static const struct recipe recipe = {.six = false};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(percents); i++) {
		struct test_pkt t;
		struct sl_pkt *pkt = build(&t, &recipe);
		unsigned n = 0, want = percents[i] * 200;
		struct ruled r;

		begin(&r, SL_MATCH_RANDOM)->percent = percents[i];
		ready(&r);
		for (unsigned j = 0; j < 20000; j++)
			n += hits(pkt);
		assert_in_range(
		    n, want - want / 20 - 75, want + want / 20 + 75);
		end(&r);
	}
}

static const struct {
	uint8_t fields;
	bool six;
	const char *what; /* what must change the share */
} pcc_rows[] = {
    {SL_PCC_SRC, false, "s"},
    {SL_PCC_SRC, true, "s"},
    {SL_PCC_DST, false, "d"},
    {SL_PCC_SRC | SL_PCC_DST, false, "sd"},
    {SL_PCC_SRC | SL_PCC_DST, true, "sd"},
    {SL_PCC_SRC_PORT, false, "p"},
    {SL_PCC_SRC | SL_PCC_SRC_PORT, false, "sp"},
    {SL_PCC_DST | SL_PCC_DST_PORT, false, "dq"},
    {SL_PCC_SRC_PORT | SL_PCC_DST_PORT, false, "pq"},
    {0xf, false, "sdpq"},
    {0xf, true, "sdpq"},
};

/* A packet whose source, destination or ports are number 'n' of many. */
static struct sl_pkt *
vary(struct test_pkt *t, bool six, char what, uint32_t n)
{
	struct recipe recipe = {.six = six};
	char addr[64];

	snprintf(addr, sizeof(addr), six ? "2001:db8::%x:%x" : "10.1.%u.%u",
	    n >> 8 & 0xff, n & 0xff);
	if (what == 's')
		recipe.src = addr;
	if (what == 'd')
		recipe.dst = addr;
	if (what == 'd' && six)
		recipe.src = "2001:db8:1::7";
	if (what == 'p')
		recipe.sport = (uint16_t)(5000 + n);
	if (what == 'q')
		recipe.dport = (uint16_t)(5000 + n);
	return build(t, &recipe);
}

/* Of 3 shares of 3,000 each gets its third, by what is asked for alone. */
static void
shares(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(pcc_rows); i++) {
		struct ruled r;

		for (const char *c = "sdpq"; *c; c++) {
			bool counts = strchr(pcc_rows[i].what, *c) != NULL;
			unsigned n = 0;

			begin(&r, SL_MATCH_PCC);
			r.specs.first->family =
			    pcc_rows[i].six ? SL_IPV6 : SL_IPV4;
			r.m->pcc.fields = pcc_rows[i].fields;
			r.m->pcc.of = 3;
			r.m->pcc.share = 1;
			ready(&r);
			for (uint32_t j = 0; j < 3000; j++) {
				struct test_pkt t;

				n += hits(vary(&t, pcc_rows[i].six, *c, j));
			}
			if (counts)
				assert_in_range(n, 850, 1150);
			else
				assert_true(n == 0 || n == 3000);
			end(&r);
		}
	}
}

/* Each packet has one share; with both ends' fields the answer has the same; a
 * share that is not there has nobody.  The values are fixed for ever. */
static void
shares_are_stable(void **state)
{
	static const struct recipe to = {.src = "10.0.0.7",
				       .dst = "203.0.113.9",
				       .sport = 4000,
				       .dport = 443},
				   from = {.src = "203.0.113.9",
				       .dst = "10.0.0.7",
				       .sport = 443,
				       .dport = 4000};
	unsigned bits = 0, answer = 0;
	struct test_pkt a, b;
	struct ruled r;

	(void)state;
	for (uint32_t share = 0; share < 9; share++) {
		begin(&r, SL_MATCH_PCC);
		r.m->pcc.fields = 0xf;
		r.m->pcc.of = 8;
		r.m->pcc.share = share;
		ready(&r);
		bits |= (unsigned)hits(build(&a, &to)) << share;
		answer |= (unsigned)hits(build(&b, &from)) << share;
		end(&r);
	}
	assert_int_equal(bits, answer);
	assert_int_equal(bits, 1 << 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_and_rate),
	    cmocka_unit_test(type_of_helper),
	    cmocka_unit_test(time_of_day),
	    cmocka_unit_test(every_nth),
	    cmocka_unit_test(nth_comes_last),
	    cmocka_unit_test(random_share),
	    cmocka_unit_test(shares),
	    cmocka_unit_test(shares_are_stable),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
