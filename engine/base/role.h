/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thread roles.  Every thread of the process says once what it is; entry
 * points assert it.  A worker moves packets; control serves configuration and
 * commands and is, at any moment, the one thread that holds the control lock
 * (base/control.h).  A single-threaded program (replay, unit test) is both.
 */
#ifndef SL_BASE_ROLE_H
#define SL_BASE_ROLE_H

#include <base/compiler.h>

#define SL_WORKERS_MAX 128

enum sl_role {
	SL_ROLE_NONE = 0,
	SL_ROLE_MAIN = 1 << 0,
	SL_ROLE_CONTROL = 1 << 1,
	SL_ROLE_WORKER = 1 << 2,
};

/* Names the calling thread and gives it its roles (a set of sl_role bits) and,
 * for a worker, its number, below SL_WORKERS_MAX.  => Role: any. */
void sl_role_enter(unsigned roles, uint16_t worker, const char *name);

extern _Thread_local unsigned sl_role_bits;
extern _Thread_local uint16_t sl_role_worker;

static inline bool
sl_role_is(enum sl_role role)
{
	return (sl_role_bits & role) != 0;
}

#ifdef NDEBUG
#define sl_assert_role(role) ((void)0)
#else
#define sl_assert_role(role) SL_ASSERT(sl_role_is(role))
#endif

#endif
