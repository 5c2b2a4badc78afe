/* SPDX-License-Identifier: Apache-2.0 */
/* Every matcher both ways: a packet that matches and one that just misses, and
 * the same negated. */
#include "build.h"

#include <mirror/static.h>
#include <rule/addrlist.h>
#include <rule/mark.h>

/* Sets the operand of a matcher under test. */
typedef void (*operand_fn)(struct sl_rule_spec *, struct sl_match *);

static void
addr_host(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	set_range(m, "192.0.2.7", "192.0.2.7");
}

static void
addr_range(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	set_range(m, "192.0.2.10", "192.0.3.4");
}

static void
addr_all(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	set_range(m, "0.0.0.0", "255.255.255.255");
}

static void
addr_net6(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	set_range(m, "2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff");
}

static void
ports_few(struct sl_rule_spec *s, struct sl_match *m)
{
	static const struct sl_id_span spans[] = {
	    {8000, 8010}, {80, 80}, {443, 443}, {8005, 8020}};

	sl_spec_set_spans(s, m, spans, SL_COUNT_OF(spans));
}

static void
ports_many(struct sl_rule_spec *s, struct sl_match *m)
{
	struct sl_id_span spans[700];

	for (unsigned i = 0; i < 700; i++)
		spans[i].lo = spans[i].hi = (uint16_t)(1000 + 2 * i);
	sl_spec_set_spans(s, m, spans, 700);
}

static void
tcp_proto(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->span.lo = m->span.hi = IPPROTO_TCP;
}

static void
port_set(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->ports[0] = 1u << 3;
	m->ports[1] = 1u << 6; /* port 70 */
}

static void
icmp_echo(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->icmp.type = 8;
	m->icmp.code_hi = 0;
}

static void
icmp6_unreach(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->icmp.type = 1;
	m->icmp.code_lo = 2;
	m->icmp.code_hi = 4;
}

static void
flags_syn(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->tcp_flags.set = 0x02;
	m->tcp_flags.clear = 0x11;
}

static void
span_5_10(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->span.lo = 5;
	m->span.hi = 10;
}

static void
span_100_200(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->span.lo = 100;
	m->span.hi = 200;
}

static void
states_est_rel(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->set = 1u << SL_STATE_ESTABLISHED | 1u << SL_STATE_RELATED;
}

static void
state_new(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->set = 1u << SL_STATE_NEW;
}

static void
mac_of_sender(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	memcpy(m->mac, "\x02\0\0\0\0\x02", 6);
}

static void
mac_other(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	memcpy(m->mac, "\x02\0\0\0\0\x03", 6);
}

static void
fragment_yes(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	m->yes = true;
}

static void
nothing(struct sl_rule_spec *s, struct sl_match *m)
{
	(void)s;
	(void)m;
}

#define T4(...)                                                                \
	{                                                                      \
		.six = false, __VA_ARGS__                                      \
	}
#define T6(...)                                                                \
	{                                                                      \
		.six = true, __VA_ARGS__                                       \
	}

enum want {
	MISS,
	HIT,
	ABSENT /* what is asked for is not there: no match, negated or not */
};

