/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A queue of deadlines, earliest first: a binary heap whose members know their
 * place, so that any of them can be moved or taken out in O(log n).
 * => Role of all: control.
 */
#ifndef SL_RULE_DEADLINES_H
#define SL_RULE_DEADLINES_H

#include <base/compiler.h>

struct sl_deadline { /* embedded in what has the deadline */
	uint64_t at_ns;
	uint32_t place;
};

struct sl_deadlines { /* zero is empty and ready */
	struct sl_deadline **heap;
	uint32_t n, cap;
};

int sl_deadlines_add(struct sl_deadlines *, struct sl_deadline *,
    uint64_t at_ns); /* 0 or -ENOMEM */
void sl_deadlines_move(
    struct sl_deadlines *, struct sl_deadline *, uint64_t at_ns);
void sl_deadlines_remove(struct sl_deadlines *, struct sl_deadline *);
/* The earliest; NULL: none. */
struct sl_deadline *sl_deadlines_first(const struct sl_deadlines *);

#endif
