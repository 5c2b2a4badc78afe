/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/trace.h>

#include <base/addr.h>
#include <mirror/mirror.h>
#include <rule/match.h>

#include <ck_ring.h>
#include <errno.h>
#include <string.h>

struct lane {
	ck_ring_t ring;
	ck_ring_buffer_t slots[SL_TRACE_RING];
	ck_ring_t free_ring;
	ck_ring_buffer_t free_slots[SL_TRACE_RING];
	struct sl_trace_event events[SL_TRACE_RING - 1];
	/* SL_OWNED: the worker's */
	uint64_t packet;	   /* number of the one on its way */
	struct sl_trace_event was; /* its last event: addresses, step */
	/* SL_STATS: the worker writes, control reads, relaxed */
	SL_ATOMIC(uint64_t) lost;
};

struct sl_trace {
	struct sl_rcu_head rcu;
	/* SL_CONST once published */
	struct sl_trace_filter filter;
	uint16_t workers;
	/* control only: where the next look starts */
	uint16_t at;
	struct lane lanes[];
};

struct sl_trace_now sl_trace_now;

/* Control. */

static void
reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct sl_trace, rcu));
}

static void
init_lane(struct lane *l)
{
	ck_ring_init(&l->ring, SL_TRACE_RING);
	ck_ring_init(&l->free_ring, SL_TRACE_RING);
	for (unsigned i = 0; i < SL_COUNT_OF(l->events); i++)
		ck_ring_enqueue_spsc(
		    &l->free_ring, l->free_slots, &l->events[i]);
}

int
sl_trace_start(
    const struct sl_trace_filter *filter, uint16_t workers, struct sl_err *err)
{
	struct sl_trace *t;

	sl_assert_role(SL_ROLE_CONTROL);
	if (sl_rcu_own(&sl_trace_now.trace))
		return sl_err_set(
		    err, -EBUSY, "failure: somebody else is tracing");
	t = calloc(1, sizeof(*t) + workers * sizeof(struct lane));
	if (!t)
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	t->filter = *filter;
	t->workers = workers;
	for (uint16_t i = 0; i < workers; i++)
		init_lane(&t->lanes[i]);
	sl_rcu_publish(&sl_trace_now.trace, t);
	return 0;
}

void
sl_trace_stop(void)
{
	struct sl_trace *t = sl_rcu_swap(&sl_trace_now.trace, NULL);

	if (t)
		sl_retire(&t->rcu, reclaim);
}

bool
sl_trace_next(struct sl_trace_event *out)
{
	struct sl_trace *t = sl_rcu_own(&sl_trace_now.trace);
	struct sl_trace_event *e;

	for (uint16_t i = 0; t && i < t->workers; i++) {
		struct lane *l = &t->lanes[t->at];

		if (ck_ring_dequeue_spsc(&l->ring, l->slots, &e)) {
			*out = *e;
			ck_ring_enqueue_spsc(&l->free_ring, l->free_slots, e);
			return true;
		}
		t->at = (uint16_t)((t->at + 1u) % t->workers);
	}
	return false;
}

uint64_t
sl_trace_lost(void)
{
	struct sl_trace *t = sl_rcu_own(&sl_trace_now.trace);
	uint64_t lost = 0;

	for (uint16_t i = 0; t && i < t->workers; i++)
		lost += sl_load_relaxed(&t->lanes[i].lost);
	return lost;
}

/* Workers. */

static bool
is_within(uint8_t family, const struct sl_addr *a, const struct sl_addr *min,
    const struct sl_addr *max)
{
	unsigned __int128 n = sl_addr_number(family, a);

	return n >= sl_addr_number(family, min) &&
	       n <= sl_addr_number(family, max);
}

static bool
spans(const struct sl_id_span *s, uint16_t id)
{
	return id >= s->lo && id <= s->hi;
}

static bool
matches(const struct sl_trace_filter *f, const struct sl_trace_event *e)
{
	if (f->family && f->family != e->family)
		return false;
	if (f->has_protocol && f->protocol != e->l4proto)
		return false;
	if (f->in_port != SL_PORT_NONE && f->in_port != e->in_port)
		return false;
	if (f->has_src &&
	    !is_within(e->family, &e->src, &f->src_min, &f->src_max))
		return false;
	if (f->has_dst &&
	    !is_within(e->family, &e->dst, &f->dst_min, &f->dst_max))
		return false;
	if ((f->has_src_port || f->has_dst_port) && !e->has_ids)
		return false;
	return (!f->has_src_port || spans(&f->src_port, e->src_id)) &&
	       (!f->has_dst_port || spans(&f->dst_port, e->dst_id));
}