static const struct row {
	const char *what;
	enum sl_match_kind kind;
	operand_fn operand;
	struct recipe packet;
	enum want want;
} rows[] = {
    {"host", SL_MATCH_SRC_ADDR, addr_host, T4(), HIT},
    {"other host", SL_MATCH_SRC_ADDR, addr_host, T4(.src = "192.0.2.8"), MISS},
    {"range first", SL_MATCH_DST_ADDR, addr_range, T4(.dst = "192.0.2.10"),
	HIT},
    {"range last", SL_MATCH_DST_ADDR, addr_range, T4(.dst = "192.0.3.4"), HIT},
    {"below range", SL_MATCH_DST_ADDR, addr_range, T4(.dst = "192.0.2.9"),
	MISS},
    {"above range", SL_MATCH_DST_ADDR, addr_range, T4(.dst = "192.0.3.5"),
	MISS},
    {"every address", SL_MATCH_SRC_ADDR, addr_all, T4(), HIT},
    {"v6 prefix", SL_MATCH_SRC_ADDR, addr_net6, T6(), HIT},
    {"v6 outside", SL_MATCH_SRC_ADDR, addr_net6, T6(.src = "2001:db8:2::"),
	MISS},

    {"protocol", SL_MATCH_PROTOCOL, tcp_proto, T4(), HIT},
    {"other protocol", SL_MATCH_PROTOCOL, tcp_proto, T4(.proto = IPPROTO_UDP),
	MISS},
    {"dst-port", SL_MATCH_DST_ID, ports_few, T4(), HIT},
    {"dst-port range", SL_MATCH_DST_ID, ports_few, T4(.dport = 8020), HIT},
    {"dst-port miss", SL_MATCH_DST_ID, ports_few, T4(.dport = 8021), MISS},
    {"dst-port is not src", SL_MATCH_DST_ID, ports_few,
	T4(.sport = 80, .dport = 81), MISS},
    {"dst-port udp", SL_MATCH_DST_ID, ports_few, T4(.proto = IPPROTO_UDP), HIT},
    {"dst-port of icmp", SL_MATCH_DST_ID, ports_few,
	T4(.proto = IPPROTO_ICMP, .sport = 8, .dport = 0), ABSENT},
    {"dst-port of a fragment", SL_MATCH_DST_ID, ports_few, T4(.frag = 100),
	ABSENT},
    {"src-port", SL_MATCH_SRC_ID, ports_few, T4(.sport = 443), HIT},
    {"src-port miss", SL_MATCH_SRC_ID, ports_few, T4(), MISS},
    {"port as src", SL_MATCH_ANY_ID, ports_few, T4(.sport = 443, .dport = 1),
	HIT},
    {"port as dst", SL_MATCH_ANY_ID, ports_few, T4(), HIT},
    {"port miss", SL_MATCH_ANY_ID, ports_few, T4(.dport = 1), MISS},
    {"700 ports first", SL_MATCH_DST_ID, ports_many, T4(.dport = 1000), HIT},
    {"700 ports last", SL_MATCH_DST_ID, ports_many, T4(.dport = 2398), HIT},
    {"700 ports gap", SL_MATCH_DST_ID, ports_many, T4(.dport = 1001), MISS},
    {"700 ports beyond", SL_MATCH_DST_ID, ports_many, T4(.dport = 2400), MISS},

    {"in-interface", SL_MATCH_IN_PORT, port_set, T4(.in = 4), HIT},
    {"in-interface 70", SL_MATCH_IN_LIST, port_set, T4(.in = 71), HIT},
    {"in-interface miss", SL_MATCH_IN_PORT, port_set, T4(.in = 5), MISS},
    {"no in-interface", SL_MATCH_IN_LIST, port_set, T4(), MISS},
    {"out-interface", SL_MATCH_OUT_PORT, port_set, T4(.out = 4), HIT},
    {"out-interface miss", SL_MATCH_OUT_LIST, port_set, T4(.in = 4), MISS},

    {"icmp echo", SL_MATCH_ICMP, icmp_echo,
	T4(.proto = IPPROTO_ICMP, .sport = 8, .dport = 0), HIT},
    {"icmp code", SL_MATCH_ICMP, icmp_echo,
	T4(.proto = IPPROTO_ICMP, .sport = 8, .dport = 1), MISS},
    {"icmp type", SL_MATCH_ICMP, icmp_echo,
	T4(.proto = IPPROTO_ICMP, .sport = 0, .dport = 0), MISS},
    {"icmp of tcp", SL_MATCH_ICMP, icmp_echo, T4(), ABSENT},
    {"icmpv6", SL_MATCH_ICMP, icmp6_unreach,
	T6(.proto = IPPROTO_ICMPV6, .sport = 1, .dport = 4), HIT},
    {"icmpv6 code", SL_MATCH_ICMP, icmp6_unreach,
	T6(.proto = IPPROTO_ICMPV6, .sport = 1, .dport = 1), MISS},

    {"syn", SL_MATCH_TCP_FLAGS, flags_syn, T4(.tcp_flags = 0x02), HIT},
    {"syn and psh", SL_MATCH_TCP_FLAGS, flags_syn, T4(.tcp_flags = 0x0a), HIT},
    {"syn,ack", SL_MATCH_TCP_FLAGS, flags_syn, T4(.tcp_flags = 0x12), MISS},
    {"no flag", SL_MATCH_TCP_FLAGS, flags_syn, T4(), MISS},
    {"flags of udp", SL_MATCH_TCP_FLAGS, flags_syn, T4(.proto = IPPROTO_UDP),
	ABSENT},

    {"packet-size", SL_MATCH_PACKET_SIZE, span_100_200, T4(.payload = 60), HIT},
    {"packet-size small", SL_MATCH_PACKET_SIZE, span_100_200, T4(.payload = 59),
	MISS},
    {"packet-size big", SL_MATCH_PACKET_SIZE, span_100_200, T4(.payload = 161),
	MISS},
    {"ttl", SL_MATCH_TTL, span_5_10, T4(.ttl = 10), HIT},
    {"ttl miss", SL_MATCH_TTL, span_5_10, T4(.ttl = 11), MISS},
    {"hop-limit", SL_MATCH_TTL, span_5_10, T6(.ttl = 5), HIT},
    {"hop-limit miss", SL_MATCH_TTL, span_5_10, T6(.ttl = 4), MISS},
    {"dscp", SL_MATCH_DSCP, span_5_10, T4(.tos = 10 << 2 | 3), HIT},
    {"dscp miss", SL_MATCH_DSCP, span_5_10, T4(.tos = 11 << 2), MISS},
    {"dscp v6", SL_MATCH_DSCP, span_5_10, T6(.tos = 5 << 2), HIT},
    {"dscp v6 miss", SL_MATCH_DSCP, span_5_10, T6(.tos = 4 << 2), MISS},

    {"state", SL_MATCH_CONN_STATE, state_new, T4(), HIT},
    {"state miss", SL_MATCH_CONN_STATE, states_est_rel, T4(), MISS},
    {"mac", SL_MATCH_SRC_MAC, mac_of_sender, T4(.in = 1), HIT},
    {"mac miss", SL_MATCH_SRC_MAC, mac_other, T4(.in = 1), MISS},
    {"mac of our own", SL_MATCH_SRC_MAC, mac_other, T4(), ABSENT},
    {"fragment", SL_MATCH_FRAGMENT, fragment_yes, T4(.frag = 100), HIT},
    {"first fragment", SL_MATCH_FRAGMENT, fragment_yes,
	T4(.frag = 0x2000, .payload = 4), MISS},
    {"ipsec", SL_MATCH_NEVER, nothing, T4(), MISS},
    {"no packet-mark", SL_MATCH_PACKET_MARK, nothing, T4(), HIT},
    {"no connection-mark", SL_MATCH_CONN_MARK, nothing, T4(), HIT},
};

