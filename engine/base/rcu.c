/* SPDX-License-Identifier: Apache-2.0 */
#include <base/rcu.h>

/*
 * Debian's liburcu is not built with compiler atomics, so ThreadSanitizer does
 * not see that a grace period orders readers before reclamation.  Under TSan
 * every quiescent report releases one word and every reclamation acquires it.
 */
#if defined(__SANITIZE_THREAD__)
#define SHOW_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SHOW_TSAN 1
#endif
#endif

#ifdef SHOW_TSAN
static SL_ATOMIC(uint32_t) tsan_order;
#define reader_is_done()                                                       \
	(void)atomic_fetch_add_explicit(&tsan_order, 1, memory_order_acq_rel)
#define readers_are_done() (void)sl_load_acquire(&tsan_order)
#else
#define reader_is_done()   ((void)0)
#define readers_are_done() ((void)0)
#endif

void
sl_rcu_register(void)
{
	urcu_qsbr_register_thread();
	urcu_qsbr_thread_offline();
}

void
sl_rcu_unregister(void)
{
	reader_is_done();
	urcu_qsbr_unregister_thread();
}

void
sl_rcu_online(void)
{
	urcu_qsbr_thread_online();
}

void
sl_rcu_offline(void)
{
	reader_is_done();
	urcu_qsbr_thread_offline();
}

void
sl_rcu_quiescent(void)
{
	reader_is_done();
	urcu_qsbr_quiescent_state();
}

static void
reclaim_one(struct rcu_head *urcu)
{
	struct sl_rcu_head *head =
	    sl_container_of(urcu, struct sl_rcu_head, urcu);

	readers_are_done();
	head->reclaim(head);
}

void
sl_retire(struct sl_rcu_head *head, void (*reclaim)(struct sl_rcu_head *))
{
	bool was_online = urcu_qsbr_read_ongoing();

	head->reclaim = reclaim;
	reader_is_done(); /* what the retiring thread wrote is seen by reclaim */
	if (!was_online)  /* call_rcu asks for an online caller */
		urcu_qsbr_thread_online();
	urcu_qsbr_call_rcu(&head->urcu, reclaim_one);
	if (!was_online)
		urcu_qsbr_thread_offline();
}

void
sl_rcu_synchronize(void)
{
	urcu_qsbr_synchronize_rcu();
	readers_are_done();
}

void
sl_rcu_drain(void)
{
	urcu_qsbr_barrier();
}
