/* SPDX-License-Identifier: Apache-2.0 */
#include <base/spin.h>

#include <ck_pr.h>
#include <sched.h>

/* Some ten microseconds: by then the holder is not running, and where workers
 * share a processor it will not run while we look. */
#define SPINS 2000

void
sl_spin_wait(struct sl_spin *s)
{
	do {
		for (unsigned i = 0; sl_load_relaxed(&s->taken); i++) {
			if (i < SPINS)
				ck_pr_stall();
			else
				sched_yield();
		}
	} while (sl_exchange_acq_rel(&s->taken, true));
}
