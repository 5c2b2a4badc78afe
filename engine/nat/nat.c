/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/nat.h>

#include <mirror/mirror.h>
#include <nat/hold.h>
#include <nat/mapped.h>
#include <nat/pool.h>
#include <nat/portmap.h>
#include <nat/target.h>

#include <errno.h>
#include <string.h>

/* Connections looked at by one purge step. */
#define PURGE_SLOTS 1024

static const struct sl_l4_layout *
layout_of(const struct sl_conn *conn)
{
	return &sl_trackers_slot(conn->tracker)->ops.layout;
}

/* Choice. */

struct choice {
	struct sl_track *track;
	const struct sl_pkt *pkt;
	const struct sl_nat_request *req;
	struct sl_target_of of;
	struct sl_tuple was, reply; /* reply tuple before, and so far */
	bool has_ids;		    /* ids can be translated */
	bool is_claimed;	    /* reply.dst_id is */
	bool out_of_memory;
};

static bool
is_free(const struct choice *c)
{
	return sl_table_reply_is_free_rcu(
	    c->track->table, &c->reply, c->pkt->now_ns);
}

static bool
is_icmp(const struct choice *c)
{
	return c->reply.l4proto == IPPROTO_ICMP ||
	       c->reply.l4proto == IPPROTO_ICMPV6;
}

static struct sl_portmap
portmap_of(struct choice *c)
{
	return (struct sl_portmap){
	    .table = c->track->table,
	    .worker = c->track->worker,
	    .now_ns = c->pkt->now_ns,
	    .reply = &c->reply,
	    .is_reserved = c->req->reserved,
	};
}

static bool
take_claim(struct choice *c, int rc)
{
	c->is_claimed = rc == 0;
	c->out_of_memory |= rc == -ENOMEM;
	return c->is_claimed;
}

static bool
claim_id(struct choice *c, uint16_t lo, uint16_t hi)
{
	struct sl_portmap p = portmap_of(c);

	return take_claim(c, sl_portmap_claim(&p, lo, hi));
}

/* The id as it is.  Where no pool is, there are no claims to respect, and the
 * table says enough. */
static bool
keep_id(struct choice *c)
{
	struct sl_portmap p = portmap_of(c);

	return sl_pool_find(&c->reply) ? take_claim(c, sl_portmap_keep(&p))
				       : is_free(c);
}

/* An id for the source, with the address already in place. */
static bool
choose_src_id(struct choice *c)
{
	uint16_t id = ntohs(c->was.dst_id), lo, hi;

	c->reply.dst_id = c->was.dst_id;
	if (!c->has_ids)
		return is_free(c);
	if (c->req->has_port)
		return claim_id(c, c->req->port_min, c->req->port_max);
	/* Nothing was asked for; and zero is in no class. */
	if ((!c->req->has_addr || id == 0) && keep_id(c))
		return true;
	sl_portmap_class(id, &lo, &hi);
	if (is_icmp(c)) /* ids of queries have no classes */
		lo = 1, hi = 65535;
	if (claim_id(c, lo, hi))
		return true;
	/* A small class that is full gives way rather than refuse. */
	return hi < 1024 && claim_id(c, 1024, 65535);
}

/* Every remote sees the same end of this client: no second choice. */
static bool
choose_mapped(struct choice *c)
{
	struct sl_ein_end client = {c->was.dst, c->was.dst_id};

	struct sl_portmap p = portmap_of(c);

	if (c->req->has_addr)
		sl_target_addr(c->req, &c->of, 0, &c->reply.dst);
	if (!sl_mapped_out(c->pkt, c->req, &client, &c->reply))
		return false;
	p.is_mapped = true;
	if (take_claim(c, sl_portmap_keep(&p))) {
		sl_mapped_hold_owned(c->pkt->conn);
		return true;
	}
	sl_mapped_undo(c->pkt, &c->reply);
	return false;
}

static bool
choose_src(struct choice *c)
{
	unsigned n = sl_target_count(c->req, c->reply.family);

	if (c->req->way == SL_NAT_EIN)
		return choose_mapped(c);
	for (unsigned i = 0; i < n; i++) {
		if (c->req->has_addr)
			sl_target_addr(c->req, &c->of, i, &c->reply.dst);
		if (choose_src_id(c))
			return true;
		sl_pool_refuse(sl_pool_find(&c->reply));
	}
	return false;
}

/* A destination need not be unique yet: if two clients meet in one reply tuple,
 * the source is changed at srcnat (sl_nat_setup_none). */
static bool
choose_dst(struct choice *c)
{
	struct sl_portmap p = portmap_of(c);

	if (c->req->way == SL_NAT_EIN)
		return sl_mapped_in(c->pkt, &c->reply);
	if (c->req->has_addr)
		sl_target_addr(c->req, &c->of, 0, &c->reply.src);
	if (!c->req->has_port || !c->has_ids || is_icmp(c))
		return true;
	if (c->req->port_min == c->req->port_max)
		c->reply.src_id = htons(c->req->port_min);
	else
		sl_portmap_spread(&p, c->req->port_min, c->req->port_max);
	return true;
}

static void
adopt(struct sl_conn *conn, const struct choice *c)
{
	uint32_t bits = 0;

	if (!sl_tuple_equal(&c->was, &c->reply)) {
		sl_conn_set_tuple(conn, SL_REPLY, &c->reply);
		bits |= c->req->side == SL_NAT_SRC ? SL_CONN_SRCNAT
						   : SL_CONN_DSTNAT;
	}
	if (c->req->masquerade)
		bits |= SL_CONN_MASQUERADE;
	if (c->req->side == SL_NAT_SRC)
		conn->out_port = c->pkt->out_port;
	sl_conn_set_bits_owned(conn, bits);
	if (c->is_claimed)
		sl_hold_reply_owned(conn);
	if (c->req->side == SL_NAT_SRC && c->has_ids)
		sl_hold_orig_owned(conn);
}

