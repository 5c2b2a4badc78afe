/* SPDX-License-Identifier: Apache-2.0 */
#include <base/control.h>

#include <base/atomic.h>
#include <base/role.h>

#include <pthread.h>

static pthread_mutex_t control_mutex = PTHREAD_MUTEX_INITIALIZER;
static SL_ATOMIC(uint32_t) waiting;
static SL_ATOMIC(uint32_t) turn;
static _Thread_local bool mine;

/*
 * glibc's mutex is not fair: a thread that unlocks and locks at once usually
 * wins again.  A pausing holder therefore waits until a waiter took its turn.
 */
void
sl_control_lock(void)
{
	SL_ASSERT(!mine);
	sl_add_relaxed(&waiting, 1);
	pthread_mutex_lock(&control_mutex);
	sl_add_relaxed(&waiting, (uint32_t)-1);
	sl_add_relaxed(&turn, 1);
	mine = true;
	sl_role_bits |= SL_ROLE_CONTROL;
}

void
sl_control_unlock(void)
{
	SL_ASSERT(mine);
	mine = false;
	sl_role_bits &= ~(unsigned)SL_ROLE_CONTROL;
	pthread_mutex_unlock(&control_mutex);
}

void
sl_control_pause(void)
{
	sl_control_unlock();
}

void
sl_control_resume(void)
{
	sl_control_lock();
}

bool
sl_control_yield(void)
{
	uint32_t seen = sl_load_relaxed(&turn);

	if (!sl_load_relaxed(&waiting))
		return false;
	sl_control_unlock();
	while (sl_load_relaxed(&waiting) && sl_load_relaxed(&turn) == seen)
		sched_yield();
	sl_control_lock();
	return true;
}

bool
sl_control_is_mine(void)
{
	return mine;
}
