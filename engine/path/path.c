/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packet's way.
 *
 * Every function below is one way through the router, top to bottom, one call
 * per stage; a stage does not know its neighbours.  The order is RouterOS's
 * packet flow: raw sees fragments, tracking sees whole datagrams, the filter sees
 * the translated destination and the original source, and a connection enters the
 * table only when its first packet leaves.
 */
#include <path/path.h>

#include <path/forward.h>
#include <path/tarpit.h>

#include <fast/fast.h>
#include <mirror/mirror.h>
#include <nat/expected.h>
#include <rule/eval.h>
#include <rule/peek.h>
#include <rule/trace.h>

#define ETHERTYPE_ARP 0x0806
#define DHCP_SERVER   67 /* RFC 2131 §4.1 */
#define DHCP_CLIENT   68

/* What arrives at our MAC, or at everybody's; ARP is the kernel's to answer. */
static enum sl_verdict
accept_link(struct sl_worker *w, struct sl_pkt *pkt)
{
	const struct sl_port *port = sl_port_by_number(pkt->in_port);
	uint8_t mac[6];

	if (pkt->vlan_id)
		return sl_drop(SL_DROP_VLAN);
	if (!(pkt->flags & SL_PKT_L2_BROADCAST)) {
		sl_port_mac(port, mac);
		if (memcmp(pkt->data, mac, sizeof(mac)))
			return sl_drop(SL_DROP_NOT_FOR_US);
	}
	if (pkt->eth_type == ETHERTYPE_ARP)
		return sl_worker_tx_host(w, pkt->in_port, pkt);
	return SL_GO;
}

/*
 * An answer to a DHCP client of the router itself.  The client has no address yet
 * and listens on a packet socket, before any firewall; so it gets the frame as it
 * gets ARP.  What is routed on to a client behind another port is not its.
 */
static enum sl_verdict
give_dhcp_client(struct sl_worker *w, struct sl_pkt *pkt)
{
	const uint8_t *udp = sl_pkt_l4(pkt);
	struct sl_addr src, dst;
	struct sl_route route;

	if (pkt->family != SL_IPV4 || pkt->l4proto != IPPROTO_UDP ||
	    (pkt->flags & SL_PKT_FRAGMENT) || pkt->l4_len < 8 ||
	    sl_get_be16(udp) != DHCP_SERVER ||
	    sl_get_be16(udp + 2) != DHCP_CLIENT)
		return SL_GO;
	sl_pkt_addrs(pkt, &src, &dst);
	sl_mirror_route_rcu(SL_IPV4, SL_TABLE_MAIN, &dst, 0, &route);
	if (!(pkt->flags & SL_PKT_L2_BROADCAST) &&
	    route.type == SL_ROUTE_UNICAST && route.out_port != pkt->in_port)
		return SL_GO;
	return sl_worker_tx_host(w, pkt->in_port, pkt);
}

static enum sl_verdict
reassemble(struct sl_worker *w, struct sl_pkt *pkt)
{
	enum sl_verdict v;
	uint32_t max_frag;

	if (!(pkt->flags & SL_PKT_FRAGMENT) || (pkt->flags & SL_PKT_NOTRACK))
		return SL_GO;
	v = sl_defrag_add(w->defrag, pkt, &max_frag);
	if (v != SL_GO)
		return v;
	pkt->max_frag = (uint16_t)SL_MIN(max_frag, 65535u);
	if (sl_trace_is_on()) // now it has ports
		sl_trace_begin(pkt);
	return v;
}

/* Finds the connection; most packets were keyed with their batch. */
static void
classify(struct sl_worker *w, struct sl_pkt *pkt)
{
	if (pkt->flags & SL_PKT_KEYED)
		sl_track_classify_keyed(&w->track, pkt);
	else
		sl_track_classify(&w->track, pkt);
}

/* A fresh connection remembers who let it in. */
static void
note_filter_rule(struct sl_pkt *pkt, enum sl_rule_table table, uint32_t item)
{
	if ((pkt->flags & SL_PKT_NEW_CONN) && table == SL_TABLE_FILTER)
		pkt->conn->filter_rule = item;
}

/* A table that only decides: filter, raw, mangle. */
static enum sl_verdict
chain(struct sl_worker *w, struct sl_pkt *pkt, enum sl_rule_table table,
    enum sl_hook hook)
{
	struct sl_rule_result result;

	if (!sl_rule_has_rules_rcu(table, hook, pkt->family))
		return SL_GO;
	sl_rule_eval(table, hook, pkt, &result);
	note_filter_rule(pkt, table, result.item);
	if (result.fasttrack)
		sl_fast_mark(pkt);
	switch (result.verdict) {
	case SL_RULE_DROP:
		return sl_drop(SL_DROP_FILTER);
	case SL_RULE_REJECT:
		sl_reply_with_reject(w, pkt, result.reject);
		return sl_drop(SL_DROP_FILTER);
	case SL_RULE_TARPIT:
		return sl_tarpit_take(w, pkt);
	default:
		return SL_GO;
	}
}

