/* SPDX-License-Identifier: Apache-2.0 */
/* A classified chain does what the same chain does rule by rule: random rules
 * against random packets; and lists that nobody should write stay bounded. */
#include "build.h"

#include <rule/classify.h>

#define RULES_MAX   300u
#define PACKETS_MAX 32u
#define ROUNDS	    1500u

static uint64_t seed;

static uint32_t
below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % n;
}

static bool
one_in(uint32_t n)
{
	return below(n) == 0;
}

/* Addresses of few networks, so that rules overlap and packets hit. */
static void
random_addr(uint8_t family, unsigned nets, struct sl_addr *a)
{
	uint32_t low = one_in(3) ? below(65536) : below(64);

	memset(a, 0, sizeof(*a));
	if (family == SL_IPV4) {
		a->u.w[0] =
		    htonl((10 + below(nets)) << 24 | below(4) << 16 | low);
		return;
	}
	a->u.w[0] = htonl(0x20010db8 + below(nets));
	a->u.w[one_in(4) ? 2 : 1] = htonl(below(4));
	a->u.w[3] = htonl(low);
}

static void
mask(uint8_t family, unsigned host_bits, struct sl_match *m)
{
	unsigned width = family == SL_IPV4 ? 32 : 128;

	for (unsigned bit = width - host_bits; bit < width; bit++) {
		uint8_t one = (uint8_t)(0x80 >> (bit % 8));

		m->addr.min.u.b[bit / 8] &= (uint8_t)~one;
		m->addr.max.u.b[bit / 8] |= one;
	}
}

/* An address, a prefix or a range. */
static void
add_addr(struct sl_rule_spec *s, enum sl_match_kind kind, unsigned nets)
{
	struct sl_match *m = sl_spec_match(s, kind);

	m->negate = one_in(8);
	random_addr(s->family, nets, &m->addr.min);
	m->addr.max = m->addr.min;
	switch (below(4)) {
	case 0:
		mask(s->family, below(s->family == SL_IPV4 ? 33 : 129), m);
		break;
	case 1:
		random_addr(s->family, nets, &m->addr.max);
		if (memcmp(&m->addr.min, &m->addr.max, 16) > 0) {
			struct sl_addr t = m->addr.min;

			m->addr.min = m->addr.max;
			m->addr.max = t;
		}
		break;
	default:
		break;
	}
}

static void
add_ids(struct sl_rule_spec *s, enum sl_match_kind kind)
{
	struct sl_match *m = sl_spec_match(s, kind);
	struct sl_id_span spans[24];
	unsigned n = one_in(4) ? 1 + below(24) : 1;

	m->negate = one_in(8);
	for (unsigned i = 0; i < n; i++) {
		spans[i].lo = (uint16_t)below(one_in(3) ? 65536 : 40);
		spans[i].hi = spans[i].lo;
		if (one_in(3))
			spans[i].hi |= (uint16_t)below(one_in(9) ? 65536 : 8);
	}
	sl_spec_set_spans(s, m, spans, n);
}

static void
add_protocol(struct sl_rule_spec *s)
{
	static const uint8_t some[] = {
	    IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6, 0, 255};
	struct sl_match *m = sl_spec_match(s, SL_MATCH_PROTOCOL);

	m->negate = one_in(6);
	m->span.lo = m->span.hi = some[below(SL_COUNT_OF(some))];
	if (one_in(20))
		m->span.lo = m->span.hi + 1; /* nothing */
}

static void
add_ports(struct sl_rule_spec *s, enum sl_match_kind kind)
{
	struct sl_match *m = sl_spec_match(s, kind);
	unsigned n = one_in(3) ? below(40) : 1;

	m->negate = one_in(5);
	for (unsigned i = 0; i < n; i++) {
		unsigned port = below(one_in(4) ? SL_PORTS_MAX : 6);

		m->ports[port / 64] |= 1ull << (port % 64);
	}
}

/* How often a rule of this set has a matcher: one in so many (0: never). */
struct taste {
	uint8_t family;
	unsigned nets, src, dst, protocol, src_id, dst_id, any_id, in, out;
	unsigned actions; /* 0: no rule ends a walk */
};

