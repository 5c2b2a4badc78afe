/* SPDX-License-Identifier: Apache-2.0 */
/* Matchers on options, extension headers, marks and priorities, both ways: a
 * packet that matches, one that just misses, and the same negated. */
#include "../packet/headers.h"
#include "build.h"

#include <mirror/static.h>
#include <packet/header.h>

enum want {
	MISS,
	HIT,
	ABSENT /* what is asked for is not there: no match, negated or not */
};

/* Does a rule with only this matcher match the packet? */
static bool
matches(const struct sl_match *wanted, bool negate, struct sl_pkt *pkt)
{
	struct sl_specs specs;
	struct sl_match *m;
	uint8_t v;

	sl_specs_init(&specs);
	m = sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, pkt->family,
			      "forward", SL_ACTION_DROP),
	    (enum sl_match_kind)wanted->kind);
	*m = *wanted;
	m->negate = negate;
	publish(&specs);
	sl_specs_fini(&specs);
	v = verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, pkt);
	return v == SL_RULE_DROP;
}

static void
expect(const char *what, const struct sl_match *m, struct sl_pkt *pkt,
    enum want want)
{
	if (matches(m, false, pkt) != (want == HIT))
		fail_msg("%s", what);
	if (matches(m, true, pkt) != (want == MISS))
		fail_msg("%s, negated", what);
}

static void
tcp_mss(void **state)
{
	static const struct {
		const char *what, *options;
		uint32_t n;
		uint8_t flags, proto;
		enum want want;
	} rows[] = {
	    {"lowest", "\2\4\x05\x00", 4, 2, IPPROTO_TCP, HIT},	 /* 1280 */
	    {"highest", "\2\4\x05\x78", 4, 2, IPPROTO_TCP, HIT}, /* 1400 */
	    {"below", "\2\4\x04\xff", 4, 2, IPPROTO_TCP, MISS},
	    {"above", "\2\4\x05\x79", 4, 2, IPPROTO_TCP, MISS},
	    {"odd place, of a SYN,ACK", "\1\2\4\x05\x00\0\0\0", 8, 0x12,
		IPPROTO_TCP, HIT},
	    {"behind others", "\3\3\7\4\2\2\4\x05\x01\0\0\0", 12, 2,
		IPPROTO_TCP, HIT},
	    {"no SYN", "\2\4\x05\x00", 4, 0x10, IPPROTO_TCP, ABSENT},
	    {"another option", "\3\4\x05\x00", 4, 2, IPPROTO_TCP, ABSENT},
	    {"behind the end", "\0\0\0\0\2\4\x05\x00", 8, 2, IPPROTO_TCP,
		ABSENT},
	    {"length zero", "\3\0\0\0\2\4\x05\x00", 8, 2, IPPROTO_TCP, ABSENT},
	    {"length too large", "\3\x20\0\0\2\4\x05\x00", 8, 2, IPPROTO_TCP,
		ABSENT},
	    {"cut short", "\1\1\2\4", 4, 2, IPPROTO_TCP, ABSENT},
	    {"wrong length", "\2\3\x05\0", 4, 2, IPPROTO_TCP, ABSENT},
	};
	const struct sl_match m = {
	    .kind = SL_MATCH_TCP_MSS, .span = {1280, 1400}};
	struct recipe none = {.tcp_flags = 2}, udp = {.proto = IPPROTO_UDP};
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		struct recipe r = {.six = i & 1,
		    .proto = rows[i / 2].proto,
		    .tcp_flags = rows[i / 2].flags};

		expect(rows[i / 2].what, &m,
		    build_tcp_options(
			&t, &r, rows[i / 2].options, rows[i / 2].n),
		    rows[i / 2].want);
	}
	expect("no options", &m, build(&t, &none), ABSENT);
	expect("udp", &m, build(&t, &udp), ABSENT);
}

