/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control lock: who holds it has the control role.
 *
 * What it is.  One mutex.  Sessions (console, API), the netlink reader and the
 *   log drain are threads that take turns under it; at any moment one thread
 *   configures, so control code needs no further locks.
 * Life cycle.  Static.
 * Who takes it.  Control threads only; a worker never does, hence a holder may
 *   wait for a grace period.
 * Bounds.  A holder that must wait for something slow (a client's socket, a
 *   timer) lets go first: sl_control_pause() ... sl_control_resume().
 */
#ifndef SL_BASE_CONTROL_H
#define SL_BASE_CONTROL_H

#include <base/compiler.h>

/* Takes or gives back the control lock.  Not recursive.
 * => Role: any but a worker thread.  => May sleep. */
void sl_control_lock(void);
void sl_control_unlock(void);

/* Lets the others run, and takes the lock again: whatever the caller read
 * before (pointers to items, snapshots) may be gone after resume.
 * => Role: control.  => May sleep. */
void sl_control_pause(void);
void sl_control_resume(void);

/* Gives waiting control threads a chance to run; cheap when nobody waits.
 * Returns true if the lock was given up in between. */
bool sl_control_yield(void);

/* True while the calling thread holds the lock; for assertions. */
bool sl_control_is_mine(void);

#endif