static unsigned
random_odds(void)
{
	static const unsigned odds[] = {0, 0, 1, 1, 2, 5, 40};

	return odds[below(SL_COUNT_OF(odds))];
}

static struct taste
random_taste(void)
{
	return (struct taste){
	    .family = one_in(2) ? SL_IPV4 : SL_IPV6,
	    .nets = 1 + below(8),
	    .src = random_odds(),
	    .dst = random_odds(),
	    .protocol = random_odds(),
	    .src_id = random_odds(),
	    .dst_id = random_odds(),
	    .any_id = random_odds(),
	    .in = random_odds(),
	    .out = random_odds(),
	    .actions = below(3),
	};
}

static bool
wants(unsigned odds)
{
	return odds && one_in(odds);
}

static void
add_matchers(struct sl_rule_spec *s, const struct taste *t)
{
	if (wants(t->src))
		add_addr(s, SL_MATCH_SRC_ADDR, t->nets);
	if (wants(t->dst))
		add_addr(s, SL_MATCH_DST_ADDR, t->nets);
	if (wants(t->protocol))
		add_protocol(s);
	if (wants(t->src_id))
		add_ids(s, SL_MATCH_SRC_ID);
	if (wants(t->dst_id))
		add_ids(s, SL_MATCH_DST_ID);
	if (wants(t->any_id))
		add_ids(s, SL_MATCH_ANY_ID);
	if (wants(t->in))
		add_ports(s, one_in(2) ? SL_MATCH_IN_PORT : SL_MATCH_IN_LIST);
	if (wants(t->in) && one_in(4))
		add_ports(s, SL_MATCH_IN_LIST);
	if (wants(t->out))
		add_ports(s, SL_MATCH_OUT_PORT);
	if (one_in(10)) /* takes a token, if it is reached */
		sl_match_set_limit(sl_spec_match(s, SL_MATCH_LIMIT), 1,
		    100 * SL_NS_PER_SEC, 1 + below(3), false);
}

static const char *const chains[] = {"forward", "a", "b", "c"};

static enum sl_action
random_action(const struct taste *t)
{
	static const enum sl_action ends[] = {
	    SL_ACTION_ACCEPT, SL_ACTION_DROP, SL_ACTION_RETURN};

	if (t->actions && one_in(t->actions * 5))
		return ends[below(SL_COUNT_OF(ends))];
	return one_in(6) ? SL_ACTION_JUMP : SL_ACTION_PASSTHROUGH;
}

/* One set of rules; its lives[] in list order. */
struct rules {
	unsigned n;
	struct sl_live *lives[RULES_MAX];
};

static void
load_random(struct rules *r, uint64_t from, struct taste *t)
{
	struct sl_err err = {0};
	struct sl_specs specs;
	unsigned spread;

	seed = from;
	*t = random_taste();
	r->n = 20 + below(RULES_MAX - 20);
	spread = 1 + below(SL_COUNT_OF(chains));
	sl_specs_init(&specs);
	for (unsigned i = 0; i < r->n; i++) {
		unsigned chain = one_in(2) ? 0 : below(spread);
		struct sl_rule_spec *s = add_rule(&specs, SL_TABLE_FILTER,
		    t->family, chains[chain], random_action(t));

		/* To one further down, so never in a circle. */
		if (s->action == SL_ACTION_JUMP)
			s->jump_target =
			    chains[chain + 1 < spread ? chain + 1 : chain];
		add_matchers(s, t);
		r->lives[i] = sl_live_get(s->live);
	}
	assert_int_equal(sl_ruleset_publish(&specs, &err), 0);
	for (struct sl_rule_spec *s = specs.first; s; s = s->next)
		sl_live_put(s->live);
	sl_specs_fini(&specs);
}

static void
drop_lives(struct rules *r)
{
	for (unsigned i = 0; i < r->n; i++)
		sl_live_put(r->lives[i]);
}