static bool
matches(const struct row *row, bool negate)
{
	struct test_pkt t;
	struct sl_pkt *pkt = build(&t, &row->packet);
	struct sl_rule_spec *s;
	struct sl_specs specs;
	struct sl_match *m;
	uint8_t v;

	sl_specs_init(&specs);
	s = add_rule(
	    &specs, SL_TABLE_FILTER, pkt->family, "forward", SL_ACTION_DROP);
	m = sl_spec_match(s, row->kind);
	m->negate = negate;
	row->operand(s, m);
	publish(&specs);
	assert_string_equal(s->reason, "");
	v = verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, pkt);
	sl_specs_fini(&specs);
	return v == SL_RULE_DROP;
}

static void
each_matcher_both_ways(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];

		if (matches(row, false) != (row->want == HIT))
			fail_msg("%s", row->what);
		if (matches(row, true) != (row->want == MISS))
			fail_msg("%s, negated", row->what);
	}
}

/* What the connection has decides. */
static void
connection_matchers(void **state)
{
	static const struct {
		uint32_t bits, set;
		bool hit;
	} cases[] = {
	    {SL_CONN_SRCNAT, SL_NAT_STATE_SRCNAT, true},
	    {SL_CONN_DSTNAT, SL_NAT_STATE_SRCNAT, false},
	    {SL_CONN_DSTNAT, SL_NAT_STATE_SRCNAT | SL_NAT_STATE_DSTNAT, true},
	    {0, SL_NAT_STATE_SRCNAT | SL_NAT_STATE_DSTNAT, false},
	};
	static const struct recipe r = T4();
	int mark = sl_mark_number(SL_MARK_CONN, "voip");

	(void)state;
	assert_int_equal(sl_mark_number(SL_MARK_CONN, SL_NO_MARK), 0);
	assert_int_equal(sl_mark_number(SL_MARK_CONN, "voip"), mark);
	assert_string_equal(sl_mark_name(SL_MARK_CONN, (uint32_t)mark), "voip");
	for (unsigned i = 0; i < SL_COUNT_OF(cases); i++) {
		struct sl_conn conn = {.family = SL_IPV4};
		struct test_pkt t;
		struct sl_pkt *pkt = build(&t, &r);
		struct sl_rule_spec *s;
		struct sl_specs specs;

		pkt->conn = &conn;
		sl_store_relaxed(&conn.bits, cases[i].bits);
		sl_store_relaxed(&conn.mark, (uint32_t)mark);
		sl_specs_init(&specs);
		s = add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "forward",
		    SL_ACTION_DROP);
		sl_spec_match(s, SL_MATCH_CONN_NAT_STATE)->set = cases[i].set;
		sl_spec_match(s, SL_MATCH_CONN_MARK)->mark = (uint32_t)mark;
		publish(&specs);
		assert_int_equal(verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD,
				     pkt) == SL_RULE_DROP,
		    cases[i].hit);
		sl_store_relaxed(&conn.mark, 0);
		assert_int_equal(
		    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, pkt),
		    SL_RULE_ACCEPT);
		sl_specs_fini(&specs);
	}
}

