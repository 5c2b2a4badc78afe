/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/reap.h>

#include <conn/shard.h>

static void
chain_push(struct sl_chain *chain, struct sl_conn *c)
{
	c->wheel_next = chain->first ? chain->first->ref + 1 : 0;
	chain->first = c;
	if (!chain->last)
		chain->last = c;
}

void
sl_reap_bury(struct sl_shard *shard, struct sl_conn *c)
{
	chain_push(&shard->limbo.open.chains[c->ref & 1], c);
}

void
sl_reap_expired(struct sl_shard *shard, uint64_t now_ns)
{
	unsigned budget = SL_REAP_BUDGET;
	struct sl_conn *c;

	while (
	    (c = sl_wheel_pop(&shard->wheel, shard->slabs, now_ns, &budget))) {
		if (sl_conn_is_expired(c, now_ns))
			sl_shard_remove(shard, c, SL_COUNTER_CONN_EXPIRED);
		else
			sl_wheel_arm(&shard->wheel, shard->slabs, c);
	}
}

/* Looks at the connection under the hand; true if it gave way. */
static bool
evict_one(struct sl_shard *shard, struct sl_conn *c, uint64_t now_ns)
{
	if (sl_conn_is_expired(c, now_ns))
		sl_shard_remove(shard, c, SL_COUNTER_CONN_EXPIRED);
	else if (!sl_conn_has(c, SL_CONN_ASSURED))
		sl_shard_remove(shard, c, SL_COUNTER_CONN_EVICTED);
	else
		return false;
	return true;
}

/* The slot under the hand, which moves on: through one slab to its end, then
 * through the other. */
static struct sl_conn *
hand_next(struct sl_shard *shard)
{
	struct sl_hand *hand = &shard->hand;

	for (int turn = 0; turn < 3; turn++) {
		struct sl_slab *slab = &shard->slabs[hand->family];

		if (hand->slot[hand->family] < sl_slab_used(slab))
			return sl_slab_at(slab, hand->slot[hand->family]++);
		hand->family ^= 1;
		hand->slot[hand->family] = 0;
	}
	return NULL;
}

bool
sl_reap_evict(struct sl_shard *shard, uint64_t now_ns)
{
	unsigned conns = SL_EVICT_CONNS, slots = SL_EVICT_SLOTS;
	struct sl_conn *c;

	while (conns > 0 && slots-- > 0 && (c = hand_next(shard))) {
		uint32_t bits = sl_conn_bits(c);

		if (!(bits & SL_CONN_CONFIRMED) || (bits & SL_CONN_DYING))
			continue;
		conns--;
		if (evict_one(shard, c, now_ns))
			return true;
	}
	return false;
}

static void
batch_give(struct sl_shard *shard, struct sl_batch *batch)
{
	for (int i = 0; i < 2; i++)
		if (batch->chains[i].first)
			sl_slab_give(&shard->slabs[i], batch->chains[i].first,
			    batch->chains[i].last);
	sl_alias_free_all(batch->aliases);
	*batch = (struct sl_batch){0};
}

static bool
batch_is_empty(const struct sl_batch *batch)
{
	return !batch->chains[0].first && !batch->chains[1].first &&
	       !batch->aliases;
}

/* On the reclaim thread. */
static void
grace_is_over(struct sl_rcu_head *head)
{
	struct sl_limbo *limbo = sl_container_of(head, struct sl_limbo, rcu);

	/* pairs with the acquire in limbo_has_passed() */
	sl_store_release(&limbo->passed, true);
}

static bool
limbo_has_passed(const struct sl_limbo *limbo)
{
	return sl_load_acquire(&((struct sl_limbo *)(uintptr_t)limbo)->passed);
}

void
sl_reap_reclaim(struct sl_shard *shard)
{
	struct sl_limbo *limbo = &shard->limbo;

	if (limbo->is_waiting) {
		if (!limbo_has_passed(limbo))
			return;
		batch_give(shard, &limbo->waiting);
		limbo->is_waiting = false;
	}
	if (batch_is_empty(&limbo->open))
		return;
	limbo->waiting = limbo->open;
	limbo->open = (struct sl_batch){0};
	limbo->is_waiting = true;
	sl_store_relaxed(&limbo->passed, false);
	sl_retire(&limbo->rcu, grace_is_over);
}

bool
sl_reap_is_ready(const struct sl_shard *shard)
{
	const struct sl_limbo *limbo = &shard->limbo;

	return limbo->is_waiting ? limbo_has_passed(limbo)
				 : !batch_is_empty(&limbo->open);
}

void
sl_reap_fini(struct sl_shard *shard)
{
	SL_ASSERT(!shard->limbo.is_waiting || limbo_has_passed(&shard->limbo));
	batch_give(shard, &shard->limbo.open);
	batch_give(shard, &shard->limbo.waiting);
	shard->limbo.is_waiting = false;
}