static enum sl_verdict
steer(struct sl_worker *w, struct sl_pkt *pkt)
{
	uint16_t owner = sl_track_owner(&w->track, pkt);

	if (owner == w->id)
		return SL_GO;
	if (sl_trace_wants(pkt))
		sl_trace_handed(pkt, owner);
	return sl_handoff_send(w->engine->handoff, pkt, owner);
}

static bool
is_held(const struct sl_pkt *pkt)
{
	return pkt->conn && sl_conn_has(pkt->conn, SL_CONN_TARPIT);
}

/* What a tarpit holds ends here, valid or not. */
static enum sl_verdict
track(struct sl_worker *w, struct sl_pkt *pkt)
{
	bool was_held = is_held(pkt);
	enum sl_verdict v;

	sl_related_arrive(&w->related, pkt);
	if ((v = sl_track_packet(&w->track, pkt)) != SL_GO)
		return v;
	if (sl_trace_wants(pkt))
		sl_trace_state(pkt);
	if (is_held(pkt) || (was_held && pkt->state == SL_STATE_INVALID))
		return sl_tarpit_hold(w, pkt);
	return SL_GO;
}

/* masquerade and redirect: the address is the port's. */
static bool
port_address(const struct sl_pkt *pkt, struct sl_nat_request *request)
{
	struct sl_addr src, dst;
	uint16_t port;

	sl_pkt_addrs(pkt, &src, &dst);
	port = request->side == SL_NAT_SRC ? pkt->out_port : pkt->in_port;
	request->has_addr = sl_mirror_port_addr_rcu(port, pkt->family,
	    request->side == SL_NAT_SRC ? &dst : &src, &request->addr_min);
	request->addr_max = request->addr_min;
	return request->has_addr;
}

/* The first packet of a connection asks the nat table, once per hook. */
static enum sl_verdict
decide_nat(struct sl_worker *w, struct sl_pkt *pkt, enum sl_hook hook)
{
	enum sl_nat_side side =
	    sl_hook_is_dstnat(hook) ? SL_NAT_DST : SL_NAT_SRC;
	struct sl_rule_result result = {.verdict = SL_RULE_ACCEPT};
	struct sl_nat_request request;

	if (sl_expected_decides(pkt, side))
		return sl_expected_setup(&w->track, pkt, side);
	if (sl_rule_has_rules_rcu(SL_TABLE_NAT, hook, pkt->family))
		sl_rule_eval(SL_TABLE_NAT, hook, pkt, &result);
	if (result.verdict != SL_RULE_TRANSLATE)
		return side == SL_NAT_SRC ? sl_nat_setup_none(&w->track, pkt)
					  : SL_GO;
	*sl_conn_nat_rule(pkt->conn, side) = result.item;
	request = *result.nat;
	request.side = (uint8_t)side;
	if (request.way == SL_NAT_EIN && side == SL_NAT_DST) {
		request.masquerade = false; /* whose mapping it is says where */
		return sl_nat_setup(&w->track, pkt, &request);
	}
	if (result.nat_port_address && !port_address(pkt, &request))
		return sl_drop(SL_DROP_NAT_NO_ADDR);
	return sl_nat_setup(&w->track, pkt, &request);
}

static enum sl_verdict
translate(struct sl_worker *w, struct sl_pkt *pkt, enum sl_hook hook)
{
	enum sl_verdict v;

	if (!pkt->conn)
		return SL_GO;
	if ((pkt->flags & SL_PKT_NEW_CONN) && pkt->dir == SL_ORIG) {
		if ((v = decide_nat(w, pkt, hook)) != SL_GO)
			return v;
	}
	return sl_nat_apply(
	    pkt, sl_hook_is_dstnat(hook) ? SL_NAT_DST : SL_NAT_SRC);
}

static enum sl_verdict
input(struct sl_worker *w, struct sl_pkt *pkt)
{
	enum sl_verdict v;

	if ((v = chain(w, pkt, SL_TABLE_MANGLE, SL_HOOK_INPUT)) != SL_GO ||
	    (v = chain(w, pkt, SL_TABLE_FILTER, SL_HOOK_INPUT)) != SL_GO ||
	    (v = translate(w, pkt, SL_HOOK_INPUT)) != SL_GO ||
	    (v = sl_related_leave(&w->related, pkt)) != SL_GO ||
	    (v = sl_track_confirm(&w->track, pkt)) != SL_GO)
		return v;
	return sl_worker_tx_host(w, pkt->in_port, pkt);
}

