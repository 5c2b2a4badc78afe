/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/mapped.h>

#include <conn/watch.h>
#include <nat/portmap.h>

#include <string.h>

/* How long a mapping without connections lasts. */
static uint64_t
idle_ns(const struct sl_conn *conn)
{
	const struct sl_track_settings *s = sl_track_settings_rcu();
	const struct sl_tracker *t = sl_trackers_slot(conn->tracker);

	for (unsigned i = 0; s && i < t->n_timeouts; i++)
		if (strcmp(t->ops.timeouts[i].name, "udp-timeout") == 0)
			return s->timeout_ms[conn->tracker][i] * SL_NS_PER_MS;
	return 0;
}

/* A connection that timed out is met later than it ended. */
static uint64_t
ended_ns(struct sl_conn *conn)
{
	return SL_MIN(sl_now_ns(), sl_load_relaxed(&conn->deadline_ns));
}

static void
put(struct sl_conn *conn, enum sl_dir dir)
{
	struct sl_ein_end outside;
	struct sl_tuple t;

	sl_conn_tuple(conn, dir, &t);
	outside = (struct sl_ein_end){t.dst, t.dst_id};
	sl_ein_put(conn->family, &outside, ended_ns(conn), idle_ns(conn));
}

static void
gone(struct sl_conn *conn)
{
	if (sl_conn_has(conn, SL_CONN_EIN_SRC))
		put(conn, SL_REPLY);
	if (sl_conn_has(conn, SL_CONN_EIN_DST))
		put(conn, SL_ORIG);
}

void
sl_mapped_init(void)
{
	sl_conn_watch(SL_CONN_MAPPED, gone);
}

bool
sl_mapped_out(const struct sl_pkt *pkt, const struct sl_nat_request *req,
    const struct sl_ein_end *client, struct sl_tuple *reply)
{
	struct sl_ein_wish wish = {
	    .family = reply->family,
	    .inside = *client,
	    .address = reply->dst,
	    .lo = req->port_min,
	    .hi = req->port_max,
	    .keep = !req->random,
	    .parity = !req->has_port,
	};

	if (!req->has_port)
		sl_portmap_class(ntohs(client->id), &wish.lo, &wish.hi);
	if (wish.lo != wish.hi)
		wish.avoid = sl_portmap_served_rcu(reply);
	return sl_ein_map(&wish, pkt->now_ns, &reply->dst_id);
}

void
sl_mapped_hold_owned(struct sl_conn *conn)
{
	sl_conn_set_bits_owned(conn, SL_CONN_EIN_SRC | SL_CONN_MAPPED);
}

void
sl_mapped_undo(const struct sl_pkt *pkt, const struct sl_tuple *reply)
{
	struct sl_ein_end outside = {reply->dst, reply->dst_id};

	sl_ein_put(reply->family, &outside, pkt->now_ns, idle_ns(pkt->conn));
}

bool
sl_mapped_in(const struct sl_pkt *pkt, struct sl_tuple *reply)
{
	struct sl_ein_end outside, inside;
	struct sl_tuple orig;

	sl_conn_tuple(pkt->conn, SL_ORIG, &orig);
	outside = (struct sl_ein_end){orig.dst, orig.dst_id};
	if (!sl_ein_take(orig.family, &outside, pkt->now_ns, &inside))
		return false;
	sl_conn_set_bits_owned(pkt->conn, SL_CONN_EIN_DST | SL_CONN_MAPPED);
	reply->src = inside.addr;
	reply->src_id = inside.id;
	return true;
}
