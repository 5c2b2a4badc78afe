/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rules ask on each axis of a classifier, as spans of ranks.  Lives while
 * one is built.  Private to rule/. => Role of all: control.
 */
#ifndef SL_RULE_CLASS_SPACE_H
#define SL_RULE_CLASS_SPACE_H

#include <base/arena.h>
#include <rule/class_tree.h>
#include <rule/rule.h>

/* Spans a rule may have on an axis (RouterOS takes 15 ports a rule); of one
 * with more the span over all of them counts. */
#define SL_CLASS_SPANS 16

struct sl_class_span {
	uint32_t lo, hi; /* ranks, inclusive */
};

/* Of one rule on one axis; n = 0: the rule takes all. */
struct sl_class_cover {
	uint32_t first, n;
};

struct sl_class_space {
	uint8_t family;
	uint32_t n_rules;
	struct {
		struct sl_class_cover *covers; /* a rule each; NULL: take all */
		struct sl_class_span *spans;
		uint32_t n_spans;
		unsigned __int128 *starts; /* of the ranks */
		uint32_t n_ranks;
	} axis[SL_CLASS_AXES];
	struct sl_arena memory;
};

/* Does the rule ask for anything on any axis? */
bool sl_class_space_sees(const struct sl_rule *);

/* 0 or -ENOMEM; ended by fini in either case. */
int sl_class_space_init(struct sl_class_space *, uint8_t family,
    const struct sl_rule *rules, uint32_t n);
void sl_class_space_fini(struct sl_class_space *);

#endif