/* The set in force, without its classifiers; how many it had. */
static unsigned
make_linear(void)
{
	const struct sl_ruleset *set = sl_ruleset_rcu();
	unsigned n = 0;

	for (uint32_t i = 0; i < set->n_chains; i++) {
		struct sl_chain *c = (struct sl_chain *)&set->chains[i];

		n += c->rest != NULL;
		c->rest = NULL;
		c->n_linear = c->n_rules;
	}
	return n;
}

static void
random_packet(struct test_pkt *p, const struct taste *t)
{
	static const uint8_t protos[] = {IPPROTO_TCP, IPPROTO_UDP, 47};
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	bool six = t->family == SL_IPV6;
	struct recipe r = {.src = src, .dst = dst};
	struct sl_addr a;

	random_addr(t->family, t->nets, &a);
	inet_ntop(six ? AF_INET6 : AF_INET, &a, src, sizeof(src));
	random_addr(t->family, t->nets, &a);
	inet_ntop(six ? AF_INET6 : AF_INET, &a, dst, sizeof(dst));
	r.proto = protos[below(SL_COUNT_OF(protos))];
	if (one_in(5)) {
		r.proto = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		r.sport = six ? 128 : 8;
	} else {
		r.sport = (uint16_t)below(one_in(4) ? 65536 : 48);
		r.dport = (uint16_t)below(one_in(4) ? 65536 : 48);
	}
	if (!six && one_in(8))
		r.frag = 100; /* a later fragment: no ports */
	r.in = one_in(8) ? 0 : (uint16_t)(1 + below(one_in(4) ? 256 : 8));
	r.out = one_in(8) ? 0 : (uint16_t)(1 + below(one_in(4) ? 256 : 8));
	build(p, &r);
}

/* What the packets made of the rules: verdicts, and after each packet the
 * counter of each rule. */
struct record {
	uint8_t verdict[PACKETS_MAX];
	uint64_t packets[PACKETS_MAX][RULES_MAX];
};

static void
run(const struct rules *r, struct test_pkt *packets, struct record *out)
{
	uint64_t bytes;

	for (unsigned i = 0; i < PACKETS_MAX; i++) {
		out->verdict[i] = verdict_of(
		    SL_TABLE_FILTER, SL_HOOK_FORWARD, &packets[i].pkt);
		for (unsigned j = 0; j < r->n; j++)
			sl_live_read(r->lives[j], &out->packets[i][j], &bytes);
	}
}

static void
compare(
    const struct record *a, const struct record *b, unsigned n, unsigned round)
{
	for (unsigned i = 0; i < PACKETS_MAX; i++) {
		if (a->verdict[i] != b->verdict[i])
			fail_msg("round %u, packet %u: verdict", round, i);
		for (unsigned j = 0; j < n; j++)
			if (a->packets[i][j] != b->packets[i][j])
				fail_msg("round %u, packet %u, rule %u", round,
				    i, j);
	}
}

static void
same_as_rule_by_rule(void **state)
{
	static struct test_pkt packets[PACKETS_MAX];
	static struct record classified, linear;
	static struct rules rules;
	unsigned n = 0;

	(void)state;
	for (unsigned round = 1; round <= ROUNDS; round++) {
		uint64_t from = round * 0x9e3779b97f4a7c15ull;
		struct taste taste;

		load_random(&rules, from, &taste);
		for (unsigned i = 0; i < PACKETS_MAX; i++)
			random_packet(&packets[i], &taste);
		run(&rules, packets, &classified);
		drop_lives(&rules);
		load_random(&rules, from, &taste);
		n += make_linear();
		run(&rules, packets, &linear);
		drop_lives(&rules);
		compare(&classified, &linear, rules.n, round);
		sl_rcu_quiescent();
	}
	print_message("%u chains classified\n", n);
	assert_in_range(n, ROUNDS / 2, UINT32_MAX);
}

/* Lists as they come from the classifier: ascending, with every rule that
 * matches.  Returns how many rules are in them. */
