/* SPDX-License-Identifier: Apache-2.0 */
#include <path/reply.h>

#include <path/worker.h>

#include <mirror/mirror.h>
#include <rule/rule.h>
#include <track/trackers.h>

#define REPLY_COST_NS	(SL_NS_PER_SEC / SL_REPLY_PER_S)
#define GLOBAL_BURST_NS (50 * REPLY_COST_NS)

static bool
global_allows(struct sl_reply_limit *l, uint64_t now)
{
	uint64_t credit = l->global_credit_ns + (now - l->global_last_ns);

	l->global_credit_ns = SL_MIN(credit, (uint64_t)GLOBAL_BURST_NS);
	l->global_last_ns = now;
	if (l->global_credit_ns < REPLY_COST_NS)
		return false;
	l->global_credit_ns -= REPLY_COST_NS;
	return true;
}

static bool
target_allows(struct sl_reply_limit *l, const struct sl_addr *target,
    uint32_t spacing_ms, uint64_t now)
{
	uint64_t hash = sl_hash_words(target->u.q, 2);
	uint32_t tag = (uint32_t)(hash >> 32),
		 cap = SL_REPLY_BURST * spacing_ms;
	uint32_t i = (uint32_t)hash % SL_REPLY_TARGETS;
	uint64_t earned;

	if (!spacing_ms)
		return true;
	if (l->target[i].tag != tag) {
		l->target[i].tag = tag;
		l->target[i].credit_ms = cap;
		l->target[i].last_ns = now;
	}
	earned = (now - l->target[i].last_ns) / SL_NS_PER_MS;
	/* Whole milliseconds only: who asks more often loses no fraction. */
	l->target[i].last_ns += earned * SL_NS_PER_MS;
	earned += l->target[i].credit_ms;
	l->target[i].credit_ms = (uint32_t)SL_MIN(earned, (uint64_t)cap);
	if (l->target[i].credit_ms < spacing_ms)
		return false;
	l->target[i].credit_ms -= spacing_ms;
	return true;
}

static bool
may_reply(struct sl_worker *w, const struct sl_addr *target, bool spaced)
{
	uint32_t ms = sl_load_relaxed(&w->engine->ip.icmp_rate_ms);
	uint64_t now = sl_now_ns();

	if ((!spaced || target_allows(&w->replies, target, ms, now)) &&
	    global_allows(&w->replies, now))
		return true;
	sl_drop(SL_DROP_REPLY_LIMIT);
	return false;
}

/* packet/reply knows the well-known addresses that are not one host's, the mirror
 * knows the broadcast addresses of subnets (RFC 1122 3.2.2). */
static bool
is_to_subnet(const struct sl_pkt *pkt)
{
	struct sl_addr src, dst;

	sl_pkt_addrs(pkt, &src, &dst);
	return sl_mirror_addr_type_rcu(pkt->family, &dst) == SL_ROUTE_BROADCAST;
}

/* The packet as its sender sent it: only the destination has been translated
 * when a reply is due. */
void
sl_reply_undo_dstnat(struct sl_pkt *pkt)
{
	const struct sl_tracker_ops *ops;
	struct sl_rewrite rw;
	struct sl_tuple now;

	if (!pkt->conn || (pkt->flags & SL_PKT_ICMP_ERROR) ||
	    !sl_conn_has(pkt->conn, SL_CONN_SRCNAT | SL_CONN_DSTNAT))
		return;
	sl_conn_leaving(pkt->conn, pkt->dir, &now);
	now.src = pkt->tuple.src;
	now.src_id = pkt->tuple.src_id;
	ops = &sl_trackers_slot(pkt->tracker)->ops;
	sl_edit_plan(&now, &pkt->tuple, &rw);
	sl_edit_rewrite(pkt, &ops->layout, &rw, SL_EDIT_DST | SL_EDIT_DST_ID);
}

void
sl_reply_send(
    struct sl_worker *w, const struct sl_pkt *pkt, uint8_t *frame, uint32_t len)
{
	struct sl_pkt reply = {.data = frame, .len = len, .room = len};

	if (pkt->flags & SL_PKT_FROM_HOST)
		sl_worker_tx_host(w, pkt->out_port, &reply);
	else
		sl_worker_tx_wire(w, pkt->in_port, &reply);
}

void
sl_reply_with_icmp(struct sl_worker *w, struct sl_pkt *pkt, uint8_t type,
    uint8_t code, uint32_t info)
{
	uint16_t port =
	    pkt->flags & SL_PKT_FROM_HOST ? pkt->out_port : pkt->in_port;
	struct sl_addr src, dst, own;
	uint32_t mask = sl_load_relaxed(&w->engine->ip.icmp_rate_mask), len;
	uint8_t *frame;

	if (!sl_reply_may_icmp(pkt) || is_to_subnet(pkt))
		return;
	sl_pkt_addrs(pkt, &src, &dst);
	if (!sl_mirror_port_addr_rcu(port, pkt->family, &src, &own))
		return;
	if (!may_reply(w, &src, pkt->family == SL_IPV6 || (mask >> type & 1)))
		return;
	sl_related_undo(&w->related, pkt);
	sl_reply_undo_dstnat(pkt);
	frame = sl_worker_scratch(w, SL_REPLY_MAX);
	len = sl_reply_icmp(pkt, &own, type, code, info, frame);
	if (!len)
		return;
	sl_count(SL_COUNTER_ICMP_SENT, 1);
	sl_reply_send(w, pkt, frame, len);
}

uint8_t *
sl_reply_make_tcp(struct sl_worker *w, const struct sl_pkt *pkt,
    const struct sl_tcp_answer *a, uint32_t *len)
{
	struct sl_addr src, dst;
	uint8_t *frame;

	sl_pkt_addrs(pkt, &src, &dst);
	if (is_to_subnet(pkt) || !may_reply(w, &src, false))
		return NULL;
	frame = sl_worker_scratch(w, SL_REPLY_MAX);
	*len = sl_reply_tcp(pkt, a, frame);
	return *len ? frame : NULL;
}

static void
reply_with_reset(struct sl_worker *w, struct sl_pkt *pkt)
{
	struct sl_addr src, dst;
	uint8_t *frame;
	uint32_t len;

	sl_pkt_addrs(pkt, &src, &dst);
	if (is_to_subnet(pkt) || !may_reply(w, &src, false))
		return;
	sl_related_undo(&w->related, pkt);
	sl_reply_undo_dstnat(pkt);
	frame = sl_worker_scratch(w, SL_REPLY_MAX);
	len = sl_reply_tcp_reset(pkt, frame);
	if (!len)
		return;
	sl_count(SL_COUNTER_RST_SENT, 1);
	sl_reply_send(w, pkt, frame, len);
}

void
sl_reply_with_reject(struct sl_worker *w, struct sl_pkt *pkt, uint8_t how)
{
	const struct sl_reject_how *r = &sl_reject_how[how];

	if (!r->reset)
		sl_reply_with_icmp(w, pkt, r->type, r->code, 0);
	else if (pkt->l4proto == IPPROTO_TCP)
		reply_with_reset(w, pkt);
}
