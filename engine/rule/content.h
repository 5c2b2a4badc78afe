/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content=: bytes that are somewhere in a packet, behind its IP header; case
 * matters.  All values of all rules are looked for in one pass over the packet.
 *
 * What it is.  The different values, numbered, and one scanner for them.
 * Life cycle.  sl_content_get (a reference) -> named by rulesets -> the last put
 *   retires it -> reclaimed.
 * Who writes.  Control.  Who reads.  Workers, by the rules of a published set.
 * Ordering.    The ruleset's.
 * Bounds.      SL_CONTENTS_MAX values.  A scan is linear in the packet.
 */
#ifndef SL_RULE_CONTENT_H
#define SL_RULE_CONTENT_H

#include <base/error.h>
#include <rule/examined.h>

struct sl_content;

/* For qsort, of struct sl_span. */
int sl_content_compare(const void *, const void *);

/* The scanner of these values, sorted and different; the last one made if that is
 * it.  NULL and err.  => Role: control. => Returns a reference. */
struct sl_content *sl_content_get(
    const struct sl_span *values, unsigned n, struct sl_err *err);
void sl_content_put(struct sl_content *); /* NULL: nothing */

/* The number of one of its values.  => Role: control. */
uint32_t sl_content_number(const struct sl_content *, struct sl_span value);

/* Is value 'number' in the packet?  => Role: worker.  => In a read section. */
bool sl_content_is_in(
    const struct sl_content *, unsigned number, struct sl_pkt *pkt);

#endif