static void
ipv4_options(void **state)
{
	static const struct {
		const char *what, *options;
		uint32_t n;
		uint8_t set; /* asked for, with yes */
		enum want want;
	} rows[] = {
	    {"strict", "\x89\7\4\1\2\3\4\0", 8, SL_OPTION_STRICT_ROUTE, HIT},
	    {"loose is not strict", "\x83\7\4\1\2\3\4\0", 8,
		SL_OPTION_STRICT_ROUTE, MISS},
	    {"loose", "\1\x83\7\4\1\2\3\4", 8, SL_OPTION_LOOSE_ROUTE, HIT},
	    {"record", "\7\7\4\0\0\0\0\0", 8, SL_OPTION_RECORD_ROUTE, HIT},
	    {"time", "\x44\x08\5\0\0\0\0\0", 8, SL_OPTION_TIMESTAMP, HIT},
	    {"alert", "\x94\4\0\0", 4, SL_OPTION_ROUTER_ALERT, HIT},
	    {"alert is not record", "\x94\4\0\0", 4, SL_OPTION_RECORD_ROUTE,
		MISS},
	    {"second one", "\x94\4\0\0\7\7\4\0\0\0\0\0", 12,
		SL_OPTION_RECORD_ROUTE, HIT},
	    {"behind the end", "\0\0\0\0\x94\4\0\0", 8, SL_OPTION_ALL, MISS},
	    {"any", "\x82\4\0\0", 4, SL_OPTION_ALL, HIT},
	    {"padding is none", "\1\1\1\0", 4, SL_OPTION_ALL, MISS},
	    {"nothing", "", 0, SL_OPTION_ALL, MISS},
	};
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		bool yes = i & 1;
		struct recipe r = {.proto = IPPROTO_UDP};
		struct sl_match m = {.kind = SL_MATCH_OPTIONS4,
		    .options = {rows[i / 2].set, yes}};
		enum want want = rows[i / 2].want;

		expect(rows[i / 2].what, &m,
		    build_ip_options(
			&t, &r, rows[i / 2].options, rows[i / 2].n),
		    yes		  ? want
		    : want == HIT ? MISS
				  : HIT);
	}
}

#define HOP   "\x11\0\1\4\0\0\0\0"
#define ROUTE "\x11\0\0\0\0\0\0\0"

static void
ipv6_headers(void **state)
{
	static const struct {
		const char *what, *chain;
		uint32_t n;
		uint8_t first, set;
		bool exact;
		enum want want;
	} rows[] = {
	    {"none at all", "", 0, IPPROTO_UDP, SL_HEADER_HOP, true, MISS},
	    {"exactly hop", HOP, 8, 0, SL_HEADER_HOP, true, HIT},
	    {"hop is not route", HOP, 8, 0, SL_HEADER_ROUTE, false, MISS},
	    {"two, exactly", "\x2b\0\1\4\0\0\0\0" ROUTE, 16, 0,
		SL_HEADER_HOP | SL_HEADER_ROUTE, true, HIT},
	    {"two are not exactly one", "\x2b\0\1\4\0\0\0\0" ROUTE, 16, 0,
		SL_HEADER_HOP, true, MISS},
	    {"two contain one", "\x2b\0\1\4\0\0\0\0" ROUTE, 16, 0,
		SL_HEADER_ROUTE, false, HIT},
	    {"dst", "\x11\0\1\4\0\0\0\0", 8, IPPROTO_DSTOPTS, SL_HEADER_DST,
		true, HIT},
	    {"atomic fragment", "\x11\0\0\0\0\0\0\1", 8, IPPROTO_FRAGMENT,
		SL_HEADER_FRAG, true, HIT},
	    {"first fragment", "\x11\0\0\1\0\0\0\1", 8, IPPROTO_FRAGMENT,
		SL_HEADER_FRAG, true, HIT},
	    {"later fragment", "\x11\0\0\x11\0\0\0\1", 8, IPPROTO_FRAGMENT,
		SL_HEADER_FRAG, false, HIT},
	    {"ah", "\x11\1\0\0\0\0\0\1\0\0\0\1", 12, IPPROTO_AH, SL_HEADER_AH,
		true, HIT},
	    {"proto", HOP, 8, 0, SL_HEADER_HOP | SL_HEADER_PROTO, true, HIT},
	    {"esp is no proto", "", 0, IPPROTO_ESP, SL_HEADER_PROTO, false,
		MISS},
	    {"esp", "", 0, IPPROTO_ESP, SL_HEADER_ESP, true, HIT},
	    {"none", "", 0, IPPROTO_NONE, SL_HEADER_NONE, false, HIT},
	};
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct recipe r = {
		    .six = true, .proto = IPPROTO_UDP, .payload = 8};
		struct sl_match m = {.kind = SL_MATCH_HEADERS6,
		    .headers = {rows[i].set, rows[i].exact}};

		expect(rows[i].what, &m,
		    build_extensions(
			&t, &r, rows[i].first, rows[i].chain, rows[i].n),
		    rows[i].want);
	}
}