/* What stands in the packet now. */
static void
look_at(const struct sl_pkt *pkt, struct sl_trace_event *e)
{
	const uint8_t *l4 = sl_pkt_l4(pkt);
	bool has_l4 = !(pkt->flags & SL_PKT_LATER_FRAGMENT);

	memset(e, 0, sizeof(*e));
	sl_pkt_addrs(pkt, &e->src, &e->dst);
	e->family = pkt->family;
	e->l4proto = pkt->l4proto;
	e->in_port = pkt->in_port;
	e->out_port = pkt->out_port;
	e->len = pkt->l3_len;
	e->from_host = (pkt->flags & SL_PKT_FROM_HOST) != 0;
	e->has_ids = sl_match_has_ids(pkt);
	if (e->has_ids) {
		e->src_id = sl_get_be16(l4);
		e->dst_id = sl_get_be16(l4 + 2);
	}
	if (pkt->l4proto == IPPROTO_TCP && has_l4 && pkt->l4_len >= 14)
		e->flags = l4[13];
	else if ((pkt->l4proto == IPPROTO_ICMP ||
		     pkt->l4proto == IPPROTO_ICMPV6) &&
		 has_l4 && pkt->l4_len >= 1)
		e->flags = l4[0];
}

static struct lane *
lane_rcu(void)
{
	struct sl_trace *t = sl_rcu_read(&sl_trace_now.trace);

	return t && sl_role_worker < t->workers ? &t->lanes[sl_role_worker]
						: NULL;
}

static void
post(struct lane *l, const struct sl_trace_event *e)
{
	struct sl_trace_event *slot;

	l->was = *e;
	if (!ck_ring_dequeue_spsc(&l->free_ring, l->free_slots, &slot)) {
		sl_bump_relaxed(&l->lost, 1);
		return;
	}
	*slot = *e;
	slot->packet = l->packet;
	slot->worker = sl_role_worker;
	ck_ring_enqueue_spsc(&l->ring, l->slots, slot);
}

static bool
has_changed(const struct sl_trace_event *a, const struct sl_trace_event *b)
{
	return memcmp(&a->src, &b->src, sizeof(a->src)) != 0 ||
	       memcmp(&a->dst, &b->dst, sizeof(a->dst)) != 0 ||
	       (a->has_ids && b->has_ids &&
		   (a->src_id != b->src_id || a->dst_id != b->dst_id));
}

/* A step, and before it what the stages since the last one have rewritten. */
static void
post_step(struct lane *l, struct sl_trace_event *e, enum sl_trace_step step)
{
	if (has_changed(e, &l->was)) {
		e->step = SL_TRACE_NAT;
		post(l, e);
	}
	e->step = (uint8_t)step;
	post(l, e);
}

void
sl_trace_begin(struct sl_pkt *pkt)
{
	struct sl_trace *t = sl_rcu_read(&sl_trace_now.trace);
	struct lane *l = lane_rcu();
	struct sl_trace_event e;

	if (!l || !pkt->family)
		return;
	look_at(pkt, &e);
	if (!sl_trace_wants(pkt) && !matches(&t->filter, &e))
		return;
	pkt->flags |= SL_PKT_TRACED;
	l->packet++;
	e.step = SL_TRACE_PACKET;
	post(l, &e);
}

void
sl_trace_state(const struct sl_pkt *pkt)
{
	struct lane *l = lane_rcu();
	struct sl_trace_event e;

	if (!l)
		return;
	look_at(pkt, &e);
	e.state = pkt->state;
	post_step(l, &e, SL_TRACE_STATE);
}

void
sl_trace_rule(const struct sl_pkt *pkt, uint8_t table, uint32_t item)
{
	struct lane *l = lane_rcu();
	struct sl_trace_event e;

	if (!l)
		return;
	look_at(pkt, &e);
	e.table = table;
	e.item = item;
	post_step(l, &e, SL_TRACE_RULE);
}

void
sl_trace_handed(const struct sl_pkt *pkt, uint16_t owner)
{
	struct lane *l = lane_rcu();
	struct sl_trace_event e;

	if (!l)
		return;
	look_at(pkt, &e);
	e.owner = owner;
	post_step(l, &e, SL_TRACE_HANDED);
}

static enum sl_trace_end
end_of(const struct sl_pkt *pkt)
{
	if ((pkt->flags & SL_PKT_FRAGMENT) &&
	    !(pkt->flags & SL_PKT_REASSEMBLED))
		return SL_TRACE_WAITS_FRAGMENTS;
	if (pkt->out_port == SL_PORT_NONE)
		return SL_TRACE_TO_HOST;
	if (!(pkt->flags & SL_PKT_FROM_HOST) &&
	    pkt->next_hop_state == SL_NEIGH_UNKNOWN)
		return SL_TRACE_WAITS_NEIGHBOR;
	return SL_TRACE_SENT;
}

void
sl_trace_end(const struct sl_pkt *pkt, enum sl_verdict verdict)
{
	struct lane *l = lane_rcu();
	struct sl_trace_event e;

	if (!l || (verdict != SL_DROP && l->was.step == SL_TRACE_HANDED))
		return;
	if (verdict == SL_DROP) { /* a reply may have undone translations */
		e = l->was;
		e.step = SL_TRACE_END;
		e.end = SL_TRACE_DROPPED;
		e.reason = sl_drop_last;
		post(l, &e);
		return;
	}
	look_at(pkt, &e);
	e.end = (uint8_t)end_of(pkt);
	post_step(l, &e, SL_TRACE_END);
}