static uint32_t
check_lists(const struct sl_chain *chain, struct sl_pkt *pkt)
{
	const uint32_t *lists[SL_CLASSIFY_LISTS];
	struct sl_match_ctx ctx;
	uint32_t n = 0, n_lists;
	uint8_t *seen = calloc(1, chain->n_rules);

	assert_non_null(seen);
	sl_match_init(&ctx, pkt);
	n_lists = sl_classify_find(chain->rest, &ctx, lists);
	assert_in_range(n_lists, 0, SL_CLASSIFY_LISTS);
	for (unsigned i = 0; i < n_lists; i++) {
		uint32_t next = chain->n_linear;

		for (const uint32_t *at = lists[i]; *at != SL_CLASSIFY_END;
		     at++, n++) {
			assert_in_range(*at, next, chain->n_rules - 1);
			seen[*at] = 1;
			next = *at + 1;
		}
	}
	for (uint32_t i = chain->n_linear; i < chain->n_rules; i++)
		if (!seen[i] && sl_match_rule(&ctx, &chain->rules[i]))
			fail_msg("rule %u is not listed", i);
	free(seen);
	return n;
}

/* Rules that are made by number, and what is expected of them: 'most' rules a
 * packet (0: as many as it takes). */
struct shape {
	const char *name;
	uint8_t family;
	void (*make)(struct sl_rule_spec *, uint32_t i);
	uint32_t n, most;
};

static struct sl_match *
addr_match(
    struct sl_rule_spec *s, enum sl_match_kind kind, uint32_t min, uint32_t max)
{
	struct sl_match *m = sl_spec_match(s, kind);
	unsigned w = s->family == SL_IPV4 ? 0 : 3;

	if (s->family == SL_IPV6)
		m->addr.min.u.w[0] = m->addr.max.u.w[0] = htonl(0x20010db8);
	m->addr.min.u.w[w] = htonl(min);
	m->addr.max.u.w[w] = htonl(max);
	return m;
}

static struct sl_match *
id_match(
    struct sl_rule_spec *s, enum sl_match_kind kind, uint16_t lo, uint16_t hi)
{
	struct sl_id_span span = {lo, hi};
	struct sl_match *m = sl_spec_match(s, kind);

	sl_spec_set_spans(s, m, &span, 1);
	return m;
}

static void
hosts(struct sl_rule_spec *s, uint32_t i)
{
	addr_match(s, SL_MATCH_SRC_ADDR, 0x0a000000 + i, 0x0a000000 + i);
}

static void
ranges(struct sl_rule_spec *s, uint32_t i)
{
	addr_match(
	    s, SL_MATCH_SRC_ADDR, 0x0a000000 + 10 * i, 0x0a000006 + 10 * i);
}

static void
pairs(struct sl_rule_spec *s, uint32_t i)
{
	uint32_t src = 0x0a000000 + i / 100 * 256, dst = 0x0b000000 + i % 100;

	addr_match(s, SL_MATCH_SRC_ADDR, src, src + 255);
	addr_match(s, SL_MATCH_DST_ADDR, dst, dst);
}

/* A /8, its /16s, their /24s and hosts; a packet is in up to 30 of them. */
static void
nested(struct sl_rule_spec *s, uint32_t i)
{
	unsigned level = i % 64 == 0 ? 16 : i % 8 == 0 ? 8 : 0;
	uint32_t at = 0x0a000000 + i * 37, low = (1u << level) - 1;

	addr_match(s, SL_MATCH_SRC_ADDR, i ? at & ~low : 0x0a000000,
	    i ? at | low : 0x0affffff);
}

/* Any of source or destination, port or protocol. */
static void
mixed(struct sl_rule_spec *s, uint32_t i)
{
	uint32_t at = 0x0a000000 + i;

	if (i % 4 == 0)
		addr_match(s, SL_MATCH_SRC_ADDR, at, at);
	else if (i % 4 == 1)
		addr_match(s, SL_MATCH_DST_ADDR, at, at + 8);
	else if (i % 4 == 2)
		id_match(
		    s, SL_MATCH_DST_ID, (uint16_t)(i * 5), (uint16_t)(i * 5));
	else
		id_match(
		    s, SL_MATCH_ANY_ID, (uint16_t)(i * 5), (uint16_t)(i * 5));
}

