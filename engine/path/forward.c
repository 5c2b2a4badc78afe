/* SPDX-License-Identifier: Apache-2.0 */
#include <path/forward.h>

#include <mirror/mirror.h>
#include <packet/edit.h>

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

/* RFC 791: every link carries this much; fragments may be smaller. */
#define IP4_MTU_MIN 68u

/* How often a worker asks about a neighbour it holds no packet back for. */
#define VERIFY_NS (10 * SL_NS_PER_MS)

static bool
is_multicast(const struct sl_pkt *pkt, const struct sl_addr *a)
{
	return pkt->family == SL_IPV6 ? a->u.b[0] == 0xff
				      : (a->u.b[0] & 0xf0) == 0xe0;
}

/* "No way there", in the words of the packet's family. */
static enum sl_verdict
unreachable(struct sl_worker *w, struct sl_pkt *pkt, uint8_t code4,
    uint8_t code6, enum sl_drop_reason reason)
{
	if (pkt->family == SL_IPV4)
		sl_reply_with_icmp(w, pkt, ICMP_DEST_UNREACH, code4, 0);
	else
		sl_reply_with_icmp(w, pkt, ICMP6_DST_UNREACH, code6, 0);
	return sl_drop(reason);
}

static enum sl_verdict
take_unicast(
    struct sl_pkt *pkt, const struct sl_route *route, const struct sl_addr *dst)
{
	struct sl_port *port = sl_port_by_number(route->out_port);
	uint32_t mtu;

	if (!port)
		return sl_drop(SL_DROP_NO_PORT);
	if (pkt->flags & SL_PKT_L2_BROADCAST) // RFC 1122 3.3.6
		return sl_drop(SL_DROP_NOT_FOR_US);
	mtu = sl_load_relaxed(&port->mtu);
	pkt->out_port = route->out_port;
	pkt->out_mtu = route->mtu && route->mtu < mtu ? route->mtu : mtu;
	pkt->next_hop = route->gateway_family ? route->gateway : *dst;
	pkt->next_hop_family =
	    route->gateway_family ? route->gateway_family : pkt->family;
	return SL_GO;
}

/* A rule has set the next hop: only the way to that is looked up. */
static enum sl_verdict
route_to_forced(struct sl_worker *w, struct sl_pkt *pkt)
{
	const struct sl_addr hop = pkt->next_hop;
	struct sl_route route;

	sl_mirror_route_rcu(
	    pkt->family, SL_TABLE_MAIN, &hop, (uint32_t)pkt->hash, &route);
	pkt->dst_type = SL_ROUTE_UNICAST;
	if (route.type == SL_ROUTE_UNICAST)
		return take_unicast(pkt, &route, &hop);
	return unreachable(w, pkt, ICMP_HOST_UNREACH, ICMP6_DST_UNREACH_ADDR,
	    SL_DROP_NO_ROUTE);
}

enum sl_verdict
sl_forward_route(struct sl_worker *w, struct sl_pkt *pkt)
{
	struct sl_route route;
	struct sl_addr src, dst;

	sl_pkt_addrs(pkt, &src, &dst);
	if (is_multicast(pkt, &dst) ||
	    (pkt->family == SL_IPV4 && dst.u.w[0] == 0xffffffff)) {
		pkt->dst_type = SL_ROUTE_MULTICAST;
		return SL_GO;
	}
	if (pkt->flags & SL_PKT_FORCED_HOP)
		return route_to_forced(w, pkt);
	sl_mirror_route_rcu(pkt->family,
	    pkt->routing_mark ? pkt->routing_mark : SL_TABLE_MAIN, &dst,
	    (uint32_t)pkt->hash, &route);
	pkt->dst_type = route.type;
	switch (route.type) {
	case SL_ROUTE_UNICAST:
		return take_unicast(pkt, &route, &dst);
	case SL_ROUTE_BLACKHOLE:
		return sl_drop(SL_DROP_BLACKHOLE);
	case SL_ROUTE_UNREACHABLE:
		return unreachable(w, pkt, ICMP_HOST_UNREACH,
		    ICMP6_DST_UNREACH_ADDR, SL_DROP_NO_ROUTE);
	case SL_ROUTE_PROHIBIT:
		return unreachable(w, pkt, ICMP_PKT_FILTERED,
		    ICMP6_DST_UNREACH_ADMIN, SL_DROP_NO_ROUTE);
	case SL_ROUTE_NONE:
		return unreachable(w, pkt, ICMP_NET_UNREACH,
		    ICMP6_DST_UNREACH_NOROUTE, SL_DROP_NO_ROUTE);
	default:
		return SL_GO; // local, broadcast, anycast: for the host
	}
}

