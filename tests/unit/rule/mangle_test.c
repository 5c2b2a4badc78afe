/* SPDX-License-Identifier: Apache-2.0 */
/* Actions that change a packet: each change, when there is none, and that later
 * rules see it. */
#include "../packet/headers.h"
#include "build.h"

#include <mirror/static.h>
#include <packet/header.h>
#include <rule/mark.h>

#include <errno.h>

static struct sl_rule_spec *
add_change(struct sl_specs *specs, const struct sl_pkt *pkt, const char *chain,
    struct sl_mangle mangle)
{
	struct sl_rule_spec *s = add_rule(
	    specs, SL_TABLE_MANGLE, pkt->family, chain, SL_ACTION_MANGLE);

	s->mangle = mangle;
	return s;
}

/* One rule with this change, walked by the packet in that chain. */
static void
change(struct sl_pkt *pkt, enum sl_hook hook, struct sl_mangle mangle)
{
	static const char *const names[] = {
	    "prerouting", "input", "forward", "output", "postrouting"};
	struct sl_specs specs;

	sl_specs_init(&specs);
	add_change(&specs, pkt, names[hook], mangle);
	publish(&specs);
	sl_specs_fini(&specs);
	assert_int_equal(
	    verdict_of(SL_TABLE_MANGLE, hook, pkt), SL_RULE_ACCEPT);
}

static uint8_t
ttl_of(const struct sl_pkt *pkt)
{
	return sl_pkt_l3(pkt)[pkt->family == SL_IPV4 ? 8 : 7];
}

static void
ttl_stays_in_its_bounds(void **state)
{
	static const struct {
		uint8_t before, what, value, after;
	} rows[] = {
	    {64, SL_MANGLE_TTL, 1, 1},
	    {64, SL_MANGLE_TTL, 255, 255},
	    {64, SL_MANGLE_TTL_ADD, 1, 65},
	    {250, SL_MANGLE_TTL_ADD, 10, 255},
	    {64, SL_MANGLE_TTL_SUB, 3, 61},
	    {2, SL_MANGLE_TTL_SUB, 3, 0},
	};
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		struct recipe r = {.six = i & 1, .ttl = rows[i / 2].before};

		change(build(&t, &r), SL_HOOK_FORWARD,
		    (struct sl_mangle){
			.what = rows[i / 2].what, .value = rows[i / 2].value});
		assert_int_equal(ttl_of(&t.pkt), rows[i / 2].after);
		assert_true(checksums_are_right(&t.pkt));
	}
}

static void
dscp_and_priority_follow_each_other(void **state)
{
	static const struct {
		uint8_t dscp, priority, ingress, what, value;
		uint8_t new_dscp, new_priority;
	} rows[] = {
	    {10, 0, 0, SL_MANGLE_DSCP, 46, 46, 0},
	    {10, 5, 0, SL_MANGLE_DSCP_FROM_PRIORITY, 0, 5, 5},
	    {10, 5, 0, SL_MANGLE_DSCP_FROM_PRIORITY, 3, 40, 5},
	    {10, 9, 0, SL_MANGLE_DSCP_FROM_PRIORITY, 3, 8, 9},
	    {10, 0, 0, SL_MANGLE_PRIORITY, 63, 10, 63},
	    {46, 0, 0, SL_MANGLE_PRIORITY_FROM_DSCP, 0, 46, 46},
	    {46, 0, 0, SL_MANGLE_PRIORITY_FROM_DSCP, 3, 46, 5},
	    {46, 1, 6, SL_MANGLE_PRIORITY_FROM_INGRESS, 0, 46, 6},
	};
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		struct recipe r = {
		    .six = i & 1, .tos = (uint8_t)(rows[i / 2].dscp << 2 | 1)};

		build(&t, &r);
		t.pkt.priority = rows[i / 2].priority;
		t.pkt.ingress_priority = rows[i / 2].ingress;
		change(&t.pkt, SL_HOOK_PREROUTING,
		    (struct sl_mangle){
			.what = rows[i / 2].what, .value = rows[i / 2].value});
		assert_int_equal(t.pkt.priority, rows[i / 2].new_priority);
		assert_true(checksums_are_right(&t.pkt));
		assert_int_equal(sl_parse_frame(&t.pkt), SL_GO);
		assert_int_equal(t.pkt.dscp, rows[i / 2].new_dscp);
	}
}

static uint16_t
mss_of(const struct sl_pkt *pkt)
{
	return sl_get_be16(pkt->data + sl_header_mss_off(pkt));
}

/* Links of 1400 (lan) and 1300 (wan) bytes. */
static void
mss_is_clamped_to_the_links(void **state)
{
	static const struct {
		uint16_t in, out;
		uint32_t out_mtu;
		uint16_t mtu; /* that decides; 0: none */
	} rows[] = {
	    {1, 2, 0, 1300},
	    {1, 2, 1250, 1250}, /* of the route */
	    {1, 0, 0, 1400},
	    {2, 1, 1400, 1300},
	    {0, 1, 0, 1400},
	    {0, 0, 0, 0},
	};
	struct sl_err err = {0};
	struct test_pkt t;

	(void)state;
	assert_int_equal(sl_mirror_init(&err), 0);
	sl_static_add_port(sl_port_add("lan", "lan", &err), 1400);
	sl_static_add_port(sl_port_add("wan", "wan", &err), 1300);
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		struct recipe r = {.six = i & 1,
		    .tcp_flags = 2,
		    .in = rows[i / 2].in,
		    .out = rows[i / 2].out};

		build_tcp_options(&t, &r, "\2\4\x05\xb4", 4);
		t.pkt.out_mtu = rows[i / 2].out_mtu;
		change(&t.pkt, SL_HOOK_FORWARD,
		    (struct sl_mangle){.what = SL_MANGLE_MSS_CLAMP});
		assert_int_equal(mss_of(&t.pkt),
		    rows[i / 2].mtu ? rows[i / 2].mtu - (i & 1 ? 60 : 40)
				    : 1460);
		assert_true(checksums_are_right(&t.pkt));
	}
	sl_mirror_fini();
	sl_ports_clear();
}