static bool
choice_start(struct choice *c, struct sl_track *track, const struct sl_pkt *pkt,
    const struct sl_nat_request *req)
{
	struct sl_tuple orig;

	if (!pkt->conn || !(pkt->flags & SL_PKT_NEW_CONN))
		return false;
	sl_hold_release_owned(pkt->conn); // what an earlier rule chose
	*c = (struct choice){.track = track, .pkt = pkt, .req = req};
	sl_conn_tuple(pkt->conn, SL_ORIG, &orig);
	sl_conn_tuple(pkt->conn, SL_REPLY, &c->was);
	c->of = (struct sl_target_of){
	    .family = orig.family,
	    .client = orig.src,
	    .remote = orig.dst,
	    .was = req->side == SL_NAT_SRC ? c->was.dst : c->was.src,
	};
	c->reply = c->was;
	c->has_ids = layout_of(pkt->conn)->src_off != SL_NONE;
	return true;
}

enum sl_verdict
sl_nat_setup(struct sl_track *track, struct sl_pkt *pkt,
    const struct sl_nat_request *req)
{
	struct choice c;

	if (!choice_start(&c, track, pkt, req))
		return SL_GO;
	if (!(req->side == SL_NAT_SRC ? choose_src(&c) : choose_dst(&c)))
		return sl_drop(
		    c.out_of_memory ? SL_DROP_NO_MEMORY : SL_DROP_NAT_PORTS);
	adopt(pkt->conn, &c);
	return SL_GO;
}

enum sl_verdict
sl_nat_setup_none(struct sl_track *track, struct sl_pkt *pkt)
{
	static const struct sl_nat_request no_wish = {.side = SL_NAT_SRC};

	return sl_nat_setup(track, pkt, &no_wish);
}

/* Application. */

/* Is that side of packets of direction 'dir' changed? A reply's destination is
 * the original's source. */
static bool
is_changed(const struct sl_conn *conn, enum sl_dir dir, enum sl_nat_side side)
{
	bool src = (side == SL_NAT_SRC) == (dir == SL_ORIG);

	return sl_conn_has(conn, src ? SL_CONN_SRCNAT : SL_CONN_DSTNAT);
}

/*
 * An error travelling in direction d quotes a packet of the other direction, as
 * it looked where the error was born: as such packets leave.  It was sent as
 * tuple[!d], and so must be what its sender gets to read.
 */
static bool
apply_to_error(struct sl_pkt *pkt, enum sl_nat_side side)
{
	struct sl_tuple seen, sent;
	struct sl_pkt_view view;
	struct sl_tuple quoted;
	uint32_t off;

	sl_conn_tuple(pkt->conn, !pkt->dir, &sent);
	sl_conn_leaving(pkt->conn, !pkt->dir, &seen);
	if (side == SL_NAT_DST) {
		if (!sl_parse_quoted(pkt, &view, &quoted, &off) ||
		    !sl_edit_rewrite_quoted(
			pkt, off, layout_of(pkt->conn), &seen, &sent))
			return false;
		if (is_changed(pkt->conn, pkt->dir, side))
			sl_edit_set_dst(pkt, &sent.src);
	} else if (is_changed(pkt->conn, pkt->dir, side)) {
		/* Whoever inside made the error: his address stays inside. */
		sl_edit_set_src(pkt, &sent.dst);
	}
	return true;
}

enum sl_verdict
sl_nat_apply(struct sl_pkt *pkt, enum sl_nat_side side)
{
	struct sl_conn *conn = pkt->conn;
	struct sl_rewrite rw;
	bool ok;

	if (!conn || !sl_conn_has(conn, SL_CONN_SRCNAT | SL_CONN_DSTNAT))
		return SL_GO;
	if (sl_unlikely(pkt->flags & SL_PKT_ICMP_ERROR)) {
		ok = apply_to_error(pkt, side);
	} else if (is_changed(conn, pkt->dir, side)) {
		sl_conn_rewrite(conn, pkt->dir, &rw);
		ok = sl_edit_rewrite(pkt, layout_of(conn), &rw,
		    side == SL_NAT_SRC ? SL_EDIT_SRC | SL_EDIT_SRC_ID
				       : SL_EDIT_DST | SL_EDIT_DST_ID);
	} else {
		return SL_GO;
	}
	return ok ? SL_GO : sl_drop(SL_DROP_SHORT_IP);
}

/* Purge. */

struct purge {
	struct sl_shard *shard;
	uint16_t port;
	bool is_up;
};

/* Is what the connection's packets leave with still an address of ours? */
static bool
has_address(const struct sl_conn *conn)
{
	struct sl_tuple reply;

	sl_conn_tuple(conn, SL_REPLY, &reply);
	return sl_mirror_is_local_rcu(conn->family, &reply.dst);
}

static bool
purge_masqueraded(void *arg, const struct sl_conn *conn)
{
	const struct purge *p = arg;

	if (conn->out_port == p->port &&
	    sl_conn_has(conn, SL_CONN_MASQUERADE) &&
	    !(p->is_up && has_address(conn)))
		sl_shard_remove(p->shard, (struct sl_conn *)(uintptr_t)conn,
		    SL_COUNTER_CONN_REMOVED);
	return true;
}

bool
sl_nat_purge_step(struct sl_table *table, uint16_t worker, uint16_t port,
    bool is_up, struct sl_walk *walk)
{
	struct purge p = {sl_table_shard(table, worker), port, is_up};

	return !sl_walk_shard_slice(
	    p.shard, walk, PURGE_SLOTS, purge_masqueraded, &p);
}
