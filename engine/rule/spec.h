/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The typed description of rules that a menu builds and ruleset.h compiles.
 *
 * Specs live in one block of memory per build: made, filled in list order,
 * compiled, freed.  Functions that return NULL ran out of memory; the specs
 * then remember it and sl_ruleset_publish() fails, so a builder may check once.
 * => Role of all: control.
 */
#ifndef SL_RULE_SPEC_H
#define SL_RULE_SPEC_H

#include <base/arena.h>
#include <rule/rule.h>

struct sl_rule_spec {
	struct sl_rule_spec *next;
	/* filled by the builder */
	uint8_t table, family; /* enum sl_rule_table, enum sl_family */
	uint8_t action;	       /* enum sl_action */
	uint8_t reject;	       /* enum sl_reject */
	bool log, nat_port_address, list_static;
	const char *chain;			     /* in the specs' memory */
	const char *jump_target, *log_prefix, *list; /* NULL: none */
	uint64_t list_timeout_ns;
	struct sl_nat_request nat;
	struct sl_mangle mangle;
	struct sl_live *live; /* borrowed from the builder */
	void *owner;	      /* the builder's own */
	uint32_t item;	      /* number of the menu's item */
	struct sl_match *matches;
	uint16_t n_matches, cap_matches;
	struct sl_specs *specs;
	/* Why the rule has no effect.  Set by the builder (an unsupported
	 * matcher) or by the compiler; empty: it works. */
	char reason[128];
};

struct sl_specs {
	struct sl_rule_spec *first, **end;
	uint32_t n;
	bool failed; /* memory ran out */
	struct sl_arena memory;
};

void sl_specs_init(struct sl_specs *);
void sl_specs_fini(struct sl_specs *);

/* Appends an empty rule of a table and family. */
struct sl_rule_spec *sl_specs_add(struct sl_specs *, enum sl_rule_table table,
    uint8_t family, const char *chain);
/* Appends an empty matcher of 'kind' to the rule; never NULL (a scratch one
 * when memory ran out).  Valid until the next call for the same rule. */
struct sl_match *sl_spec_match(struct sl_rule_spec *, enum sl_match_kind kind);
/* Gives a matcher 'n' spans, sorted and merged; ports in any order.
 * lo <= hi. */
void sl_spec_set_spans(struct sl_rule_spec *, struct sl_match *,
    const struct sl_id_span *spans, unsigned n);
/* Copies a string into the specs' memory; NULL when there is no memory. */
const char *sl_specs_text(struct sl_specs *, const char *text);
/* The same of bytes; empty when there is no memory. */
struct sl_span sl_specs_bytes(
    struct sl_specs *, const void *bytes, uint32_t len);
void sl_spec_set_reason(struct sl_rule_spec *, const char *fmt, ...)
    SL_PRINTF(2, 3);

/* Operands of limit=: 'rate' packets or bits per 'time_ns', 'burst' at once. */
void sl_match_set_limit(struct sl_match *, uint64_t rate, uint64_t time_ns,
    uint64_t burst, bool bits);

#endif
