/* SPDX-License-Identifier: Apache-2.0 */
/* Chains, jumps, loops, recompiles, counters, tables and families. */
#include "build.h"

#include <errno.h>

static const struct recipe web = {.src = "192.0.2.7",
    .dst = "198.51.100.1",
    .proto = IPPROTO_TCP,
    .sport = 1024,
    .dport = 80};
static const struct recipe web6 = {.src = "2001:db8::7",
    .dst = "2001:db8::1",
    .proto = IPPROTO_TCP,
    .sport = 1024,
    .dport = 80};

static uint64_t
packets_of(const struct sl_live *live)
{
	uint64_t packets, bytes;

	sl_live_read(live, &packets, &bytes);
	return packets;
}

static uint8_t
forward(const struct recipe *r)
{
	struct test_pkt t;

	return verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&t, r));
}

/* One line a rule: chain, action, target ("" none) and the reason's start. */
struct line {
	const char *chain;
	enum sl_action action;
	const char *target;
	const char *reason; /* its beginning; NULL: works */
};

static void
load(struct sl_specs *specs, const struct line *lines, unsigned n)
{
	sl_specs_init(specs);
	for (unsigned i = 0; i < n; i++) {
		struct sl_rule_spec *s = add_rule(specs, SL_TABLE_FILTER,
		    SL_IPV4, lines[i].chain, lines[i].action);

		s->jump_target = lines[i].target;
	}
	publish(specs);
}

static void
expect_reasons(const struct sl_specs *specs, const struct line *lines)
{
	const struct sl_rule_spec *s = specs->first;

	for (unsigned i = 0; s; s = s->next, i++) {
		const char *want = lines[i].reason ? lines[i].reason : "";

		if (strncmp(s->reason, want, strlen(want)) != 0 ||
		    (!*want && s->reason[0]))
			fail_msg("line %u: \"%s\"", i, s->reason);
	}
}

static void
jump_return_and_fall_through(void **state)
{
	static const struct line lines[] = {
	    {"forward", SL_ACTION_JUMP, "a", NULL},
	    {"a", SL_ACTION_PASSTHROUGH, NULL, NULL},
	    {"forward", SL_ACTION_DROP, NULL, NULL},
	    {"a", SL_ACTION_JUMP, "b", NULL},
	    {"b", SL_ACTION_RETURN, NULL, NULL},
	    {"b", SL_ACTION_ACCEPT, NULL, NULL},
	    {"a", SL_ACTION_PASSTHROUGH, NULL, NULL},
	};
	static const uint64_t counts[] = {1, 1, 1, 1, 1, 0, 1};
	struct sl_specs specs;
	const struct sl_rule_spec *s;
	unsigned i = 0;

	(void)state;
	load(&specs, lines, SL_COUNT_OF(lines));
	expect_reasons(&specs, lines);
	assert_int_equal(forward(&web), SL_RULE_DROP);
	for (s = specs.first; s; s = s->next)
		assert_int_equal(packets_of(s->live), counts[i++]);
	sl_specs_fini(&specs);
}

static void
return_from_a_built_in_chain_accepts(void **state)
{
	static const struct line lines[] = {
	    {"forward", SL_ACTION_RETURN, NULL, NULL},
	    {"forward", SL_ACTION_DROP, NULL, NULL},
	};
	struct sl_specs specs;

	(void)state;
	load(&specs, lines, SL_COUNT_OF(lines));
	assert_int_equal(forward(&web), SL_RULE_ACCEPT);
	sl_specs_fini(&specs);
}

/* A bad jump is named and left out; the rest works. */
static void
bad_jumps_are_invalid(void **state)
{
	static const struct line lines[] = {
	    {"forward", SL_ACTION_JUMP, "empty",
		"jump-target chain empty has no rules"},
	    {"forward", SL_ACTION_JUMP, "a", NULL},
	    {"a", SL_ACTION_JUMP, "b", NULL},
	    {"b", SL_ACTION_JUMP, "c", NULL},
	    {"c", SL_ACTION_JUMP, "a", "jump makes a loop"},
	    {"c", SL_ACTION_JUMP, "c", "jump makes a loop"},
	    {"c", SL_ACTION_JUMP, "forward", "jump makes a loop"},
	    {"forward", SL_ACTION_DROP, NULL, NULL},
	};
	struct sl_specs specs;

	(void)state;
	load(&specs, lines, SL_COUNT_OF(lines));
	expect_reasons(&specs, lines);
	assert_int_equal(forward(&web), SL_RULE_DROP);
	sl_specs_fini(&specs);
}

