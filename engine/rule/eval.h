/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking a chain: what the packet path asks of the rules.
 *
 * The published ruleset is immutable; one evaluation uses one snapshot.
 * Matchers run in RouterOS's documented order, so that stateful ones consume
 * nothing when an earlier one fails.  Changes of mangle and raw are made at once,
 * so that later rules see them (rule/mangle.h); everything else the evaluator
 * returns as what to do, and the path does it.
 */
#ifndef SL_RULE_EVAL_H
#define SL_RULE_EVAL_H

#include <rule/rule.h>
#include <rule/ruleset.h>

enum sl_rule_verdict {
	SL_RULE_ACCEPT, /* also: no rule decided */
	SL_RULE_DROP,
	SL_RULE_REJECT,	   /* result.reject */
	SL_RULE_TRANSLATE, /* result.nat */
	SL_RULE_TARPIT,
};

struct sl_rule_result {
	uint8_t verdict;		  /* enum sl_rule_verdict */
	uint8_t reject;			  /* enum sl_reject: sl_reject_how[] */
	const struct sl_nat_request *nat; /* lives as long as the snapshot */
	bool fasttrack; /* a rule on the way wants the connection fasttracked */
	/* A masquerade or redirect request: the path fills in the address. */
	bool nat_port_address;
	uint32_t item; /* of the rule that decided; 0: none did */
};

/* True if that chain has rules; lets the path skip the stage.
 * => In a read section. */
static inline bool
sl_rule_has_rules_rcu(
    enum sl_rule_table table, enum sl_hook hook, uint8_t family)
{
	const struct sl_ruleset *set = sl_ruleset_rcu();

	return set && (set->has_rules[sl_family_index(family)] >>
			      sl_ruleset_bit(table, hook) &
			  1);
}

/* Walks the built-in chain of 'hook' in 'table' for the packet's family.  Port
 * numbers are pkt->in_port and out_port.  Counts on every rule that matched;
 * writes log lines.  => Role: worker.  => In a read section. */
void sl_rule_eval(enum sl_rule_table table, enum sl_hook hook,
    struct sl_pkt *pkt, struct sl_rule_result *result);

#endif
