/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/live.h>

#include <base/clock.h>

#include <string.h>

static uint16_t n_workers = SL_WORKERS_MAX;

void
sl_live_set_workers(uint16_t workers)
{
	SL_ASSERT(workers > 0 && workers <= SL_WORKERS_MAX);
	n_workers = workers;
}

uint16_t
sl_live_workers(void)
{
	return n_workers;
}

struct sl_live *
sl_live_new(void)
{
	size_t size =
	    sizeof(struct sl_live) + n_workers * sizeof(struct sl_live_slot);
	struct sl_live *live = aligned_alloc(SL_CACHE_LINE, size);

	if (!live)
		return NULL;
	memset(live, 0, size);
	live->workers = n_workers;
	live->refs = 1;
	return live;
}

struct sl_live *
sl_live_get(struct sl_live *live)
{
	live->refs++;
	return live;
}

static void
reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct sl_live, rcu));
}

void
sl_live_put(struct sl_live *live)
{
	if (!live || --live->refs)
		return;
	for (unsigned kind = 0; kind < SL_MEMO_KINDS; kind++)
		sl_memo_put(live->memos[kind]);
	sl_retire(&live->rcu, reclaim);
}

static void
sum(const struct sl_live *live, uint64_t *packets, uint64_t *bytes)
{
	*packets = *bytes = 0;
	for (unsigned i = 0; i < live->workers; i++) {
		const struct sl_live_slot *s = &live->slot[i];

		*packets += sl_load_relaxed(&s->packets);
		*bytes += sl_load_relaxed(&s->bytes);
	}
}

void
sl_live_read(const struct sl_live *live, uint64_t *packets, uint64_t *bytes)
{
	sum(live, packets, bytes);
	*packets -= live->base_packets;
	*bytes -= live->base_bytes;
}

void
sl_live_reset(struct sl_live *live)
{
	sum(live, &live->base_packets, &live->base_bytes);
}

void
sl_live_set_limit(struct sl_live *live, uint64_t cost, uint64_t depth)
{
	if (live->limit_cost == cost && live->limit_depth == depth)
		return;
	live->limit_cost = cost;
	live->limit_depth = depth;
	sl_store_relaxed(&live->limit, 0);
}

/*
 * Generic cell rate algorithm: the bucket's fill is kept as the one instant at
 * which it will be full again, so a take is one compare-and-swap.
 */
bool
sl_live_take(SL_ATOMIC(uint64_t) * tat, uint64_t now_ns, uint64_t need,
    uint64_t cost, uint64_t depth)
{
	uint64_t now = now_ns * 64, seen = sl_load_relaxed(tat), full;

	do {
		full = SL_MAX(seen, now);
		if (full + need > now + depth)
			return false;
	} while (!sl_cas_acq_rel(tat, &seen, full + cost)); /* with itself */
	return true;
}