static bool
is_link_scope(const struct sl_addr *a)
{
	return a->u.b[0] == 0xfe && (a->u.b[1] & 0xc0) == 0x80;
}

enum sl_verdict
sl_forward_check(struct sl_worker *w, struct sl_pkt *pkt)
{
	struct sl_ip_settings *ip = &w->engine->ip;
	struct sl_addr src, dst;

	if (!sl_load_relaxed(
		pkt->family == SL_IPV4 ? &ip->forward4 : &ip->forward6))
		return sl_drop(SL_DROP_FORWARD_OFF);
	if (pkt->family == SL_IPV6) { // RFC 4291 2.5.6
		sl_pkt_addrs(pkt, &src, &dst);
		if (is_link_scope(&src) || is_link_scope(&dst))
			return sl_drop(SL_DROP_LINK_SCOPE);
	}
	if (sl_edit_dec_ttl(pkt))
		return SL_GO;
	if (pkt->family == SL_IPV4)
		sl_reply_with_icmp(w, pkt, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	else
		sl_reply_with_icmp(
		    w, pkt, ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_TRANSIT, 0);
	return sl_drop(SL_DROP_TTL);
}

/* Headers that every segment of a GSO frame repeats, IP and up. */
static uint32_t
segment_headers(const struct sl_pkt *pkt)
{
	uint32_t l4 = pkt->offload.gso_type == SL_GSO_UDP
			  ? 8
			  : (sl_pkt_l4(pkt)[12] >> 4) * 4u;

	return pkt->l4_off - pkt->l3_off + l4;
}

/* The largest IP packet that would appear on the link. */
static uint32_t
size_on_link(const struct sl_pkt *pkt)
{
	if (pkt->offload.gso_type == SL_GSO_NONE)
		return pkt->max_frag ? pkt->max_frag : pkt->l3_len;
	return segment_headers(pkt) + pkt->offload.gso_size;
}

enum sl_verdict
sl_forward_fits(struct sl_worker *w, struct sl_pkt *pkt)
{
	pkt->next_hop_state = sl_mirror_neigh_rcu(pkt->out_port,
	    pkt->next_hop_family, &pkt->next_hop, pkt->next_hop_mac);
	if (pkt->next_hop_state == SL_NEIGH_FAILED) {
		sl_mirror_ask(
		    pkt->out_port, pkt->next_hop_family, &pkt->next_hop);
		return unreachable(w, pkt, ICMP_HOST_UNREACH,
		    ICMP6_DST_UNREACH_ADDR, SL_DROP_NEIGH_FAILED);
	}
	if (size_on_link(pkt) <= pkt->out_mtu)
		return SL_GO;
	if (pkt->family == SL_IPV6) {
		sl_reply_with_icmp(
		    w, pkt, ICMP6_PACKET_TOO_BIG, 0, pkt->out_mtu);
		return sl_drop(SL_DROP_TOO_BIG);
	}
	/* Datagrams under one GSO frame cannot be cut smaller without changing
	 * what they carry, and who sends them so probes the path's MTU. */
	if ((pkt->flags & SL_PKT_DF) || pkt->offload.gso_type == SL_GSO_UDP) {
		sl_reply_with_icmp(
		    w, pkt, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, pkt->out_mtu);
		return sl_drop(SL_DROP_TOO_BIG);
	}
	return SL_GO;
}

/* Every question wakes the control thread: the kernel takes seconds to verify. */
static void
verify(struct sl_worker *w, const struct sl_pkt *pkt)
{
	if (pkt->now_ns < w->verify_ns)
		return;
	w->verify_ns = pkt->now_ns + VERIFY_NS;
	sl_mirror_ask(pkt->out_port, pkt->next_hop_family, &pkt->next_hop);
}

/* Ethernet header and out; or the packet waits for the address. */
static enum sl_verdict
resolve_and_send(struct sl_worker *w, struct sl_pkt *pkt)
{
	const struct sl_port *port = sl_port_by_number(pkt->out_port);
	uint8_t own[6];
	enum sl_verdict v;

	if ((pkt->flags & (SL_PKT_FROM_HOST | SL_PKT_REROUTED)) ==
	    SL_PKT_FROM_HOST) // the kernel has resolved it
		return sl_worker_tx_wire(w, pkt->out_port, pkt);
	switch (pkt->next_hop_state) {
	case SL_NEIGH_STALE:
		verify(w, pkt);
		break;
	case SL_NEIGH_OK:
		break;
	case SL_NEIGH_FAILED:
	case SL_NEIGH_UNKNOWN:
	default:
		v = sl_pending_put(&w->pending, pkt);
		sl_mirror_ask(
		    pkt->out_port, pkt->next_hop_family, &pkt->next_hop);
		return v;
	}
	sl_port_mac(port, own);
	sl_edit_set_l2(pkt, pkt->next_hop_mac, own);
	return sl_worker_tx_wire(w, pkt->out_port, pkt);
}

struct cut {
	struct sl_worker *worker;
	const struct sl_pkt *pkt;
};

static void
send_fragment(void *arg, uint8_t *frame, uint32_t len)
{
	struct cut *cut = arg;
	struct sl_pkt part = *cut->pkt;

	part.data = sl_worker_scratch(cut->worker, len);
	memcpy(part.data, frame, len);
	part.len = part.room = len;
	part.offload = (struct sl_offload){0};
	part.conn = NULL;
	part.flags &= (uint16_t)~SL_PKT_NEW_CONN;
	sl_count(SL_COUNTER_FRAG_SENT, 1);
	resolve_and_send(cut->worker, &part);
}

static enum sl_verdict
fragment_and_send(struct sl_worker *w, struct sl_pkt *pkt, uint32_t mtu)
{
	struct cut cut = {.worker = w, .pkt = pkt};
	uint8_t *buf;

	sl_edit_csum_complete(pkt);
	buf = sl_worker_scratch(w, mtu + SL_ETH_LEN + 64);
	if (sl_edit_fragment(pkt, mtu, buf, send_fragment, &cut) < 0)
		return sl_drop(SL_DROP_TOO_BIG);
	return SL_TAKEN;
}

enum sl_verdict
sl_forward_send(struct sl_worker *w, struct sl_pkt *pkt)
{
	uint32_t mtu = pkt->out_mtu ? pkt->out_mtu : UINT32_MAX;

	if (pkt->offload.gso_type != SL_GSO_NONE) {
		uint32_t headers = segment_headers(pkt);

		/* Smaller TCP segments instead of fragments: no DF, or it
		 * would not have come this far. */
		if (headers + pkt->offload.gso_size > mtu && mtu > headers)
			pkt->offload.gso_size = (uint16_t)(mtu - headers);
		return resolve_and_send(w, pkt);
	}
	if (pkt->max_frag) // no larger than it came in, as far as any link must
		mtu = SL_MIN(mtu, SL_MAX(pkt->max_frag, IP4_MTU_MIN));
	if (pkt->l3_len > mtu)
		return fragment_and_send(w, pkt, mtu);
	return resolve_and_send(w, pkt);
}