static void
address_lists(void **state)
{
	static const struct recipe in = T4(.src = "10.1.2.3"), out = T4();
	struct sl_addrlist *list = sl_addrlist_get(SL_IPV4, "lan");
	struct sl_addrlist_entry *e;
	struct test_pkt a, b;
	struct sl_specs specs;
	struct sl_addr min, max;
	uint8_t family;

	(void)state;
	sl_addr_parse("10.0.0.0", &family, &min);
	sl_addr_parse("10.255.255.255", &family, &max);
	e = sl_addrlist_add(list, &min, &max, SL_ADDRLIST_FOREVER, NULL);
	assert_non_null(e);
	sl_specs_init(&specs);
	sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "forward",
			  SL_ACTION_DROP),
	    SL_MATCH_SRC_LIST)
	    ->list.name = sl_specs_text(&specs, "lan");
	publish(&specs);
	sl_specs_fini(&specs);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&a, &in)),
	    SL_RULE_DROP);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&b, &out)),
	    SL_RULE_ACCEPT);
	/* The rule's own reference keeps the list. */
	sl_addrlist_put(list);
	sl_addrlist_remove(e);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&a, &in)),
	    SL_RULE_ACCEPT);
}

/* The kind of route to an address, of a router that is 192.0.2.1/24. */
static void
address_types(void **state)
{
	static const struct {
		const char *dst;
		uint32_t type;
	} cases[] = {
	    {"192.0.2.1", SL_ROUTE_LOCAL},
	    {"192.0.2.9", SL_ROUTE_UNICAST},
	    {"192.0.2.255", SL_ROUTE_BROADCAST},
	    {"255.255.255.255", SL_ROUTE_BROADCAST},
	    {"224.0.0.1", SL_ROUTE_MULTICAST},
	    {"203.0.113.9", SL_ROUTE_UNICAST}, /* no route at all */
	    {"2001:db8::1", SL_ROUTE_LOCAL},
	    {"2001:db8::2", SL_ROUTE_UNICAST},
	    {"ff02::1", SL_ROUTE_MULTICAST},
	};
	struct sl_ifaddr addr = {.prefix_len = 24};
	struct sl_err err = {0};
	struct sl_port *port;

	(void)state;
	assert_int_equal(sl_mirror_init(&err), 0);
	port = sl_port_add("ether1", "eth1", &err);
	assert_non_null(port);
	assert_int_equal(sl_static_add_port(port, 1500), 0);
	addr.ifindex = 1;
	sl_addr_parse("192.0.2.1", &addr.family, &addr.addr);
	assert_int_equal(sl_static_backend.addr(true, &addr, &err), 0);
	sl_addr_parse("2001:db8::1", &addr.family, &addr.addr);
	addr.prefix_len = 64;
	assert_int_equal(sl_static_backend.addr(true, &addr, &err), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(cases); i++) {
		struct recipe r = {.dst = cases[i].dst};
		struct sl_rule_spec *s;
		struct sl_specs specs;
		struct test_pkt t;

		r.six = strchr(r.dst, ':') != NULL;
		build(&t, &r);
		sl_specs_init(&specs);
		s = add_rule(&specs, SL_TABLE_FILTER, t.pkt.family, "forward",
		    SL_ACTION_DROP);
		sl_spec_match(s, SL_MATCH_DST_TYPE)->set = 1u << cases[i].type;
		s = add_rule(&specs, SL_TABLE_FILTER, t.pkt.family, "input",
		    SL_ACTION_DROP);
		sl_spec_match(s, SL_MATCH_DST_TYPE)->set = 1u << cases[i].type;
		s->matches[0].negate = true;
		publish(&specs);
		sl_specs_fini(&specs);
		if (verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, &t.pkt) !=
			SL_RULE_DROP ||
		    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, &t.pkt) !=
			SL_RULE_ACCEPT)
			fail_msg("%s", r.dst);
	}
	sl_mirror_fini();
	sl_ports_clear();
}

