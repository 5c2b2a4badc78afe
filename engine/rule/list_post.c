/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/list_post.h>

#include <base/counters.h>
#include <rule/addrlist.h>

#include <stdio.h>
#include <string.h>

/* One writer, one reader: head and tail only count up. */
struct ring {
	/* SL_SHARED: the worker writes head, control tail; both release */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint32_t) head;
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint32_t) tail;
	/* tail..head: control's; the rest: the worker's */
	struct sl_list_post posts[SL_LIST_POSTS];
};
_Static_assert((SL_LIST_POSTS & (SL_LIST_POSTS - 1)) == 0, "head may wrap");

static SL_ATOMIC(struct ring *) rings[SL_WORKERS_MAX];

static struct ring *
own_ring(void)
{
	struct ring *r = sl_load_relaxed(&rings[sl_role_worker]);

	if (r)
		return r;
	r = aligned_alloc(SL_CACHE_LINE, sizeof(*r)); /* the first post only */
	if (!r)
		return NULL;
	memset(r, 0, sizeof(*r));
	/* set up before control sees it; pairs with sl_list_post_next() */
	sl_store_release(&rings[sl_role_worker], r);
	return r;
}

/* Where the next post goes; NULL: no room. */
static struct sl_list_post *
free_post(struct ring *r)
{
	uint32_t head = sl_load_relaxed(&r->head);

	/* control is done with the slot; pairs with sl_list_post_next() */
	if (head - sl_load_acquire(&r->tail) == SL_LIST_POSTS)
		return NULL;
	return &r->posts[head % SL_LIST_POSTS];
}

/* Would posting change anything worth telling?  A refresh of less than 1/16 of
 * the timeout waits. */
static bool
is_news(const struct sl_rule *rule, const struct sl_addr *addr, uint64_t now_ns,
    uint64_t deadline)
{
	uint64_t until;

	if (!sl_addrlist_until_rcu(rule->list, addr, now_ns, &until))
		return true;
	return until < deadline &&
	       deadline - until > rule->list_timeout_ns / 16;
}

void
sl_list_post(
    const struct sl_rule *rule, const struct sl_addr *addr, uint64_t now_ns)
{
	uint64_t deadline = rule->list_timeout_ns
				? now_ns + rule->list_timeout_ns
				: SL_ADDRLIST_FOREVER;
	struct sl_list_post *post;
	struct ring *r;

	if (!is_news(rule, addr, now_ns, deadline))
		return;
	r = own_ring();
	post = r ? free_post(r) : NULL;
	if (!post) {
		sl_count(SL_COUNTER_LIST_LOST, 1);
		return;
	}
	post->addr = *addr;
	post->family = sl_addrlist_family(rule->list);
	post->is_static = rule->list_static;
	post->deadline_ns = deadline;
	snprintf(
	    post->list, sizeof(post->list), "%s", sl_addrlist_name(rule->list));
	/* pairs with sl_list_post_next() */
	sl_store_release(&r->head, sl_load_relaxed(&r->head) + 1);
}

bool
sl_list_post_next(struct sl_list_post *out)
{
	static unsigned last; /* who posted what was taken last */

	for (unsigned i = 1; i <= SL_WORKERS_MAX; i++) {
		unsigned worker = (last + i) % SL_WORKERS_MAX;
		/* pairs with own_ring() */
		struct ring *r = sl_load_acquire(&rings[worker]);
		uint32_t tail = r ? sl_load_relaxed(&r->tail) : 0;

		/* pairs with sl_list_post() */
		if (!r || sl_load_acquire(&r->head) == tail)
			continue;
		*out = r->posts[tail % SL_LIST_POSTS];
		/* pairs with free_post() */
		sl_store_release(&r->tail, tail + 1);
		last = worker;
		return true;
	}
	return false;
}
