/* SPDX-License-Identifier: Apache-2.0 */
/* Rules for tests: one-line specs, published and walked. */
#ifndef SL_TEST_BUILD_H
#define SL_TEST_BUILD_H

#include "../nat/packets.h"

#include <rule/eval.h>
#include <rule/live.h>

static inline int
test_setup(void **state)
{
	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_hash_init();
	sl_clock_use_virtual();
	sl_live_set_workers(4);
	sl_rcu_register();
	sl_rcu_online();
	return 0;
}

static inline int
test_teardown(void **state)
{
	(void)state;
	sl_ruleset_clear();
	sl_rcu_offline();
	sl_rcu_drain(); /* everything retired is given back: for the sanitizer */
	sl_rcu_unregister();
	return 0;
}

/* A rule with counters; release with sl_live_put(spec->live). */
static inline struct sl_rule_spec *
add_rule(struct sl_specs *specs, enum sl_rule_table table, uint8_t family,
    const char *chain, enum sl_action action)
{
	struct sl_rule_spec *s = sl_specs_add(specs, table, family, chain);

	assert_non_null(s);
	s->action = (uint8_t)action;
	s->live = sl_live_new();
	assert_non_null(s->live);
	return s;
}

/* Publishes and ends the builder's references. */
static inline void
publish(struct sl_specs *specs)
{
	struct sl_err err = {0};

	assert_int_equal(sl_ruleset_publish(specs, &err), 0);
	for (struct sl_rule_spec *s = specs->first; s; s = s->next)
		sl_live_put(s->live);
}

static inline uint8_t
verdict_of(enum sl_rule_table table, enum sl_hook hook, struct sl_pkt *pkt)
{
	struct sl_rule_result result;

	sl_rule_eval(table, hook, pkt, &result);
	return result.verdict;
}

static inline void
set_range(struct sl_match *m, const char *min, const char *max)
{
	uint8_t family;

	assert_true(sl_addr_parse(min, &family, &m->addr.min));
	assert_true(sl_addr_parse(max, &family, &m->addr.max));
}

#endif
