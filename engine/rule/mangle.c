/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/mangle.h>

#include <base/role.h>
#include <conn/conn.h>
#include <mirror/mirror.h>
#include <packet/edit.h>

#define IP4_TCP_HDRS 40u /* without options, as RFC 879 counts */
#define IP6_TCP_HDRS 60u

static void
mark_connection(struct sl_conn *conn, uint32_t mark)
{
	if (conn && sl_load_relaxed(&conn->mark) != mark)
		sl_store_relaxed(&conn->mark, mark);
}

static uint32_t
port_mtu(uint16_t number)
{
	struct sl_port *port = sl_port_by_number(number);

	return port ? sl_load_relaxed(&port->mtu) : UINT32_MAX;
}

/* Of the link to the sender: what comes back has to pass it. */
static uint32_t
mtu_back(const struct sl_pkt *pkt)
{
	struct sl_addr src, dst;
	struct sl_route route;

	sl_pkt_addrs(pkt, &src, &dst);
	sl_mirror_route_rcu(pkt->family, SL_TABLE_MAIN, &src, 0, &route);
	return SL_MIN(
	    port_mtu(pkt->in_port), route.mtu ? route.mtu : UINT32_MAX);
}

static void
clamp_mss(struct sl_pkt *pkt)
{
	uint32_t there = pkt->out_mtu ? pkt->out_mtu : port_mtu(pkt->out_port);
	uint32_t mtu = SL_MIN(there, mtu_back(pkt));
	uint32_t headers = pkt->family == SL_IPV4 ? IP4_TCP_HDRS : IP6_TCP_HDRS;

	if (mtu > headers && mtu - headers < UINT16_MAX)
		sl_edit_lower_mss(pkt, (uint16_t)(mtu - headers));
}

static void
add_ttl(struct sl_pkt *pkt, int n)
{
	uint8_t ttl = sl_pkt_l3(pkt)[pkt->family == SL_IPV4 ? 8 : 7];

	sl_edit_set_ttl(pkt, (uint8_t)SL_MAX(0, SL_MIN(255, ttl + n)));
}

static uint8_t
dscp_of(const struct sl_pkt *pkt)
{
	const uint8_t *ip = sl_pkt_l3(pkt);

	if (pkt->family == SL_IPV4)
		return ip[1] >> 2;
	return (uint8_t)(sl_get_be16(ip) >> 6 & 0x3f);
}

/* Datagrams that may be cut need numbers (RFC 6864): each worker counts, from a
 * start of its own per pair of addresses.  The segments of a GSO frame are numbered
 * from the frame's on. */
static void
clear_df(struct sl_pkt *pkt)
{
	static struct {
		SL_ALIGNED(SL_CACHE_LINE) uint16_t next; /* SL_OWNED */
	} ids[SL_WORKERS_MAX];
	uint16_t *next = &ids[sl_role_worker].next, id;
	uint32_t segments = 1;

	id = (uint16_t)(pkt->hash + *next);
	if (!id) /* would be no number */
		id = (uint16_t)(pkt->hash + ++*next);
	if (!sl_edit_clear_df(pkt, id))
		return;
	if (pkt->offload.gso_type != SL_GSO_NONE && pkt->offload.gso_size)
		segments = pkt->l4_len / pkt->offload.gso_size + 1;
	*next = (uint16_t)(*next + segments);
}

bool
sl_mangle_apply(const struct sl_mangle *m, struct sl_pkt *pkt, bool may_route,
    bool may_force)
{ /* straight-line: one row a change */
	switch ((enum sl_mangle_what)m->what) {
	case SL_MANGLE_NOTRACK:
		pkt->flags |= SL_PKT_NOTRACK;
		break;
	case SL_MANGLE_CONN_MARK:
		mark_connection(pkt->conn, m->value);
		break;
	case SL_MANGLE_PACKET_MARK:
		pkt->packet_mark = m->value;
		break;
	case SL_MANGLE_ROUTING_MARK:
		if (may_route)
			pkt->routing_mark = m->value;
		break;
	case SL_MANGLE_MSS:
		sl_edit_lower_mss(pkt, (uint16_t)m->value);
		break;
	case SL_MANGLE_MSS_CLAMP:
		clamp_mss(pkt);
		break;
	case SL_MANGLE_DSCP:
		sl_edit_set_dscp(pkt, (uint8_t)m->value);
		break;
	case SL_MANGLE_DSCP_FROM_PRIORITY:
		sl_edit_set_dscp(pkt, (uint8_t)(pkt->priority << m->value));
		break;
	case SL_MANGLE_TTL:
		sl_edit_set_ttl(pkt, (uint8_t)m->value);
		break;
	case SL_MANGLE_TTL_ADD:
		add_ttl(pkt, (int)m->value);
		break;
	case SL_MANGLE_TTL_SUB:
		add_ttl(pkt, -(int)m->value);
		break;
	case SL_MANGLE_PRIORITY:
		pkt->priority = (uint8_t)m->value;
		break;
	case SL_MANGLE_PRIORITY_FROM_DSCP:
		pkt->priority = (uint8_t)(dscp_of(pkt) >> m->value);
		break;
	case SL_MANGLE_PRIORITY_FROM_INGRESS:
		pkt->priority = pkt->ingress_priority;
		break;
	case SL_MANGLE_CLEAR_DF:
		clear_df(pkt);
		break;
	case SL_MANGLE_STRIP_OPTIONS:
		sl_edit_strip_options(pkt);
		break;
	case SL_MANGLE_ROUTE:
		if (may_force) {
			pkt->next_hop = m->next_hop;
			pkt->next_hop_family = pkt->family;
			pkt->flags |= SL_PKT_FORCED_HOP;
		}
		break;
	case SL_MANGLE_SNPT:
		return sl_npt_apply(&m->npt, pkt, true);
	case SL_MANGLE_DNPT:
		return sl_npt_apply(&m->npt, pkt, false);
	}
	return true;
}
