/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the configuration has put into the kernel, of one kind (addresses, routes).
 *
 * What it is.  A set of fixed-size records, compared byte by byte (zero the
 *   padding).
 * Life cycle.  begin -> want() each record -> commit: what is no longer wanted is
 *   taken away, what is new is put; forget() after the kernel lost them itself.
 * Who writes.  Control.  Bounds.  Linear in the records, by way of sorting.
 */
#ifndef SL_MIRROR_PLACED_H
#define SL_MIRROR_PLACED_H

#include <base/error.h>

struct sl_placed;

/* Records of 'size' bytes; put(add, record) does it: 0, -errno, or 1: it cannot be
 * now, and that is nobody's mistake.  NULL: no memory. */
struct sl_placed *sl_placed_new(
    size_t size, int (*put)(bool add, const void *record, struct sl_err *err));
/* Takes nothing away.  NULL is fine. */
void sl_placed_free(struct sl_placed *);

void sl_placed_begin(struct sl_placed *);
int sl_placed_want(struct sl_placed *, const void *record, struct sl_err *err);

/* Makes it so.  The first error is returned, everything else is done; what was not
 * put is not remembered as placed, so the next commit tries again. */
int sl_placed_commit(struct sl_placed *, struct sl_err *err);

/* Takes everything away, as at the end of the daemon. */
void sl_placed_clear(struct sl_placed *);

/* The kernel lost what 'gone' says true of. */
void sl_placed_forget(
    struct sl_placed *, bool (*gone)(void *arg, const void *record), void *arg);

#endif
