/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index while it grows: what was inserted is found at every moment.
 *
 * What it is.  One writer fills index after index, and migrates each grow in
 *   one go; readers look for entries that were announced before.
 * What would show a mistake.  A reader that misses an announced entry: because
 *   it was cleared before it was stored anew, because the reader asked for the
 *   next array too early, because an overflow count was lowered too early.  Or
 *   a crash, if an old array went before its readers.
 * Ordering.    'announced' is stored with release after the insertion, loaded
 *   with acquire before the search.
 * Bounds.      INDEXES times ENTRIES insertions; readers stop with the writer.
 */
#include <conn/index.h>

#include <base/role.h>

#include <pthread.h>
#include <stdio.h>

enum { INDEXES = 1500, ENTRIES = 1500, READERS = 2, BATCH = 64 };

struct world {
	struct sl_rcu_head rcu;
	struct sl_index index;
	SL_ATOMIC(uint32_t) announced;
};

static SL_RCU_PTR(struct world) current;
static SL_ATOMIC(bool) done;
static SL_ATOMIC(uint64_t) finds, missed;

/* Every eighth tag falls in one of few buckets: they overflow. */
static uint32_t
tag_of(uint32_t n)
{
	uint32_t tag = n * 2654435761u;

	return n % 8 ? tag : tag | 0xf8000000u;
}

static bool
is_link(void *arg, uint32_t link)
{
	return link == *(const uint32_t *)arg;
}

static void *
run_reader(void *arg)
{
	uint32_t x = *(uint32_t *)arg;

	sl_rcu_register();
	sl_rcu_online();
	while (!sl_load_relaxed(&done)) {
		struct world *w = sl_rcu_read(&current);
		/* pairs with the release in fill() */
		uint32_t n = sl_load_acquire(&w->announced);

		for (int i = 0; i < BATCH && n > 0; i++) {
			uint32_t link;

			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			link = 1 + x % n;
			if (!sl_index_find_rcu(
				&w->index, tag_of(link - 1), is_link, &link))
				sl_add_relaxed(&missed, 1);
		}
		sl_add_relaxed(&finds, BATCH);
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	return NULL;
}

static struct world *
world_new(void)
{
	struct world *w = aligned_alloc(SL_CACHE_LINE, sizeof(*w));

	SL_ASSERT(w && sl_index_init(&w->index) == 0);
	sl_store_relaxed(&w->announced, 0);
	return w;
}

static void
world_reclaim(struct sl_rcu_head *head)
{
	struct world *w = sl_container_of(head, struct world, rcu);

	sl_index_fini(&w->index);
	free(w);
}

static void
fill(struct world *w)
{
	for (uint32_t n = 0; n < ENTRIES; n++) {
		SL_ASSERT(sl_index_reserve(&w->index, 1) == 0);
		sl_index_insert(&w->index, tag_of(n), n + 1);
		/* pairs with the acquire in run_reader() */
		sl_store_release(&w->announced, n + 1);
		sl_index_step(&w->index, UINT32_MAX);
	}
}

int
main(void)
{
	pthread_t readers[READERS];
	uint32_t seeds[READERS] = {2463534242u, 362436069u};

	sl_rcu_register();
	sl_rcu_online();
	sl_rcu_init(&current, world_new());
	for (int i = 0; i < READERS; i++)
		SL_ASSERT(pthread_create(
			      &readers[i], NULL, run_reader, &seeds[i]) == 0);
	for (int i = 0; i < INDEXES; i++) {
		struct world *old;

		fill(sl_rcu_own(&current));
		old = sl_rcu_swap(&current, world_new());
		sl_retire(&old->rcu, world_reclaim);
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_store_relaxed(&done, true);
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	sl_rcu_drain();
	world_reclaim(&sl_rcu_own(&current)->rcu);
	sl_rcu_unregister();
	printf("%lu finds, %lu missed\n",
	    (unsigned long)sl_load_relaxed(&finds),
	    (unsigned long)sl_load_relaxed(&missed));
	return sl_load_relaxed(&missed) != 0;
}
