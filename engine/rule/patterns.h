/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many patterns against one stretch of bytes, in one pass of linear time: a
 * Vectorscan database and the working memory of each worker.
 *
 * Life cycle.  sl_patterns_new -> part of something published -> sl_patterns_free after a
 *   grace period.
 * Who writes.  Each worker its own working memory; nobody else anything.
 * Who reads.   Workers.
 * Ordering.    That of whoever publishes it.
 * Bounds.      No pattern makes a scan slower than linear.  Nothing is allocated
 *   by a scan.
 */
#ifndef SL_RULE_PATTERNS_H
#define SL_RULE_PATTERNS_H

#include <base/error.h>

struct sl_patterns;

enum sl_patterns_case { SL_PATTERNS_EXACT, SL_PATTERNS_CASELESS };

/* Patterns in Vectorscan's syntax ("." is any byte).  NULL and err, which says
 * what is wrong with pattern *bad (n: with all of them together).
 * => Role: control. */
struct sl_patterns *sl_patterns_new(const char *const *patterns, unsigned n,
    enum sl_patterns_case how, unsigned *bad, struct sl_err *err);
/* NULL is fine.  => Role: any. */
void sl_patterns_free(struct sl_patterns *);

/* Tells of each pattern that is in the bytes, once.  False: the bytes were not
 * looked at.  => Role: worker. */
typedef void (*sl_patterns_hit_fn)(unsigned pattern, void *arg);
bool sl_patterns_find(const struct sl_patterns *, const uint8_t *bytes,
    uint32_t len, sl_patterns_hit_fn hit, void *arg);

#endif
