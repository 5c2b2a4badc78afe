/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waking a worker that sleeps in poll().
 *
 * What it is.  An eventfd and a flag that says whether anybody sleeps on it.
 * Who writes.  The sleeper sets and clears the flag; anybody may wake.
 * Ordering.    The sleeper stores the flag, then (full fence) looks for work once
 *   more; a waker makes work visible, then (full fence) reads the flag: one of
 *   the two sees the other.
 * Bounds.      A wake of somebody awake is two loads and no system call.
 */
#ifndef SL_BASE_WAKE_H
#define SL_BASE_WAKE_H

#include <base/atomic.h>
#include <base/error.h>

struct sl_wake {
	SL_ATOMIC(uint32_t) asleep; /* SL_SHARED */
	int fd;			    /* SL_CONST: in the sleeper's poll set */
};

int sl_wake_init(struct sl_wake *, struct sl_err *err);
void sl_wake_fini(struct sl_wake *);

/* The owner is about to sleep: it must look for work once more after this.
 * => Owner only. */
void sl_wake_prepare(struct sl_wake *);
/* The owner is awake again. => Owner only. */
void sl_wake_done(struct sl_wake *);

/* There is work, already visible to the owner. => Role: any. */
void sl_wake_up(struct sl_wake *);

#endif