static void
marks(void **state)
{
	static const struct {
		enum sl_hook hook;
		bool routes, forces;
	} rows[] = {
	    {SL_HOOK_PREROUTING, true, true},
	    {SL_HOOK_INPUT, false, false},
	    {SL_HOOK_FORWARD, false, false},
	    {SL_HOOK_OUTPUT, true, false},
	    {SL_HOOK_POSTROUTING, false, false},
	};
	static const struct recipe r = {0};
	struct sl_conn conn = {.family = SL_IPV4};
	struct sl_mangle hop = {.what = SL_MANGLE_ROUTE};
	struct test_pkt t;
	uint8_t family;

	(void)state;
	sl_addr_parse("192.0.2.9", &family, &hop.next_hop);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		build(&t, &r);
		change(&t.pkt, rows[i].hook,
		    (struct sl_mangle){
			.what = SL_MANGLE_ROUTING_MARK, .value = 100});
		assert_int_equal(t.pkt.routing_mark, rows[i].routes ? 100 : 0);
		change(&t.pkt, rows[i].hook, hop);
		assert_int_equal(
		    (t.pkt.flags & SL_PKT_FORCED_HOP) != 0, rows[i].forces);
		/* No connection, no mark, no harm. */
		change(&t.pkt, rows[i].hook,
		    (struct sl_mangle){
			.what = SL_MANGLE_CONN_MARK, .value = i + 1});
		t.pkt.conn = &conn;
		change(&t.pkt, rows[i].hook,
		    (struct sl_mangle){
			.what = SL_MANGLE_CONN_MARK, .value = i + 1});
		assert_int_equal(sl_load_relaxed(&conn.mark), i + 1);
	}
}

/* A packet mark, then a rule that asks for it. */
static void
later_rules_see_the_change(void **state)
{
	static const struct recipe r = {0};
	struct test_pkt t;

	(void)state;
	for (int passthrough = 0; passthrough < 2; passthrough++) {
		struct sl_specs specs;
		struct sl_rule_spec *s;

		build(&t, &r);
		sl_specs_init(&specs);
		add_change(&specs, &t.pkt, "forward",
		    (struct sl_mangle){.what = SL_MANGLE_PACKET_MARK,
			.value = 7,
			.passthrough = passthrough});
		s = add_rule(&specs, SL_TABLE_MANGLE, SL_IPV4, "forward",
		    SL_ACTION_DROP);
		sl_spec_match(s, SL_MATCH_PACKET_MARK)->mark = 7;
		publish(&specs);
		sl_specs_fini(&specs);
		assert_int_equal(
		    verdict_of(SL_TABLE_MANGLE, SL_HOOK_FORWARD, &t.pkt),
		    passthrough ? SL_RULE_DROP : SL_RULE_ACCEPT);
		assert_int_equal(t.pkt.packet_mark, 7);
	}
}

/* Datagrams that may be cut now have numbers, and no two in a row the same. */
static void
df_and_numbers(void **state)
{
	static const struct recipe df = {.frag = 0x4000};
	uint16_t last = 0;
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		uint16_t id;

		change(build(&t, &df), SL_HOOK_FORWARD,
		    (struct sl_mangle){.what = SL_MANGLE_CLEAR_DF});
		id = sl_get_be16(sl_pkt_l3(&t.pkt) + 4);
		assert_int_not_equal(id, 0);
		assert_int_not_equal(id, last);
		assert_true(checksums_are_right(&t.pkt));
		last = id;
	}
}

static void
names_have_numbers(void **state)
{
	char name[32];
	int n = 0;

	(void)state;
	assert_int_equal(sl_mark_number(SL_MARK_PACKET, SL_NO_MARK), 0);
	for (unsigned i = 0; i < SL_PACKET_MARKS_MAX; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		n = sl_mark_number(SL_MARK_PACKET, name);
		assert_in_range(n, 1, SL_PACKET_MARKS_MAX);
		assert_string_equal(
		    sl_mark_name(SL_MARK_PACKET, (uint32_t)n), name);
	}
	assert_int_equal(sl_mark_number(SL_MARK_PACKET, "one more"), -ENOSPC);
	assert_int_equal(sl_mark_number(SL_MARK_PACKET, name), n);
	assert_string_equal(
	    sl_mark_name(SL_MARK_PACKET, SL_PACKET_MARKS_MAX + 1), SL_NO_MARK);
	/* Connections have names of their own. */
	assert_true(sl_mark_number(SL_MARK_CONN, "one more") > 0);
	assert_string_equal(sl_mark_name(SL_MARK_CONN, 99), SL_NO_MARK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ttl_stays_in_its_bounds),
	    cmocka_unit_test(dscp_and_priority_follow_each_other),
	    cmocka_unit_test(mss_is_clamped_to_the_links),
	    cmocka_unit_test(marks),
	    cmocka_unit_test(later_rules_see_the_change),
	    cmocka_unit_test(df_and_numbers),
	    cmocka_unit_test(names_have_numbers),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
