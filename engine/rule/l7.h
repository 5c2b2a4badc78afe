/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The expressions of /ip firewall layer7-protocol that rules name, as one
 * scanner.
 *
 * What it is.  An expression for each name; a name has a number, the same as long
 *   as the process lives, by which connections remember what they are.
 * Life cycle.  sl_l7_get (a reference) -> named by rulesets -> the last put
 *   retires it -> reclaimed.
 * Who writes.  Control.  Who reads.  Workers, by the rules of a published set.
 * Ordering.    The ruleset's.
 * Bounds.      SL_L7_MAX expressions; what one may grow to is bounded by
 *   rule/l7_regex.h.  A scan is linear in the bytes.
 */
#ifndef SL_RULE_L7_H
#define SL_RULE_L7_H

#include <base/error.h>
#include <rule/patterns.h>
#include <sluice/types.h>

#define SL_L7_MAX     4096  /* expressions in one scanner */
#define SL_L7_NUMBERS 65535 /* names in the life of a process */

struct sl_l7;

struct sl_l7_entry {
	uint16_t number;
	struct sl_span regex;
};

/* The number of a name, now and later; -ENOSPC, -ENOMEM.  => Role: control. */
int sl_l7_number(const char *name);

/* 0 if the expression can be used, alone.  => Role: control. */
int sl_l7_check(struct sl_span regex, struct sl_err *err);

/* The scanner of these, whose numbers differ; the last one made if that is it.
 * NULL and err.  => Role: control.  => Returns a reference. */
struct sl_l7 *sl_l7_get(
    const struct sl_l7_entry *entries, unsigned n, struct sl_err *err);
void sl_l7_put(struct sl_l7 *); /* NULL: nothing */

/* Tells the number of each name whose expression is in the bytes.
 * => Role: worker.  => In a read section. */
void sl_l7_scan(const struct sl_l7 *, const uint8_t *bytes, uint32_t len,
    sl_patterns_hit_fn hit, void *arg);

#endif
