/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Never matches, because of an earlier rule": what is seen, and that no claim is
 * false: random rules of a small world, and every claim tried on random packets.
 */
#include "build.h"

#include <rule/cover.h>

static uint64_t seed = 0x9e3779b97f4a7c15ull;

static uint32_t
draw(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

/* A matcher in words: what a row of the table says of a rule. */
struct word {
	enum sl_match_kind kind;
	bool negate;
	uint32_t lo, hi; /* last byte of an address, port, set, value */
};

#define ANY                                                                    \
	{                                                                      \
		{                                                              \
			SL_MATCH_N                                             \
		}                                                              \
	}
#define WORDS 3

static void
describe(struct sl_rule_spec *s, const struct word *w)
{
	struct sl_match *m = sl_spec_match(s, w->kind);
	struct sl_id_span span = {(uint16_t)w->lo, (uint16_t)w->hi};

	m->negate = w->negate;
	switch (w->kind) {
	case SL_MATCH_SRC_ADDR:
	case SL_MATCH_DST_ADDR:
		m->addr.min.u.w[0] = htonl(0xc0000200u + w->lo);
		m->addr.max.u.w[0] = htonl(0xc0000200u + w->hi);
		break;
	case SL_MATCH_SRC_ID:
	case SL_MATCH_DST_ID:
	case SL_MATCH_ANY_ID:
		sl_spec_set_spans(s, m, &span, 1);
		break;
	case SL_MATCH_IN_PORT:
	case SL_MATCH_OUT_PORT:
	case SL_MATCH_IN_LIST:
	case SL_MATCH_OUT_LIST:
		m->ports[0] = w->lo;
		break;
	case SL_MATCH_CONN_STATE:
	case SL_MATCH_CONN_NAT_STATE:
		m->set = w->lo;
		break;
	case SL_MATCH_TCP_FLAGS:
		m->tcp_flags.set = (uint8_t)w->lo;
		m->tcp_flags.clear = (uint8_t)(w->hi & ~w->lo);
		break;
	case SL_MATCH_ICMP:
		m->icmp.type = (uint8_t)(w->lo & 8);
		m->icmp.code_lo = (uint8_t)(w->lo & 3);
		m->icmp.code_hi = (uint8_t)(m->icmp.code_lo + (w->hi & 3));
		break;
	case SL_MATCH_FRAGMENT:
		m->yes = w->lo & 1;
		break;
	case SL_MATCH_PACKET_MARK:
		m->mark = w->lo;
		break;
	case SL_MATCH_LIMIT:
		sl_match_set_limit(m, 1, SL_NS_PER_SEC, 5, false);
		break;
	default:
		m->span.lo = w->lo;
		m->span.hi = w->hi;
		break;
	}
}

static struct sl_rule_spec *
add_words(struct sl_specs *specs, enum sl_rule_table table,
    const struct word words[WORDS])
{
	struct sl_rule_spec *s = add_rule(specs, table, SL_IPV4,
	    table == SL_TABLE_MANGLE ? "prerouting" : "forward",
	    SL_ACTION_PASSTHROUGH);

	for (unsigned i = 0; i < WORDS && words[i].kind != SL_MATCH_N &&
			     (i == 0 || words[i].kind || words[i].hi);
	     i++)
		describe(s, &words[i]);
	return s;
}

/* What must be seen, and what only looks like it. */
static void
claims(void **state)
{
#define SRC(n, lo, hi)                                                         \
	{                                                                      \
		SL_MATCH_SRC_ADDR, n, lo, hi                                   \
	}
#define PORT(n, lo, hi)                                                        \
	{                                                                      \
		SL_MATCH_DST_ID, n, lo, hi                                     \
	}
#define PROTO(n, p)                                                            \
	{                                                                      \
		SL_MATCH_PROTOCOL, n, p, p                                     \
	}
#define STATE(n, set)                                                          \
	{                                                                      \
		SL_MATCH_CONN_STATE, n, set, 1                                 \
	}
#define IN(n, set)                                                             \
	{                                                                      \
		SL_MATCH_IN_PORT, n, set, 1                                    \
	}
	static const struct {
		struct word wide[WORDS], narrow[WORDS];
		bool covers;
	} rows[] = {
	    {ANY, ANY, true},
	    {ANY, {PROTO(0, 6)}, true},
	    {{PROTO(0, 6)}, ANY, false},
	    {{PROTO(0, 6)}, {PROTO(0, 6)}, true},
	    {{PROTO(0, 6)}, {PROTO(0, 17)}, false},
	    {{PROTO(1, 17)}, {PROTO(0, 6)}, true},
	    {{PROTO(1, 17)}, {PROTO(1, 17)}, true},
	    {{PROTO(1, 17)}, {PROTO(1, 6)}, false},
	    {{PROTO(0, 6)}, {PROTO(1, 17)}, false},
	    {{SRC(0, 0, 255)}, {SRC(0, 7, 7)}, true},
	    {{SRC(0, 8, 255)}, {SRC(0, 7, 8)}, false},
	    {{SRC(1, 8, 255)}, {SRC(0, 0, 7)}, true},
	    {{SRC(1, 8, 255)}, {SRC(0, 0, 8)}, false},
	    {{SRC(1, 8, 9)}, {SRC(1, 0, 9)}, true},
	    {{SRC(1, 0, 9)}, {SRC(1, 8, 9)}, false},
	    {{PROTO(0, 6), PORT(0, 80, 90)},
		{PROTO(0, 6), PORT(0, 81, 82), SRC(0, 1, 1)}, true},
	    {{PROTO(0, 6), PORT(0, 80, 90)}, {PROTO(0, 6), PORT(0, 80, 91)},
		false},
	    {{PROTO(0, 6), PORT(0, 80, 90)}, {PORT(0, 80, 80)}, false},
	    {{STATE(0, 6)}, {STATE(0, 2)}, true},
	    {{STATE(0, 6)}, {STATE(0, 7)}, false},
	    {{STATE(1, 1)}, {STATE(0, 6)}, true},
	    {{STATE(0, 6)}, ANY, false},
	    {{IN(0, 3)}, {{SL_MATCH_IN_LIST, 0, 1, 1}}, true},
	    {{IN(1, 2)}, {IN(0, 1)}, true},
	    {{IN(0, 1)}, {IN(1, 2)}, false},
	    {{IN(0, 1)}, {{SL_MATCH_OUT_PORT, 0, 1, 1}}, false},
	    {{{SL_MATCH_LIMIT}}, {{SL_MATCH_LIMIT}}, false},
	    {{PROTO(0, 6)}, {PROTO(0, 6), {SL_MATCH_LIMIT, 0, 0, 1}}, true},
	    {{{SL_MATCH_NEVER}}, ANY, false},
	    {{{SL_MATCH_NEVER}}, {{SL_MATCH_NEVER}}, false},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_rule_spec *wide, *narrow;
		struct sl_specs specs;

		sl_specs_init(&specs);
		wide = add_words(&specs, SL_TABLE_FILTER, rows[i].wide);
		narrow = add_words(&specs, SL_TABLE_FILTER, rows[i].narrow);
		if (sl_cover_rule(wide, narrow) != rows[i].covers)
			fail_msg("row %u", i);
		sl_live_put(wide->live);
		sl_live_put(narrow->live);
		sl_specs_fini(&specs);
	}
}

/* A mark may be set between the two rules of mangle, not between two of filter. */
static void
what_changes_proves_nothing(void **state)
{
	static const struct word mark[WORDS] = {
	    {SL_MATCH_PACKET_MARK, false, 1, 1}};

	(void)state;
	for (int mangle = 0; mangle < 2; mangle++) {
		enum sl_rule_table table =
		    mangle ? SL_TABLE_MANGLE : SL_TABLE_FILTER;
		struct sl_rule_spec *a, *b;
		struct sl_specs specs;

		sl_specs_init(&specs);
		a = add_words(&specs, table, mark);
		b = add_words(&specs, table, mark);
		assert_int_equal(sl_cover_rule(a, b), !mangle);
		sl_live_put(a->live);
		sl_live_put(b->live);
		sl_specs_fini(&specs);
	}
}

static void
final_actions(void **state)
{
	static const struct {
		enum sl_action action;
		bool final;
	} rows[] = {
	    {SL_ACTION_ACCEPT, true},
	    {SL_ACTION_DROP, true},
	    {SL_ACTION_REJECT, true},
	    {SL_ACTION_TARPIT, true},
	    {SL_ACTION_RETURN, true},
	    {SL_ACTION_JUMP, false},
	    {SL_ACTION_LOG, false},
	    {SL_ACTION_PASSTHROUGH, false},
	    {SL_ACTION_ADD_SRC, false},
	    {SL_ACTION_ADD_DST, false},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_rule_spec s = {.action = (uint8_t)rows[i].action};

		assert_int_equal(sl_cover_is_final(&s), rows[i].final);
	}
}

static struct word
random_word(void)
{
	static const struct {
		enum sl_match_kind kind;
		uint32_t lo, span; /* lo + [0, span) */
	} kinds[] = {
	    {SL_MATCH_SRC_ADDR, 0, 4},
	    {SL_MATCH_DST_ADDR, 0, 4},
	    {SL_MATCH_PROTOCOL, 6, 1},
	    {SL_MATCH_PROTOCOL, 17, 1},
	    {SL_MATCH_SRC_ID, 80, 4},
	    {SL_MATCH_DST_ID, 80, 4},
	    {SL_MATCH_ANY_ID, 80, 4},
	    {SL_MATCH_TTL, 62, 4},
	    {SL_MATCH_DSCP, 0, 4},
	    {SL_MATCH_PACKET_SIZE, 28, 16},
	    {SL_MATCH_IN_PORT, 0, 8},
	    {SL_MATCH_IN_LIST, 0, 8},
	    {SL_MATCH_OUT_PORT, 0, 8},
	    {SL_MATCH_OUT_LIST, 0, 8},
	    {SL_MATCH_CONN_STATE, 0, 32},
	    {SL_MATCH_CONN_NAT_STATE, 0, 4},
	    {SL_MATCH_TCP_FLAGS, 0, 4},
	    {SL_MATCH_ICMP, 0, 12},
	    {SL_MATCH_FRAGMENT, 0, 2},
	    {SL_MATCH_PACKET_MARK, 0, 3},
	};
	unsigned i = draw(SL_COUNT_OF(kinds));
	uint32_t a = kinds[i].lo + draw(kinds[i].span);
	uint32_t b = kinds[i].lo + draw(kinds[i].span);
	bool is_range = kinds[i].kind != SL_MATCH_TCP_FLAGS;

	return (struct word){
	    .kind = kinds[i].kind,
	    .negate = draw(3) == 0 && is_range,
	    .lo = is_range ? SL_MIN(a, b) : a,
	    .hi = is_range ? SL_MAX(a, b) : b,
	};
}

static struct sl_rule_spec *
random_rule(struct sl_specs *specs)
{
	struct sl_rule_spec *s = add_rule(
	    specs, SL_TABLE_FILTER, SL_IPV4, "forward", SL_ACTION_PASSTHROUGH);
	unsigned n = draw(WORDS);

	for (unsigned i = 0; i < n; i++) {
		struct word w = random_word();

		describe(s, &w);
	}
	return s;
}

static struct sl_pkt *
random_packet(struct test_pkt *t)
{
	static const char *const addrs[] = {
	    "192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3"};
	static const uint8_t protos[] = {
	    IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP};
	uint8_t proto = protos[draw(3)];
	struct recipe r = {
	    .src = addrs[draw(4)],
	    .dst = addrs[draw(4)],
	    .proto = proto,
	    .sport =
		(uint16_t)(proto == IPPROTO_ICMP ? draw(2) * 8 : 80 + draw(4)),
	    .dport = (uint16_t)(proto == IPPROTO_ICMP ? draw(6) : 80 + draw(4)),
	    .tcp_flags = (uint8_t)draw(4),
	    .ttl = (uint8_t)(62 + draw(4)),
	    .tos = (uint8_t)(draw(4) << 2),
	    .payload = (uint16_t)draw(4),
	    .frag = draw(8) ? 0 : 2,
	    .in = (uint16_t)draw(4),
	    .out = (uint16_t)draw(4),
	};
	struct sl_pkt *pkt = build(t, &r);

	pkt->state = (uint8_t)draw(5);
	pkt->packet_mark = draw(3);
	return pkt;
}

static uint64_t
count_of(const struct sl_rule_spec *s)
{
	uint64_t packets, bytes;

	sl_live_read(s->live, &packets, &bytes);
	return packets;
}

/* Whatever the narrower rule of a claim matches, the wider one matches. */
static void
no_claim_is_false(void **state)
{
	unsigned claimed = 0;
	uint64_t matched = 0;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		struct sl_rule_spec *wide, *narrow;
		struct sl_specs specs;

		sl_specs_init(&specs);
		wide = random_rule(&specs);
		narrow = random_rule(&specs);
		if (wide->n_matches && sl_cover_rule(wide, narrow)) {
			struct sl_live *w = sl_live_get(wide->live);
			struct sl_live *n = sl_live_get(narrow->live);

			claimed++;
			publish(&specs);
			for (int k = 0; k < 300; k++) {
				uint64_t w0 = count_of(wide),
					 n0 = count_of(narrow);
				struct test_pkt t;

				verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD,
				    random_packet(&t));
				if (count_of(narrow) == n0)
					continue;
				matched++;
				if (count_of(wide) == w0)
					fail_msg("pair %d: a false claim", i);
			}
			sl_live_put(w);
			sl_live_put(n);
		} else {
			sl_live_put(wide->live);
			sl_live_put(narrow->live);
		}
		sl_specs_fini(&specs);
	}
	/* The test is worth something only if there were claims to try. */
	assert_in_range(claimed, 20, 4000);
	assert_in_range(matched, 1000, UINT64_MAX);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(claims),
	    cmocka_unit_test(what_changes_proves_nothing),
	    cmocka_unit_test(final_actions),
	    cmocka_unit_test_setup_teardown(
		no_claim_is_false, test_setup, test_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
