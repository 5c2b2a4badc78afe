/* SPDX-License-Identifier: Apache-2.0 */
#include <path/pending.h>

#include <path/worker.h>

#include <mirror/mirror.h>
#include <packet/edit.h>
#include <track/trackers.h>

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

/* Even when no neighbour changed, overdue packets are looked for this often. */
#define LOOK_NS (100 * SL_NS_PER_MS)

static uint32_t
count_for(const struct sl_pending *p, const struct sl_pkt *pkt)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		n += p->pkts[i].pkt.out_port == pkt->out_port &&
		     !memcmp(&p->pkts[i].pkt.next_hop, &pkt->next_hop,
			 sizeof(pkt->next_hop));
	return n;
}

/* How a translated packet is addressed now, to undo it. */
static bool
remember_tuple(struct sl_pending_pkt *slot, const struct sl_pkt *pkt)
{
	if (!pkt->conn || (pkt->flags & SL_PKT_ICMP_ERROR) ||
	    !sl_conn_has(pkt->conn, SL_CONN_SRCNAT | SL_CONN_DSTNAT))
		return false;
	sl_conn_leaving(pkt->conn, pkt->dir, &slot->now);
	return true;
}

enum sl_verdict
sl_pending_put(struct sl_pending *p, const struct sl_pkt *pkt)
{
	struct sl_pending_pkt *slot = &p->pkts[p->n];

	if (p->n == SL_PENDING_MAX || count_for(p, pkt) >= SL_PENDING_PER_HOP)
		return sl_drop(SL_DROP_NEIGH_QUEUE);
	slot->pkt = *pkt;
	slot->translated = remember_tuple(slot, pkt);
	/* A fragment of ours says too little about what it is cut from. */
	slot->answered = pkt->l3_off + pkt->l3_len <= pkt->len;
	slot->pkt.conn = NULL; // it may be gone by then
	slot->pkt.data = malloc(pkt->len);
	if (!slot->pkt.data)
		return sl_drop(SL_DROP_NO_MEMORY);
	memcpy(slot->pkt.data, pkt->data, pkt->len);
	slot->pkt.room = pkt->len;
	slot->give_up_ns = pkt->now_ns + SL_PENDING_NS;
	p->n++;
	return SL_TAKEN;
}

static void
send_kept(struct sl_worker *w, const struct sl_pending_pkt *slot,
    const uint8_t mac[6])
{
	const struct sl_port *port = sl_port_by_number(slot->pkt.out_port);
	struct sl_pkt pkt = slot->pkt;
	uint8_t own[6];

	pkt.data = sl_worker_scratch(w, pkt.len);
	memcpy(pkt.data, slot->pkt.data, pkt.len);
	sl_port_mac(port, own);
	sl_edit_set_l2(&pkt, mac, own);
	sl_worker_tx_wire(w, pkt.out_port, &pkt);
}

/* As Linux's ARP does when nobody answers. */
static void
give_up(struct sl_worker *w, struct sl_pending_pkt *slot)
{
	struct sl_pkt *pkt = &slot->pkt;
	struct sl_rewrite rw;

	sl_drop(SL_DROP_NEIGH_FAILED);
	if (!slot->answered)
		return;
	if (slot->translated) {
		sl_edit_plan(&slot->now, &pkt->tuple, &rw);
		sl_edit_rewrite(pkt,
		    &sl_trackers_slot(pkt->tracker)->ops.layout, &rw,
		    SL_EDIT_SRC | SL_EDIT_SRC_ID | SL_EDIT_DST |
			SL_EDIT_DST_ID);
	}
	if (pkt->family == SL_IPV4)
		sl_reply_with_icmp(
		    w, pkt, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else
		sl_reply_with_icmp(
		    w, pkt, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, 0);
}

/* True when the packet is settled: sent or dropped. */
static bool
settle(struct sl_worker *w, struct sl_pending_pkt *slot)
{
	uint8_t mac[6];

	switch (sl_mirror_neigh_rcu(slot->pkt.out_port,
	    slot->pkt.next_hop_family, &slot->pkt.next_hop, mac)) {
	case SL_NEIGH_OK:
	case SL_NEIGH_STALE:
		send_kept(w, slot, mac);
		return true;
	case SL_NEIGH_FAILED:
		give_up(w, slot);
		return true;
	case SL_NEIGH_UNKNOWN:
	default:
		if (sl_now_ns() < slot->give_up_ns)
			return false;
		give_up(w, slot);
		return true;
	}
}

void
sl_pending_run(struct sl_worker *w)
{
	struct sl_pending *p = &w->pending;
	uint32_t generation, kept = 0;

	if (!p->n)
		return;
	generation = sl_mirror_neigh_generation();
	if (generation == p->seen_generation && sl_now_ns() < p->next_look_ns)
		return;
	p->seen_generation = generation;
	p->next_look_ns = sl_now_ns() + LOOK_NS;
	for (uint32_t i = 0; i < p->n; i++) {
		if (settle(w, &p->pkts[i]))
			free(p->pkts[i].pkt.data);
		else
			p->pkts[kept++] = p->pkts[i];
	}
	p->n = kept;
}

void
sl_pending_clear(struct sl_pending *p)
{
	while (p->n)
		free(p->pkts[--p->n].pkt.data);
}
