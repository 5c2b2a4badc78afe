/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spinlock for what several workers change in a few dozen nanoseconds, and only
 * where an established connection's packets do not come by unless a rule sends
 * them there.  Not fair; a holder does nothing that waits.
 */
#ifndef SL_BASE_SPIN_H
#define SL_BASE_SPIN_H

#include <base/atomic.h>
#include <base/compiler.h>

struct sl_spin {
	SL_ATOMIC(bool) taken; /* SL_SHARED */
};

/* The rest of sl_spin_lock(): waits. */
void sl_spin_wait(struct sl_spin *);

static inline void
sl_spin_lock(struct sl_spin *s)
{
	/* pairs with the release in sl_spin_unlock() */
	if (sl_unlikely(sl_exchange_acq_rel(&s->taken, true)))
		sl_spin_wait(s);
}

static inline void
sl_spin_unlock(struct sl_spin *s)
{
	sl_store_release(&s->taken, false);
}

#endif