static void
tos_under_a_mask(void **state)
{
	static const struct {
		uint8_t tos, value, mask;
		enum want want;
	} rows[] = {
	    {0xb8, 0xb8, 0xff, HIT},
	    {0xb9, 0xb8, 0xff, MISS},
	    {0xb9, 0xb8, 0xfc, HIT},
	    {0xbc, 0xb8, 0xfc, MISS},
	    {0x03, 0x01, 0x01, HIT},
	    {0x02, 0x01, 0x01, MISS},
	    {0xff, 0x00, 0x00, HIT},
	};
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		struct recipe r = {.six = i & 1, .tos = rows[i / 2].tos};
		struct sl_match m = {.kind = SL_MATCH_TOS,
		    .tos = {rows[i / 2].value, rows[i / 2].mask}};

		expect("tos", &m, build(&t, &r), rows[i / 2].want);
	}
}

/* What earlier stages left with the packet. */
static void
marks_and_priorities(void **state)
{
	const struct sl_match ingress = {.kind = SL_MATCH_INGRESS_PRIORITY,
				  .span = {5, 5}},
			      priority = {.kind = SL_MATCH_PRIORITY,
				  .span = {40, 40}},
			      routing = {
				  .kind = SL_MATCH_ROUTING_MARK, .mark = 100};
	struct recipe r = {.in = 1};
	struct test_pkt t;

	(void)state;
	build(&t, &r);
	expect("untagged", &ingress, &t.pkt, MISS);
	t.pkt.offload.tag_priority = 5;
	assert_int_equal(sl_parse_frame(&t.pkt), SL_GO);
	expect("tag taken off", &ingress, &t.pkt, HIT);
	t.pkt.offload.tag_priority = 0;
	insert(&t, 12, "\x81\0\xa0\0", 4);
	assert_int_equal(sl_parse_frame(&t.pkt), SL_GO);
	expect("tag in the frame", &ingress, &t.pkt, HIT);
	t.frame[14] = 0xc0;
	assert_int_equal(sl_parse_frame(&t.pkt), SL_GO);
	expect("another priority", &ingress, &t.pkt, MISS);

	expect("priority", &priority, &t.pkt, MISS);
	t.pkt.priority = 40;
	expect("priority", &priority, &t.pkt, HIT);
	expect("routing-mark", &routing, &t.pkt, MISS);
	t.pkt.routing_mark = 100;
	expect("routing-mark", &routing, &t.pkt, HIT);
}

/* Of the route to where the packet goes: by default, and by its mark. */
static void
realm_of_the_route(void **state)
{
	const struct sl_match m = {.kind = SL_MATCH_REALM, .span = {7, 7}};
	struct sl_kroute k = {.family = SL_IPV4,
	    .protocol = 4,
	    .table = SL_TABLE_MAIN,
	    .hop_oif = {1},
	    .route = {
		.len = 8, .type = SL_ROUTE_UNICAST, .hops = 1, .realm = 7}};
	struct recipe in = {.dst = "10.1.2.3"}, out = {.dst = "11.1.2.3"};
	struct sl_err err = {0};
	struct test_pkt t;

	(void)state;
	assert_int_equal(sl_mirror_init(&err), 0);
	sl_static_add_port(sl_port_add("wan", "wan", &err), 1500);
	test_addr("10.0.0.0", &k.route.dst);
	assert_int_equal(sl_static_backend.route(true, &k, &err), 0);
	k.table = 100;
	k.route.realm = 8;
	assert_int_equal(sl_static_backend.route(true, &k, &err), 0);
	expect("realm", &m, build(&t, &in), HIT);
	expect("no route", &m, build(&t, &out), MISS);
	build(&t, &in)->routing_mark = 100;
	expect("of another table", &m, &t.pkt, MISS);
	t.pkt.routing_mark = 101;
	expect("of no table", &m, &t.pkt, HIT);
	sl_mirror_fini();
	sl_ports_clear();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tcp_mss),
	    cmocka_unit_test(ipv4_options),
	    cmocka_unit_test(ipv6_headers),
	    cmocka_unit_test(tos_under_a_mask),
	    cmocka_unit_test(marks_and_priorities),
	    cmocka_unit_test(realm_of_the_route),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
