/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RCU: liburcu's QSBR flavour behind the words of the house.
 *
 * What it is.  Published pointers wrapped in a struct, so that a plain
 *   dereference does not compile; retirement through call_rcu.
 * Life cycle.  An object is fresh -> published (sl_rcu_publish) -> removed
 *   (sl_rcu_swap) -> retired (sl_retire) -> reclaimed (the callback).
 * Who writes.  The one publisher of each pointer.
 * Who reads.   Registered threads, from one quiescent report to the next.
 * Ordering.    publish is a release, read an acquire (consume in spirit).
 * Bounds.      A worker reports once per batch and is offline in poll().
 *
 * Under QSBR an online thread counts as inside a read section.  A control
 * thread is therefore offline except between sl_rcu_online()/offline(); it must
 * be offline (or have no use for old objects) when it waits for anything.
 */
#ifndef SL_BASE_RCU_H
#define SL_BASE_RCU_H

#include <base/atomic.h>
#include <base/compiler.h>

#include <urcu/urcu-qsbr.h>

/* A published pointer to T. */
#define SL_RCU_PTR(T)                                                          \
	struct {                                                               \
		SL_ATOMIC(T *) rcu;                                            \
	}

/* Reader, inside a read section.  Pairs with sl_rcu_publish(). */
#define sl_rcu_read(p) sl_load_acquire(&(p)->rcu)
/* The sole writer looks at its own pointer. */
#define sl_rcu_own(p) sl_load_relaxed(&(p)->rcu)
/* Contents are final; pairs with sl_rcu_read(). */
#define sl_rcu_publish(p, v) sl_store_release(&(p)->rcu, (v))
/* Before anyone can see the struct. */
#define sl_rcu_init(p, v) atomic_init(&(p)->rcu, (v))
/* Publish 'v' and get the old object, now removed: retire it. */
#define sl_rcu_swap(p, v) sl_exchange_acq_rel(&(p)->rcu, (v))

/* Embedded in an object that is reclaimed after a grace period. */
struct sl_rcu_head {
	struct rcu_head urcu;
	void (*reclaim)(struct sl_rcu_head *);
};

/* A thread registers before its first read section and unregisters last.
 * Registering leaves it offline.  => Role: any. */
void sl_rcu_register(void);
void sl_rcu_unregister(void);
void sl_rcu_online(void);
void sl_rcu_offline(void);

/* The calling thread holds no pointer from any read section. */
void sl_rcu_quiescent(void);

/* Calls 'reclaim(head)' after a grace period, on the reclaim thread.  The
 * object must already be unreachable.  => Role: any registered thread. */
void sl_retire(struct sl_rcu_head *head, void (*reclaim)(struct sl_rcu_head *));

/* Waits for a grace period.  Must not be called by an online thread.
 * => May sleep. */
void sl_rcu_synchronize(void);

/* Waits until every retirement made before the call has been reclaimed.
 * => May sleep.  => Role: main or control, offline. */
void sl_rcu_drain(void);

#endif
