/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/expected.h>

#include <conn/expect.h>
#include <conn/sent.h>

#include <string.h>

static bool
is_same(const struct sl_addr *a, const struct sl_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool
sl_expected_decides(const struct sl_pkt *pkt, enum sl_nat_side side)
{
	const struct sl_expectation *e = pkt->expected;

	return e && (side == SL_NAT_DST || pkt->expected_mate ||
			is_same(&pkt->tuple.src, &e->source));
}

static void
ask_for(struct sl_nat_request *req, const struct sl_addr *addr, sl_be16 id)
{
	req->has_addr = true;
	req->addr_min = req->addr_max = *addr;
	if (!id)
		return;
	req->has_port = true;
	req->port_min = req->port_max = ntohs(id);
}

/* The source: what the mate goes to, else what the other side knows; nothing where
 * that is what the packet has. */
static void
ask_for_src(const struct sl_pkt *pkt, struct sl_nat_request *req)
{
	const struct sl_expectation *e = pkt->expected;
	const struct sl_expectation *mate = pkt->expected_mate;
	const struct sl_tuple *t = &pkt->tuple;

	if (mate) {
		if (is_same(&mate->want.dst, &t->src) &&
		    mate->want.dst_id == t->src_id)
			return;
		req->reserved = true;
		ask_for(req, &mate->want.dst, mate->want.dst_id);
	} else if (!is_same(&e->shown, &t->src)) {
		ask_for(req, &e->shown, 0);
	}
	req->masquerade = e->masquerade;
}

/* Ids of receivers only: both directions were announced, and nothing is to be
 * chosen. */

static void
lead(struct sl_conn *conn, const struct sl_expectation *e)
{
	struct sl_tuple reply;

	sl_conn_tuple(conn, SL_REPLY, &reply);
	reply.src = e->to.addr;
	sl_conn_set_tuple(conn, SL_REPLY, &reply);
	sl_conn_set_leave_id_owned(conn, SL_ORIG, e->to.id);
	if (!is_same(&e->to.addr, &e->want.dst) || e->to.id != e->want.dst_id)
		sl_conn_set_bits_owned(conn, SL_CONN_DSTNAT);
}

static bool
lead_back(struct sl_track *track, struct sl_pkt *pkt)
{
	const struct sl_expectation *e = pkt->expected;
	const struct sl_expectation *mate = pkt->expected_mate;
	struct sl_conn *conn = pkt->conn;
	struct sl_tuple reply;
	uint32_t bits = e->masquerade ? SL_CONN_MASQUERADE : 0;

	sl_conn_tuple(conn, SL_REPLY, &reply);
	reply.dst = mate->want.dst;
	reply.src_id = 0;
	reply.dst_id = mate->want.dst_id;
	if (!sl_table_reply_is_free_rcu(track->table, &reply, pkt->now_ns))
		return false;
	sl_conn_set_tuple(conn, SL_REPLY, &reply);
	sl_conn_set_leave_id_owned(conn, SL_REPLY, mate->to.id);
	if (!is_same(&reply.dst, &pkt->tuple.src) ||
	    mate->to.id != mate->want.dst_id)
		bits |= SL_CONN_SRCNAT;
	sl_conn_set_bits_owned(conn, bits);
	sl_sent_add_owned(conn);
	conn->out_port = pkt->out_port;
	return true;
}

static enum sl_verdict
setup_ids(struct sl_track *track, struct sl_pkt *pkt, enum sl_nat_side side)
{
	if (side == SL_NAT_DST)
		lead(pkt->conn, pkt->expected);
	else if (!lead_back(track, pkt))
		return sl_drop(SL_DROP_NAT_PORTS);
	return SL_GO;
}

enum sl_verdict
sl_expected_setup(
    struct sl_track *track, struct sl_pkt *pkt, enum sl_nat_side side)
{
	const struct sl_expectation *e = pkt->expected;
	struct sl_nat_request req = {.side = (uint8_t)side};

	if (e->receiver_id)
		return setup_ids(track, pkt, side);
	if (side == SL_NAT_DST)
		ask_for(&req, &e->to.addr, e->to.id);
	else
		ask_for_src(pkt, &req);
	return sl_nat_setup(track, pkt, &req);
}
