/* SPDX-License-Identifier: Apache-2.0 */
#include <related/related.h>

#include <conn/expect.h>
#include <conn/watch.h>
#include <packet/reply.h>
#include <related/datagram.h>
#include <related/segment.h>
#include <related/tie.h>

#include <errno.h>

/* SL_CONST while workers run; by worker. */
static struct sl_related *all[SL_WORKERS_MAX];

/* A helped connection ended. */
static void
gone(struct sl_conn *c)
{
	struct sl_related *rel = all[c->owner];
	struct sl_help_session *s = rel ? sl_help_session_find(rel, c) : NULL;

	if (s)
		sl_help_session_end(rel, s);
}

int
sl_related_init(struct sl_related *rel, struct sl_track *track,
    const struct sl_related_way *way, struct sl_err *err)
{
	rel->worker = track->worker;
	rel->track = track;
	rel->way = *way;
	rel->store = (struct sl_store){.max = SL_RELATED_BYTES};
	sl_expected_init(&rel->expected);
	if (sl_help_sessions_init(&rel->sessions))
		return sl_err_set(err, -ENOMEM, "out of memory");
	all[rel->worker] = rel;
	sl_conn_watch(SL_CONN_HELPED, gone);
	return 0;
}

void
sl_related_fini(struct sl_related *rel)
{
	if (!rel->sessions.buckets)
		return;
	sl_help_sessions_fini(rel);
	sl_expected_fini(&rel->expected);
	sl_store_fini(&rel->store);
	all[rel->worker] = NULL;
}

/* The helper for the server's port, as the client or as the server knows it. */
static struct sl_helper *
helper_of(const struct sl_conn *c)
{
	struct sl_tuple orig, reply;
	struct sl_helper *h;

	if (c->l4proto != IPPROTO_TCP && c->l4proto != IPPROTO_UDP)
		return NULL;
	sl_conn_tuple(c, SL_ORIG, &orig);
	sl_conn_tuple(c, SL_REPLY, &reply);
	h = sl_helpers_at_rcu(c->family, c->l4proto, ntohs(orig.dst_id));
	return h ? h
		 : sl_helpers_at_rcu(
		       c->family, c->l4proto, ntohs(reply.src_id));
}

static void
detach(struct sl_conn *c)
{
	sl_store_relaxed(&c->bits, sl_conn_bits(c) & ~(uint32_t)SL_CONN_HELPED);
}

/* A handshake that may be a flood's costs no session: it begins with the first
 * segment after the SYN/ACK, which tells the numbers of both streams. */
static bool
is_time(const struct sl_pkt *pkt)
{
	struct sl_segment seg;

	if (pkt->l4proto == IPPROTO_UDP)
		return true;
	if (!sl_segment_read(&seg, (struct sl_pkt *)(uintptr_t)pkt) ||
	    (seg.flags & (SL_TCP_SYN | SL_TCP_RST)))
		return false;
	return (pkt->flags & SL_PKT_NEW_CONN) ||
	       sl_conn_has(pkt->conn, SL_CONN_SEEN_REPLY);
}

/* NULL: not yet, or never. */
static struct sl_help_session *
begin(struct sl_related *rel, struct sl_pkt *pkt)
{
	struct sl_help_session *s = NULL;
	struct sl_helper *h;

	if (!is_time(pkt))
		return NULL;
	h = helper_of(pkt->conn);
	if (h)
		s = sl_help_session_begin(rel, pkt->conn, h);
	if (!s)
		detach(pkt->conn);
	return s;
}

/* The first packet: an expectation may name the helper, and knows it only now.
 * False: none. */
static bool
attach(struct sl_related *rel, struct sl_pkt *pkt)
{
	const struct sl_expectation *e = pkt->expected;
	struct sl_helper *h = NULL;

	if (e && e->attach)
		h = sl_helpers_numbered_rcu(e->attach);
	if (h && !sl_help_session_begin(rel, pkt->conn, h))
		return false;
	if (!h && !(h = helper_of(pkt->conn)))
		return false;
	sl_conn_set_bits_owned(pkt->conn, SL_CONN_HELPED);
	sl_event_attached(&rel->events, pkt, h);
	return true;
}

/* False: what expected it has ended since it was asked. */
static bool
is_tied_if_need_be(struct sl_pkt *pkt)
{
	const struct sl_expectation *e =
	    pkt->flags & SL_PKT_NEW_CONN ? pkt->expected : NULL;

	return !e || !(e->flags & SL_EXPECT_TIED) || sl_tie_add(pkt->conn, e);
}

void
sl_related_arrive_helped(struct sl_related *rel, struct sl_pkt *pkt)
{
	struct sl_help_session *s;

	if (pkt->l4proto != IPPROTO_TCP || (pkt->flags & SL_PKT_ICMP_ERROR))
		return;
	s = sl_help_session_find(rel, pkt->conn);
	if (s)
		sl_stream_arrive(s, pkt);
}

static enum sl_verdict
show(struct sl_related *rel, struct sl_help_session *s, struct sl_pkt *pkt)
{
	enum sl_verdict v;

	sl_call_renew(rel, s);
	v = pkt->l4proto == IPPROTO_TCP ? sl_stream_leave(rel, s, pkt)
					: sl_datagram_leave(rel, s, pkt);
	if (s->keep_ns > sl_load_relaxed(&s->conn->deadline_ns))
		sl_shard_refresh(rel->track->shard, s->conn, s->keep_ns);
	return v;
}

enum sl_verdict
sl_related_leave_helped(struct sl_related *rel, struct sl_pkt *pkt)
{
	struct sl_help_session *s;

	if (!pkt->conn)
		return SL_GO;
	if (pkt->flags & SL_PKT_ICMP_ERROR) {
		s = sl_help_session_find(rel, pkt->conn);
		if (s && pkt->conn->l4proto == IPPROTO_TCP)
			sl_stream_quote(s, pkt);
		return SL_GO;
	}
	if (!is_tied_if_need_be(pkt))
		return sl_drop(SL_DROP_CLASH);
	if ((pkt->flags & SL_PKT_NEW_CONN) && pkt->expected)
		sl_event_opened(&rel->events, pkt);
	if (!sl_conn_has(pkt->conn, SL_CONN_HELPED) && !attach(rel, pkt))
		return SL_GO;
	s = sl_help_session_find(rel, pkt->conn);
	if (!s)
		s = begin(rel, pkt);
	if (s)
		return show(rel, s, pkt);
	return pkt->l4proto == IPPROTO_TCP ? sl_stream_strip_syn(pkt) : SL_GO;
}

void
sl_related_undo(struct sl_related *rel, struct sl_pkt *pkt)
{
	struct sl_help_session *s = NULL;

	if (sl_related_is_helped(pkt))
		s = sl_help_session_find(rel, pkt->conn);
	if (s && s->arrived == pkt)
		sl_stream_undo(s, pkt);
}

void
sl_related_tick(struct sl_related *rel, uint64_t now_ns)
{
	sl_expecting_tick(rel, now_ns);
}
