/* SPDX-License-Identifier: Apache-2.0 */
#include <base/role.h>

#include <pthread.h>

_Thread_local unsigned sl_role_bits;
_Thread_local uint16_t sl_role_worker;

void
sl_role_enter(unsigned roles, uint16_t worker, const char *name)
{
	SL_ASSERT(worker < SL_WORKERS_MAX);
	sl_role_bits = roles;
	sl_role_worker = worker;
	pthread_setname_np(pthread_self(), name); /* for ps -L and gdb only */
}