/* SL_CHAIN_DEPTH chains nest; one more does not.  The bottom drops. */
static void
nesting_is_bounded(void **state)
{
	struct line lines[SL_CHAIN_DEPTH + 1];
	char names[SL_CHAIN_DEPTH + 1][8];
	struct sl_specs specs;

	(void)state;
	for (unsigned extra = 0; extra < 2; extra++) {
		unsigned n = SL_CHAIN_DEPTH + extra;

		for (unsigned i = 0; i < n; i++) {
			snprintf(names[i], sizeof(names[i]), "c%u", i);
			lines[i] = (struct line){i ? names[i] : "forward",
			    SL_ACTION_JUMP, NULL, NULL};
			if (i)
				lines[i - 1].target = names[i];
		}
		lines[n - 1].action = SL_ACTION_DROP;
		if (extra)
			lines[0].reason = "chains nest deeper than 32";
		load(&specs, lines, n);
		expect_reasons(&specs, lines);
		assert_int_equal(
		    forward(&web), extra ? SL_RULE_ACCEPT : SL_RULE_DROP);
		sl_specs_fini(&specs);
	}
}

/* Many chains that all jump on: compiling stays linear and ends. */
static void
wide_graphs_compile(void **state)
{
	enum { N = 3000 };
	struct sl_specs specs;
	char name[16], target[16];

	(void)state;
	sl_specs_init(&specs);
	for (unsigned i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		for (unsigned j = 0; j < 3; j++) {
			struct sl_rule_spec *s =
			    add_rule(&specs, SL_TABLE_FILTER, SL_IPV4,
				i ? name : "forward", SL_ACTION_JUMP);

			snprintf(target, sizeof(target), "c%u",
			    (i * 7 + j * 13 + 1) % N);
			s->jump_target = sl_specs_text(&specs, target);
		}
	}
	publish(&specs);
	assert_int_equal(forward(&web), SL_RULE_ACCEPT);
	sl_specs_fini(&specs);
}

static void
tables_and_families_are_apart(void **state)
{
	struct sl_specs specs;
	struct test_pkt t;

	(void)state;
	sl_specs_init(&specs);
	add_rule(&specs, SL_TABLE_FILTER, SL_IPV6, "forward", SL_ACTION_DROP);
	add_rule(&specs, SL_TABLE_MANGLE, SL_IPV4, "input", SL_ACTION_DROP);
	/* "input" is no chain of raw: a user chain nobody jumps to. */
	add_rule(&specs, SL_TABLE_RAW, SL_IPV4, "input", SL_ACTION_DROP);
	publish(&specs);
	sl_specs_fini(&specs);
	assert_int_equal(forward(&web), SL_RULE_ACCEPT);
	assert_int_equal(forward(&web6), SL_RULE_DROP);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &web)),
	    SL_RULE_ACCEPT);
	assert_int_equal(
	    verdict_of(SL_TABLE_MANGLE, SL_HOOK_INPUT, build(&t, &web)),
	    SL_RULE_DROP);
	assert_false(
	    sl_rule_has_rules_rcu(SL_TABLE_FILTER, SL_HOOK_FORWARD, SL_IPV4));
	assert_true(
	    sl_rule_has_rules_rcu(SL_TABLE_FILTER, SL_HOOK_FORWARD, SL_IPV6));
	assert_false(
	    sl_rule_has_rules_rcu(SL_TABLE_RAW, SL_HOOK_INPUT, SL_IPV4));
}

static void
actions_say_what_to_do(void **state)
{
	struct sl_rule_spec *s;
	struct sl_rule_result result;
	struct sl_specs specs;
	struct test_pkt t;

	(void)state;
	sl_specs_init(&specs);
	s = add_rule(
	    &specs, SL_TABLE_FILTER, SL_IPV4, "forward", SL_ACTION_REJECT);
	s->reject = SL_REJECT_TCP_RESET;
	s = add_rule(
	    &specs, SL_TABLE_NAT, SL_IPV4, "srcnat", SL_ACTION_TRANSLATE);
	s->nat.side = SL_NAT_SRC;
	s->nat.masquerade = true;
	s->nat_port_address = true;
	publish(&specs);
	sl_specs_fini(&specs);
	sl_rule_eval(
	    SL_TABLE_FILTER, SL_HOOK_FORWARD, build(&t, &web), &result);
	assert_int_equal(result.verdict, SL_RULE_REJECT);
	assert_true(sl_reject_how[result.reject].reset);
	assert_int_equal(sl_reject_how[SL_REJECT_ADMIN_PROHIBITED].code, 13);
	sl_rule_eval(SL_TABLE_NAT, SL_HOOK_SRCNAT, build(&t, &web), &result);
	assert_int_equal(result.verdict, SL_RULE_TRANSLATE);
	assert_true(result.nat->masquerade && result.nat_port_address);
	sl_ruleset_clear();
	assert_int_equal(forward(&web), SL_RULE_ACCEPT);
}

/* A host that has no address yet asks for one: nothing to masquerade, and no
 * reason to want an address of the port. */