/* 5 per second, burst 3: three at once, then one every 200 ms; and nothing is
 * consumed when another matcher fails. */
static void
limit_is_a_token_bucket(void **state)
{
	static const struct recipe yes = T4(), no = T4(.dport = 81);
	struct test_pkt t;
	struct sl_rule_spec *s;
	struct sl_specs specs;
	struct sl_match *m;
	uint64_t start = sl_now_ns() + 10 * SL_NS_PER_SEC;
	unsigned passed = 0;

	(void)state;
	sl_clock_set(start);
	sl_specs_init(&specs);
	s = add_rule(
	    &specs, SL_TABLE_FILTER, SL_IPV4, "forward", SL_ACTION_DROP);
	sl_match_set_limit(
	    sl_spec_match(s, SL_MATCH_LIMIT), 5, SL_NS_PER_SEC, 3, false);
	m = sl_spec_match(s, SL_MATCH_DST_ID);
	ports_few(s, m);
	publish(&specs);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD,
				     build(&t, &no)),
		    SL_RULE_ACCEPT);
	for (unsigned i = 0; i < 10; i++)
		passed += verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD,
			      build(&t, &yes)) == SL_RULE_DROP;
	assert_int_equal(passed, 3);
	for (unsigned ms = 100; ms <= 1000; ms += 100) {
		sl_clock_set(start + ms * SL_NS_PER_MS);
		passed += verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD,
			      build(&t, &yes)) == SL_RULE_DROP;
	}
	assert_int_equal(passed, 3 + 5);
	sl_specs_fini(&specs);
}

/* 8 kbit/s, burst 2000 bits: two 100-byte packets, then one every 100 ms. */
static void
limit_in_bits(void **state)
{
	static const struct recipe r = T4(.payload = 60),
				   big = T4(.payload = 500);
	struct test_pkt t;
	struct sl_specs specs;
	uint64_t start = sl_now_ns() + 10 * SL_NS_PER_SEC;
	unsigned passed = 0;

	(void)state;
	sl_clock_set(start);
	sl_specs_init(&specs);
	sl_match_set_limit(
	    sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "forward",
			      SL_ACTION_DROP),
		SL_MATCH_LIMIT),
	    8000, SL_NS_PER_SEC, 2000, true);
	publish(&specs);
	for (unsigned i = 0; i < 10; i++)
		passed += verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD,
			      build(&t, &r)) == SL_RULE_DROP;
	assert_int_equal(passed, 2);
	sl_clock_set(start + 60 * SL_NS_PER_MS); /* 400 left over, 480 more */
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&t, &r)),
	    SL_RULE_DROP);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&t, &r)),
	    SL_RULE_ACCEPT);
	sl_clock_set(start + 1000 * SL_NS_PER_SEC);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&t, &big)),
	    SL_RULE_ACCEPT);
	sl_specs_fini(&specs);
}

/* A rule with this limit, alone in "forward". */
static void
publish_limit(uint64_t rate, uint64_t burst, bool bits)
{
	struct sl_specs specs;

	sl_specs_init(&specs);
	sl_match_set_limit(
	    sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "forward",
			      SL_ACTION_DROP),
		SL_MATCH_LIMIT),
	    rate, SL_NS_PER_SEC, burst, bits);
	publish(&specs);
	sl_specs_fini(&specs);
}

static bool
is_within_limit(struct sl_pkt *pkt)
{
	pkt->now_ns = sl_now_ns();
	return verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, pkt) ==
	       SL_RULE_DROP;
}

/* The bucket is refilled every 10 ms and holds no more than the burst: a rate
 * above 100 bursts a second cannot be reached, as the manual warns. */
static void
limit_is_refilled_in_steps(void **state)
{
	static const struct {
		uint64_t rate, burst;
		unsigned passed; /* of one packet a ms for a second */
	} cases[] = {
	    {1000, 5, 500}, {1000, 10, 1000},
	    {100, 5, 104}, /* the burst, then one a step */
	};
	static const struct recipe r = T4();
	uint64_t start = sl_now_ns() + 10 * SL_NS_PER_SEC;
	struct test_pkt t;

	(void)state;
	build(&t, &r);
	for (unsigned i = 0; i < SL_COUNT_OF(cases); i++) {
		unsigned passed = 0;

		publish_limit(cases[i].rate, cases[i].burst, false);
		for (unsigned ms = 0; ms < 1000; ms++) {
			sl_clock_set(start + ms * SL_NS_PER_MS);
			passed += is_within_limit(&t.pkt);
		}
		assert_int_equal(passed, cases[i].passed);
		start += 10 * SL_NS_PER_SEC;
	}
}