/*
 * An invalid packet belongs to no connection, so nothing translates it; a source
 * that rules would hide must not show through it.  Untracked ones are what raw
 * asked for.
 */
static enum sl_verdict
keep_hidden(struct sl_pkt *pkt)
{
	if (sl_unlikely(pkt->state == SL_STATE_INVALID) &&
	    sl_peek_would_hide_rcu(pkt))
		return sl_drop(SL_DROP_NAT_NO_CONN);
	return SL_GO;
}

static enum sl_verdict
forward(struct sl_worker *w, struct sl_pkt *pkt)
{
	enum sl_verdict v;

	if ((v = sl_forward_check(w, pkt)) != SL_GO ||
	    (v = chain(w, pkt, SL_TABLE_MANGLE, SL_HOOK_FORWARD)) != SL_GO ||
	    (v = chain(w, pkt, SL_TABLE_FILTER, SL_HOOK_FORWARD)) != SL_GO ||
	    (v = chain(w, pkt, SL_TABLE_MANGLE, SL_HOOK_POSTROUTING)) !=
		SL_GO ||
	    (v = sl_forward_fits(w, pkt)) != SL_GO ||
	    (v = keep_hidden(pkt)) != SL_GO ||
	    (v = translate(w, pkt, SL_HOOK_SRCNAT)) != SL_GO ||
	    (v = sl_related_leave(&w->related, pkt)) != SL_GO ||
	    (v = sl_track_confirm(&w->track, pkt)) != SL_GO)
		return v;
	sl_count(SL_COUNTER_FORWARDED, 1);
	return sl_forward_send(w, pkt);
}

/* FastTrack: what rules have seen enough of.  Marks still choose its route. */
static bool
is_fast(struct sl_worker *w, struct sl_pkt *pkt)
{
	return !sl_trace_wants(pkt) && sl_fast_find(&w->track, pkt);
}

static enum sl_verdict
carry(struct sl_worker *w, struct sl_pkt *pkt)
{
	enum sl_verdict v;

	if ((v = steer(w, pkt)) != SL_GO)
		return v;
	sl_fast_account(&w->track, pkt);
	if ((v = chain(w, pkt, SL_TABLE_MANGLE, SL_HOOK_PREROUTING)) != SL_GO ||
	    (v = sl_nat_apply(pkt, SL_NAT_DST)) != SL_GO ||
	    (v = sl_forward_route(w, pkt)) != SL_GO)
		return v;
	if (pkt->dst_type != SL_ROUTE_UNICAST)
		return input(w, pkt);
	if ((v = sl_forward_check(w, pkt)) != SL_GO ||
	    (v = sl_forward_fits(w, pkt)) != SL_GO ||
	    (v = sl_nat_apply(pkt, SL_NAT_SRC)) != SL_GO)
		return v;
	sl_count(SL_COUNTER_FORWARDED, 1);
	return sl_forward_send(w, pkt);
}

/* A frame from a wire. */
static enum sl_verdict
from_wire(struct sl_worker *w, struct sl_pkt *pkt)
{
	enum sl_verdict v;

	if (!(pkt->flags & SL_PKT_HANDED)) {
		if ((v = accept_link(w, pkt)) != SL_GO ||
		    (v = give_dhcp_client(w, pkt)) != SL_GO)
			return v;
	}
	if (is_fast(w, pkt))
		return carry(w, pkt);
	if (!(pkt->flags & SL_PKT_HANDED) &&
	    (v = chain(w, pkt, SL_TABLE_RAW, SL_HOOK_PREROUTING)) != SL_GO)
		return v;
	if ((v = reassemble(w, pkt)) != SL_GO)
		return v;
	classify(w, pkt);
	if ((v = steer(w, pkt)) != SL_GO || (v = track(w, pkt)) != SL_GO ||
	    (v = chain(w, pkt, SL_TABLE_MANGLE, SL_HOOK_PREROUTING)) != SL_GO ||
	    (v = translate(w, pkt, SL_HOOK_DSTNAT)) != SL_GO ||
	    (v = sl_forward_route(w, pkt)) != SL_GO)
		return v;
	if (pkt->dst_type != SL_ROUTE_UNICAST)
		return input(w, pkt);
	return forward(w, pkt);
}

static bool
has_other_dst(const struct sl_pkt *pkt)
{
	struct sl_addr src, dst;

	sl_pkt_addrs(pkt, &src, &dst);
	return memcmp(&dst, &pkt->tuple.dst, sizeof(dst)) != 0;
}

/* What a mark or a translation says of the router's own packet beats what the
 * kernel chose.  To the router itself there is no way back in. */