static void
masquerade_spares_who_has_no_address(void **state)
{
	static const struct {
		const char *src, *dst;
		enum sl_rule_verdict verdict;
	} cases[] = {
	    {"0.0.0.0", "255.255.255.255", SL_RULE_ACCEPT},
	    {"10.0.0.2", "255.255.255.255", SL_RULE_TRANSLATE},
	    {"::", "ff02::1:2", SL_RULE_ACCEPT},
	    {"fe80::2", "ff02::1:2", SL_RULE_TRANSLATE},
	};
	static const uint8_t families[] = {SL_IPV4, SL_IPV6};
	struct sl_specs specs;

	(void)state;
	sl_specs_init(&specs);
	for (unsigned i = 0; i < 2; i++) {
		struct sl_rule_spec *s = add_rule(&specs, SL_TABLE_NAT,
		    families[i], "srcnat", SL_ACTION_TRANSLATE);

		s->nat.side = SL_NAT_SRC;
		s->nat.masquerade = true;
		s->nat_port_address = true;
	}
	publish(&specs);
	sl_specs_fini(&specs);
	for (unsigned i = 0; i < SL_COUNT_OF(cases); i++) {
		const struct recipe r = {.src = cases[i].src,
		    .dst = cases[i].dst,
		    .proto = IPPROTO_UDP,
		    .sport = 68,
		    .dport = 67};
		struct test_pkt t;

		assert_int_equal(
		    verdict_of(SL_TABLE_NAT, SL_HOOK_SRCNAT, build(&t, &r)),
		    cases[i].verdict);
	}
}

static void
counters_survive_recompiles(void **state)
{
	struct sl_live *live = sl_live_new();
	uint64_t packets, bytes;
	struct sl_specs specs;

	(void)state;
	for (unsigned round = 1; round <= 5; round++) {
		struct sl_rule_spec *s;

		sl_specs_init(&specs);
		/* The rule moves: another is before it every second time. */
		if (round % 2) {
			s = add_rule(&specs, SL_TABLE_FILTER, SL_IPV4,
			    "forward", SL_ACTION_LOG);
			sl_spec_match(s, SL_MATCH_NEVER);
		}
		s = sl_specs_add(&specs, SL_TABLE_FILTER, SL_IPV4, "forward");
		s->action = SL_ACTION_PASSTHROUGH;
		s->live = sl_live_get(live);
		publish(&specs);
		sl_specs_fini(&specs);
		for (unsigned i = 0; i < 10; i++)
			forward(&web);
		sl_role_enter(sl_role_bits, 3, "test"); /* another worker */
		forward(&web);
		sl_role_enter(sl_role_bits, 0, "test");
		sl_live_read(live, &packets, &bytes);
		assert_int_equal(packets, 11 * round);
		assert_int_equal(bytes, 11 * round * 40);
	}
	sl_live_reset(live);
	assert_int_equal(packets_of(live), 0);
	forward(&web);
	assert_int_equal(packets_of(live), 1);
	sl_live_put(live);
}

/* What the builder found unsupported is skipped, its chain still exists. */
static void
reasons_of_the_builder_hold(void **state)
{
	struct sl_rule_spec *s, *jump;
	struct sl_specs specs;

	(void)state;
	sl_specs_init(&specs);
	jump = add_rule(
	    &specs, SL_TABLE_FILTER, SL_IPV4, "forward", SL_ACTION_JUMP);
	jump->jump_target = "a";
	s = add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "a", SL_ACTION_DROP);
	sl_spec_set_reason(s, "%s is not supported yet", "psd");
	sl_spec_set_reason(s, "second");
	publish(&specs);
	assert_string_equal(s->reason, "psd is not supported yet");
	assert_string_equal(jump->reason, "");
	assert_int_equal(forward(&web), SL_RULE_ACCEPT);
	sl_specs_fini(&specs);
}

/* No memory for the specs: the set in force stays. */
static void
a_failed_compile_leaves_the_old(void **state)
{
	static const struct line lines[] = {
	    {"forward", SL_ACTION_DROP, NULL, NULL},
	};
	struct sl_err err = {0};
	struct sl_specs specs;

	(void)state;
	load(&specs, lines, 1);
	sl_specs_fini(&specs);
	specs.failed = true;
	assert_int_equal(sl_ruleset_publish(&specs, &err), -ENOMEM);
	assert_string_not_equal(err.text, "");
	assert_int_equal(forward(&web), SL_RULE_DROP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(jump_return_and_fall_through),
	    cmocka_unit_test(return_from_a_built_in_chain_accepts),
	    cmocka_unit_test(bad_jumps_are_invalid),
	    cmocka_unit_test(nesting_is_bounded),
	    cmocka_unit_test(wide_graphs_compile),
	    cmocka_unit_test(tables_and_families_are_apart),
	    cmocka_unit_test(actions_say_what_to_do),
	    cmocka_unit_test(masquerade_spares_who_has_no_address),
	    cmocka_unit_test(counters_survive_recompiles),
	    cmocka_unit_test(reasons_of_the_builder_hold),
	    cmocka_unit_test(a_failed_compile_leaves_the_old),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