static void
interfaces(struct sl_rule_spec *s, uint32_t i)
{
	uint32_t in = i % 100, out = i / 100 % 100;

	sl_spec_match(s, SL_MATCH_IN_PORT)->ports[in / 64] |= 1ull << in % 64;
	sl_spec_match(s, SL_MATCH_OUT_PORT)->ports[out / 64] |= 1ull
								<< out % 64;
}

/* Each overlaps its 199 neighbours: a packet matches 100 or so. */
static void
stairs(struct sl_rule_spec *s, uint32_t i)
{
	addr_match(s, SL_MATCH_SRC_ADDR, 0x0a000000 + i, 0x0a000063 + i);
}

static void
wild(struct sl_rule_spec *s, uint32_t i)
{
	(void)s;
	(void)i;
}

static void
negated(struct sl_rule_spec *s, uint32_t i)
{
	struct sl_match *m =
	    addr_match(s, SL_MATCH_SRC_ADDR, 0x0a000000 + i, 0x0a000000 + i);

	m->negate = true;
	id_match(s, SL_MATCH_DST_ID, (uint16_t)i, (uint16_t)i)->negate = true;
}

/* All from one point: each end is a cut, each rule touches half of them. */
static void
onions(struct sl_rule_spec *s, uint32_t i)
{
	addr_match(s, SL_MATCH_SRC_ADDR, 0x0b000000 - i, 0x0b000000 + i);
	addr_match(s, SL_MATCH_DST_ADDR, 0x0b000000 - i, 0x0b000000 + i);
	id_match(s, SL_MATCH_DST_ID, 0, (uint16_t)i);
	id_match(s, SL_MATCH_SRC_ID, (uint16_t)i, 65535);
}

static void
odd_ports(struct sl_rule_spec *s, uint32_t i)
{
	static struct sl_id_span spans[32768];

	for (unsigned j = 0; j < SL_COUNT_OF(spans); j++)
		spans[j].lo = spans[j].hi = (uint16_t)(2 * j + i % 2);
	sl_spec_set_spans(
	    s, sl_spec_match(s, SL_MATCH_ANY_ID), spans, SL_COUNT_OF(spans));
	addr_match(s, SL_MATCH_SRC_ADDR, 0x0a000000 + i, 0x0a000000 + i);
}

static const struct shape shapes[] = {
    {"hosts", SL_IPV4, hosts, 10000, 4},
    {"hosts of IPv6", SL_IPV6, hosts, 10000, 4},
    {"ranges", SL_IPV4, ranges, 10000, 4},
    {"pairs", SL_IPV4, pairs, 10000, 4},
    {"pairs of IPv6", SL_IPV6, pairs, 10000, 4},
    {"nested", SL_IPV4, nested, 10000, 40},
    {"mixed", SL_IPV4, mixed, 10000, 20},
    {"interfaces", SL_IPV4, interfaces, 10000, 4},
    {"stairs", SL_IPV4, stairs, 10000, 250},
    {"wild", SL_IPV4, wild, 10000, 0},
    {"negated", SL_IPV4, negated, 3000, 0},
    {"onions", SL_IPV4, onions, 5000, 0},
    {"onions of IPv6", SL_IPV6, onions, 5000, 0},
    {"odd ports", SL_IPV4, odd_ports, 100, 8},
};

/* Bytes a rule, whatever the rules are. */
#define BYTES_MAX 512u

/* 10.x or 2001:db8::a00:x, as addr_match() has them. */
static const char *
text_of(uint8_t family, uint32_t low, char out[static INET6_ADDRSTRLEN])
{
	struct sl_addr a = {0};

	a.u.w[family == SL_IPV4 ? 0 : 3] = htonl(low);
	if (family == SL_IPV6)
		a.u.w[0] = htonl(0x20010db8);
	inet_ntop(
	    family == SL_IPV4 ? AF_INET : AF_INET6, &a, out, INET6_ADDRSTRLEN);
	return out;
}