static enum sl_verdict
adjust_route(struct sl_worker *w, struct sl_pkt *pkt)
{
	bool other = has_other_dst(pkt);
	enum sl_verdict v;

	if (!pkt->routing_mark && !other)
		return SL_GO;
	if ((v = sl_forward_route(w, pkt)) != SL_GO)
		return v;
	if (other && pkt->dst_type == SL_ROUTE_LOCAL)
		return sl_drop(SL_DROP_NO_ROUTE);
	if (pkt->dst_type == SL_ROUTE_UNICAST)
		pkt->flags |= SL_PKT_REROUTED;
	return SL_GO;
}

/* The kernel has sized and resolved its packets for the way it chose. */
static enum sl_verdict
fits_other_way(struct sl_worker *w, struct sl_pkt *pkt)
{
	return pkt->flags & SL_PKT_REROUTED ? sl_forward_fits(w, pkt) : SL_GO;
}

/* A frame from the kernel: addressed and resolved, it leaves as it is, but for
 * what rules change. */
static enum sl_verdict
from_host(struct sl_worker *w, struct sl_pkt *pkt)
{
	enum sl_verdict v;

	if (pkt->eth_type == ETHERTYPE_ARP)
		return sl_worker_tx_wire(w, pkt->out_port, pkt);
	if (!(pkt->flags & SL_PKT_HANDED) &&
	    (v = chain(w, pkt, SL_TABLE_RAW, SL_HOOK_OUTPUT)) != SL_GO)
		return v;
	if ((v = reassemble(w, pkt)) != SL_GO)
		return v;
	classify(w, pkt);
	if ((v = steer(w, pkt)) != SL_GO || (v = track(w, pkt)) != SL_GO ||
	    (v = chain(w, pkt, SL_TABLE_MANGLE, SL_HOOK_OUTPUT)) != SL_GO ||
	    (v = translate(w, pkt, SL_HOOK_OUTPUT)) != SL_GO ||
	    (v = chain(w, pkt, SL_TABLE_FILTER, SL_HOOK_OUTPUT)) != SL_GO ||
	    (v = adjust_route(w, pkt)) != SL_GO ||
	    (v = chain(w, pkt, SL_TABLE_MANGLE, SL_HOOK_POSTROUTING)) !=
		SL_GO ||
	    (v = fits_other_way(w, pkt)) != SL_GO ||
	    (v = translate(w, pkt, SL_HOOK_SRCNAT)) != SL_GO ||
	    (v = sl_related_leave(&w->related, pkt)) != SL_GO ||
	    (v = sl_track_confirm(&w->track, pkt)) != SL_GO)
		return v;
	return sl_forward_send(w, pkt);
}

static void
walk(struct sl_worker *w, struct sl_pkt *pkt)
{
	enum sl_verdict v;

	if (sl_trace_is_on())
		sl_trace_begin(pkt);
	if (pkt->flags & SL_PKT_FROM_HOST)
		v = from_host(w, pkt);
	else
		v = from_wire(w, pkt);
	if (sl_trace_wants(pkt))
		sl_trace_end(pkt, v);
	if (v == SL_DROP)
		sl_track_abandon(&w->track, pkt);
	/* The reassembler's memory is the next datagram's. */
	if (pkt->flags & SL_PKT_REASSEMBLED)
		sl_worker_flush(w);
}

/* True if the frame is sound.  Touches the bucket its tuple hashes to. */
static bool
parse(struct sl_worker *w, struct sl_pkt *pkt)
{
	uint32_t id = pkt->frag_id;

	pkt->flags &= (uint16_t)~SL_PKT_KEYED;
	if (sl_parse_frame(pkt) != SL_GO)
		return false;
	/* What another worker made whole says nowhere in its bytes which id its
	 * fragments had. */
	if (pkt->flags & SL_PKT_REASSEMBLED)
		pkt->frag_id = id;
	if (pkt->family && sl_track_key(pkt)) {
		pkt->flags |= SL_PKT_KEYED;
		sl_shard_prefetch_index(w->track.shard, pkt->hash);
	}
	return true;
}

/*
 * Memory is slower than everything else here, so the batch touches each line a
 * stage before it needs it: buckets while the next frame is parsed, connections
 * before the first packet is walked.
 */
void
sl_path_batch(struct sl_worker *w, struct sl_pkt *pkts, uint32_t n)
{
	bool parsed[SL_BATCH_MAX];

	SL_ASSERT(n <= SL_BATCH_MAX);
	for (uint32_t i = 0; i < n; i++)
		parsed[i] = parse(w, &pkts[i]);
	for (uint32_t i = 0; i < n; i++)
		if (parsed[i] && (pkts[i].flags & SL_PKT_KEYED))
			sl_shard_prefetch_conn(w->track.shard, pkts[i].hash);
	for (uint32_t i = 0; i < n; i++)
		if (parsed[i])
			walk(w, &pkts[i]);
}
