/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules of a long chain can match a packet at all.
 *
 * What it is.  A tree over the rules' addresses, protocols, ports and
 *   interfaces.  A node cuts one of these axes into cells; a rule stands in
 *   the cells it touches, or, when it touches all or many, in the node's rest.
 *   A packet goes to its cell and to the rest, and so ends at a few lists of
 *   rules.  The lists are sound, not exact: whoever walks them still asks the
 *   rule itself, so what a rule asks beyond these axes need not be known here.
 * Life cycle.  Built into the arena of a ruleset, and dies with it.
 * Who writes.  Control, before the ruleset is published.
 * Who reads.   Workers, inside a read section.
 * Ordering.    The ruleset's.
 * Bounds.      At most SL_CLASSIFY_LISTS lists a packet.  Memory and time to
 *   build are linear in the rules (a constant number of words and looks a rule); rules that
 *   cannot be told apart within that end in one list, which is as good as the
 *   chain itself.
 */
#ifndef SL_RULE_CLASSIFY_H
#define SL_RULE_CLASSIFY_H

#include <base/arena.h>
#include <rule/match.h>

#define SL_CLASSIFY_LISTS 16
#define SL_CLASSIFY_END	  UINT32_MAX

struct sl_classifier;

/* Of 'n' compiled rules of one family; of those from sl_classify_first() on, to
 * be exact.  *out stays NULL when nothing tells the rules apart.  0 or -ENOMEM.
 * => Role: control. */
int sl_classify_build(struct sl_arena *memory, uint8_t family,
    const struct sl_rule *rules, uint32_t n, const struct sl_classifier **out);

/* Rules before this one are for the caller to walk: among the first rules
 * those decide most packets that any packet meets (connection-state=established),
 * and they should at no more cost. */
uint32_t sl_classify_first(const struct sl_classifier *);

/* Sets up to SL_CLASSIFY_LISTS lists, returns how many.  A list is positions of
 * rules, ascending, up to SL_CLASSIFY_END; every rule that matches is in one
 * (or more).  => Role: worker. => In a read section. */
unsigned sl_classify_find(const struct sl_classifier *,
    const struct sl_match_ctx *ctx, const uint32_t **lists);

/* Memory it takes; NULL: 0. */
size_t sl_classify_bytes(const struct sl_classifier *);

#endif