/* The most rules that one of many packets meets. */
static uint32_t
most_met(const struct shape *shape, const struct sl_chain *chain)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	uint32_t most = 0;

	for (uint32_t i = 0; i < 200; i++) {
		struct recipe r = {.src = text_of(shape->family,
				       0x0a000000 + below(shape->n), src),
		    .dst = text_of(shape->family, 0x0b000000 + below(128), dst),
		    .sport = (uint16_t)(1 + below(65535)),
		    .dport = (uint16_t)(1 + below(65535)),
		    .in = (uint16_t)(1 + below(101)),
		    .out = (uint16_t)(1 + below(101))};
		struct test_pkt t;

		most = SL_MAX(most, check_lists(chain, build(&t, &r)));
	}
	return most;
}

static void
check_shape(const struct shape *shape)
{
	const struct sl_chain *chain;
	struct sl_specs specs;
	uint32_t most;

	sl_specs_init(&specs);
	for (uint32_t i = 0; i < shape->n; i++)
		shape->make(add_rule(&specs, SL_TABLE_FILTER, shape->family,
				"forward", SL_ACTION_PASSTHROUGH),
		    i);
	publish(&specs);
	sl_specs_fini(&specs);
	chain = &sl_ruleset_rcu()->chains[0];
	assert_in_range(
	    sl_classify_bytes(chain->rest), 0, BYTES_MAX * shape->n);
	most = chain->rest ? most_met(shape, chain) : shape->n;
	print_message("%s: %u rules, %zu bytes, at most %u met\n", shape->name,
	    shape->n, sl_classify_bytes(chain->rest), most);
	assert_in_range(most, 0, shape->most ? shape->most : shape->n);
}

static void
shapes_of_rules(void **state)
{
	(void)state;
	seed = 88172645463325252ull;
	for (unsigned i = 0; i < SL_COUNT_OF(shapes); i++) {
		check_shape(&shapes[i]);
		sl_rcu_quiescent();
	}
}

/* More nested long chains than a walk has room to classify: the deepest ones
 * are walked rule by rule, and every rule is met once. */
static void
deep_chains_find_no_room(void **state)
{
	static struct sl_live *lives[SL_CHAIN_DEPTH][40];
	static const struct recipe r = {
	    .src = "10.0.0.30", .dst = "10.0.0.30", .sport = 30, .dport = 30};
	struct sl_specs specs;
	struct test_pkt t;
	uint64_t packets, bytes, first[40];
	char names[SL_CHAIN_DEPTH + 1][8];

	(void)state;
	sl_specs_init(&specs);
	for (unsigned c = 0; c < SL_CHAIN_DEPTH; c++) {
		snprintf(names[c], sizeof(names[c]), "c%u", c);
		for (unsigned i = 0; i < 40; i++) {
			bool jumps = i == 30 && c + 1 < SL_CHAIN_DEPTH;
			struct sl_rule_spec *s = add_rule(&specs,
			    SL_TABLE_FILTER, SL_IPV4, c ? names[c] : "forward",
			    jumps ? SL_ACTION_JUMP : SL_ACTION_PASSTHROUGH);

			if (jumps)
				snprintf(names[c + 1], sizeof(names[c + 1]),
				    "c%u", c + 1);
			s->jump_target = jumps ? names[c + 1] : NULL;
			if (i % 10 && !jumps)
				mixed(s, i);
			lives[c][i] = sl_live_get(s->live);
		}
	}
	publish(&specs);
	sl_specs_fini(&specs);
	assert_non_null(sl_ruleset_rcu()->chains[0].rest);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&t, &r)),
	    SL_RULE_ACCEPT);
	for (unsigned i = 0; i < 40; i++) {
		sl_live_read(lives[0][i], &first[i], &bytes);
		if (i % 10 == 0)
			assert_int_equal(first[i], 1);
	}
	for (unsigned c = 0; c < SL_CHAIN_DEPTH; c++) {
		for (unsigned i = 0; i < 40; i++) {
			sl_live_read(lives[c][i], &packets, &bytes);
			/* As the same rule of the first chain did. */
			assert_int_equal(packets, first[i]);
			sl_live_put(lives[c][i]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_as_rule_by_rule),
	    cmocka_unit_test(shapes_of_rules),
	    cmocka_unit_test(deep_chains_find_no_room),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
