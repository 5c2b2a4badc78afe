/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One axis looked at as the rules of one node cut it: where their spans begin
 * and end, and how many rules would be in each cell.  Lives while a classifier
 * is built.  Private to rule/. => Role of all: control.
 */
#ifndef SL_RULE_CLASS_CUT_H
#define SL_RULE_CLASS_CUT_H

#include <rule/class_space.h>

struct sl_class_reach;

struct sl_class_cut {
	const struct sl_class_space *space;
	uint64_t looks; /* at a span, so far */
	/* of the last look */
	const uint32_t *rules;
	uint32_t n;
	struct sl_class_reach *reaches; /* spans of all rules */
	uint32_t *first;		/* of each rule's, and the end */
	uint32_t *cuts; /* ranks at which a span begins or ends */
	uint32_t n_cuts;
	/* of the last measure: cell c > 0 begins at cut (c << shift) - 1 */
	unsigned shift;
	uint32_t n_cells;
	uint32_t *filled;   /* rules in each cell */
	uint32_t most;	    /* of them */
	uint32_t n_entries; /* sum of them */
	uint32_t n_rest;    /* rules that take all, or touch too many cells */
};

/* 0 or -ENOMEM; its memory is the space's. */
int sl_class_cut_init(struct sl_class_cut *, struct sl_class_space *);

/* Looks at what 'n' of the space's rules ask within 'region' of the axis.
 * False: no rule cuts it. */
bool sl_class_cut_look(struct sl_class_cut *, enum sl_class_axis axis,
    struct sl_class_span region, const uint32_t *rules, uint32_t n);

/* Counts rules in cells, 1 << shift of the smallest ones taken together; they
 * are never none. */
void sl_class_cut_measure(struct sl_class_cut *, unsigned shift);

/* Calls 'put' with each cell that the i-th rule is in; returns how many, 0: it
 * belongs to the rest. */
uint32_t sl_class_cut_each(const struct sl_class_cut *, uint32_t i,
    void (*put)(void *arg, uint32_t cell), void *arg);

#endif