/* A bucket survives a recompile, and starts anew when its limit is changed. */
static void
limit_survives_what_it_should(void **state)
{
	static const struct recipe r = T4();
	static const struct {
		uint64_t time_ns;
		bool passes;
	} rounds[] = {
	    {86400 * SL_NS_PER_SEC, true},
	    {86400 * SL_NS_PER_SEC, false},
	    {SL_NS_PER_SEC, true},
	    {SL_NS_PER_SEC, false},
	    {86400 * SL_NS_PER_SEC, true},
	};
	struct sl_live *live = sl_live_new();
	struct test_pkt t;

	(void)state;
	build(&t, &r);
	for (unsigned i = 0; i < SL_COUNT_OF(rounds); i++) {
		struct sl_specs specs;
		struct sl_rule_spec *s;

		sl_specs_init(&specs);
		s = sl_specs_add(&specs, SL_TABLE_FILTER, SL_IPV4, "forward");
		s->action = SL_ACTION_DROP;
		s->live = sl_live_get(live);
		sl_match_set_limit(sl_spec_match(s, SL_MATCH_LIMIT), 1,
		    rounds[i].time_ns, 1, false);
		publish(&specs);
		sl_specs_fini(&specs);
		assert_int_equal(is_within_limit(&t.pkt), rounds[i].passes);
	}
	sl_live_put(live);
}

/* A GSO frame passes when one of its segments would, and is charged whole: 60 kB
 * at 8 Mbit/s keep everything out for 60 ms. */
static void
limit_of_gso_frames(void **state)
{
	static const struct recipe r = T4();
	uint64_t start = sl_now_ns() + 10 * SL_NS_PER_SEC;
	struct test_pkt t;

	(void)state;
	build(&t, &r);
	t.pkt.l3_len = 60000;
	t.pkt.offload.gso_type = SL_GSO_TCP4;
	t.pkt.offload.gso_size = 1448;
	t.pkt.offload.hdr_len = 54;
	sl_clock_set(start);
	publish_limit(8000000, 80000, true);
	for (unsigned i = 0; i < 3; i++) {
		assert_true(is_within_limit(&t.pkt));
		assert_false(is_within_limit(&t.pkt));
		sl_clock_set(start + 50 * SL_NS_PER_MS);
		assert_false(is_within_limit(&t.pkt));
		start += 60 * SL_NS_PER_MS;
		sl_clock_set(start);
	}
}

/* Rates whose price of a bit is no whole number of nanoseconds. */
static void
limit_is_exact_at_high_rates(void **state)
{
	static const uint64_t rates[] = {
	    7000000000, 10000000000, 30000000000, 32000000000};
	static const struct recipe r = T4();
	uint64_t start = sl_now_ns() + 10 * SL_NS_PER_SEC;
	struct test_pkt t;

	(void)state;
	build(&t, &r);
	t.pkt.l3_len = 64000;
	for (unsigned i = 0; i < SL_COUNT_OF(rates); i++) {
		const uint64_t burst = rates[i] / 50;
		uint64_t bits = 0;

		publish_limit(rates[i], burst, true);
		for (unsigned ms = 0; ms <= 1000; ms += 10) {
			sl_clock_set(start + ms * SL_NS_PER_MS);
			while (is_within_limit(&t.pkt))
				bits += 64000 * 8;
		}
		assert_in_range(bits, (rates[i] + burst) / 1000 * 999,
		    (rates[i] + burst) / 1000 * 1001);
		start += 10 * SL_NS_PER_SEC;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_matcher_both_ways),
	    cmocka_unit_test(connection_matchers),
	    cmocka_unit_test(address_lists),
	    cmocka_unit_test(address_types),
	    cmocka_unit_test(limit_is_a_token_bucket),
	    cmocka_unit_test(limit_in_bits),
	    cmocka_unit_test(limit_is_refilled_in_steps),
	    cmocka_unit_test(limit_survives_what_it_should),
	    cmocka_unit_test(limit_of_gso_frames),
	    cmocka_unit_test(limit_is_exact_at_high_rates),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
