/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of all tables and families as one immutable, published set.
 *
 * What it is.  Rules in arrays, chain after chain, with jumps resolved to chain
 *   numbers and list names to lists, and of a long chain the classifier that
 *   says which rules a packet can meet (rule/classify.h).
 * Life cycle.  Compiled from specs (rule/spec.h) -> published -> removed by the
 *   next publish -> retired -> reclaimed.  What must outlive it (counters,
 *   token buckets) is in objects of its own (rule/live.h).
 * Who writes.  Control.  Who reads.  Workers, inside a read section.
 * Ordering.    sl_rcu_publish / sl_rcu_read.
 * Bounds.      Compiling is linear in rules and matchers but for sorting.  Jumps nest at most
 *   SL_CHAIN_DEPTH deep, and never in a circle.
 */
#ifndef SL_RULE_RULESET_H
#define SL_RULE_RULESET_H

#include <rule/rule.h>
#include <rule/spec.h>

struct sl_classifier;

#define SL_CHAIN_DEPTH 32
#define SL_CHAIN_NONE  UINT32_MAX

struct sl_chain {
	const char *name;
	const struct sl_rule *rules;
	uint32_t n_rules;
	/* Rules that are walked one by one; of those behind them a walk meets
	 * what 'rest' says may match (NULL: there are none). */
	uint32_t n_linear;
	const struct sl_classifier *rest;
};

struct sl_ruleset {
	/* SL_CONST */
	const struct sl_chain *chains;
	const struct sl_rule *rules;
	uint32_t n_chains, n_rules;
	/* chain number of each built-in chain; SL_CHAIN_NONE: no rules */
	uint32_t builtin[SL_TABLES][SL_FAMILIES][SL_HOOK_N];
	/* what looks into payloads; NULL: no rule asks */
	struct sl_content *content;
	struct sl_l7 *l7;
	/* the same as 'builtin' as a set: bit sl_ruleset_bit() of a chain with rules */
	uint32_t has_rules[SL_FAMILIES];

	struct sl_rcu_head rcu;
	struct sl_arena memory; /* everything above */
};

SL_STATIC_ASSERT(SL_TABLES *SL_HOOK_N <= 32, "a bit for every chain");

static inline unsigned
sl_ruleset_bit(enum sl_rule_table table, enum sl_hook hook)
{
	return (unsigned)table * SL_HOOK_N + (unsigned)hook;
}

/* What sl_ruleset_rcu() reads. */
struct sl_ruleset_now {
	SL_RCU_PTR(struct sl_ruleset) set;
};
extern struct sl_ruleset_now sl_ruleset_now;

/* The set in force.  NULL: no rules. => In a read section. */
static inline const struct sl_ruleset *
sl_ruleset_rcu(void)
{
	return sl_rcu_read(&sl_ruleset_now.set);
}

/* Compiles and publishes.  A rule that cannot work does not fail the set: it is
 * left out and its spec->reason says why (empty: it works).  On failure
 * (-ENOMEM) the set in force stays.  => Role: control. */
int sl_ruleset_publish(struct sl_specs *specs, struct sl_err *err);

/* Removes the set in force. => Role: main or control. */
void sl_ruleset_clear(void);

#endif
