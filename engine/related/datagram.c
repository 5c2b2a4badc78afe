/* SPDX-License-Identifier: Apache-2.0 */
#include <related/datagram.h>

#include <related/related.h>

#include <base/random.h>
#include <packet/edit.h>

#define UDP_HDR 8u

/* Bytes of payload, as the UDP header has it. */
static uint32_t
payload_len(const struct sl_pkt *pkt)
{
	uint32_t stated = sl_get_be16(sl_pkt_l4(pkt) + 4);

	if (pkt->offload.gso_type != SL_GSO_NONE)
		return pkt->l4_len - UDP_HDR;
	return stated >= UDP_HDR && stated <= pkt->l4_len ? stated - UDP_HDR
							  : 0;
}

static void
compose(const struct sl_draft *d, const struct sl_span *payload, uint8_t *out)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < d->n; i++) {
		const struct sl_draft_edit *e = &d->edits[i];

		memcpy(out, payload->data + at, e->off - at);
		out += e->off - at;
		memcpy(out, e->bytes, e->new_len);
		out += e->new_len;
		at = e->off + e->old_len;
	}
	memcpy(out, payload->data + at, payload->len - at);
}

/* A datagram that grew beyond the link may be cut: its growth is our doing. */
static bool
change(struct sl_related *rel, struct sl_pkt *pkt, const struct sl_span *was)
{
	uint32_t off = sl_edit_payload_off(pkt);
	uint32_t mtu = rel->way.mtu(rel->way.worker, pkt);
	struct sl_payload p = {
	    .len = (uint32_t)((int32_t)was->len + sl_call_growth(&rel->draft)),
	};

	p.room = off + p.len;
	p.frame = rel->way.scratch(rel->way.worker, p.room);
	compose(&rel->draft, was, p.frame + off);
	if (!sl_edit_set_payload(pkt, &p))
		return false;
	if (pkt->l3_len > mtu)
		sl_edit_allow_cut(pkt, (uint32_t)sl_random_u64());
	return true;
}

static enum sl_verdict
show(struct sl_related *rel, struct sl_pkt *pkt, struct sl_showing *show)
{
	if (!sl_call_run(rel, show))
		return sl_drop(SL_DROP_HELPER);
	if (rel->draft.n && !change(rel, pkt, &show->payload)) {
		sl_call_undo(rel, show->session);
		return sl_drop(SL_DROP_HELPER);
	}
	sl_call_commit(rel, show->session);
	return SL_GO;
}

enum sl_verdict
sl_datagram_leave(
    struct sl_related *rel, struct sl_help_session *s, struct sl_pkt *pkt)
{
	uint32_t off = sl_edit_payload_off(pkt), len, size;
	bool several = pkt->offload.gso_type != SL_GSO_NONE;
	enum sl_verdict v = SL_GO;

	if (s->quiet || !off)
		return SL_GO;
	len = payload_len(pkt);
	size = several ? pkt->offload.gso_size : len;
	for (uint32_t at = 0; at < len && !s->quiet && v == SL_GO; at += size) {
		struct sl_showing showing = {
		    .session = s,
		    .payload = {pkt->data + off + at, SL_MIN(size, len - at)},
		    .now_ns = pkt->now_ns,
		    .room = several ? 0 : UINT16_MAX - (off - pkt->l3_off),
		    .dir = pkt->dir,
		};

		v = show(rel, pkt, &showing);
	}
	return v;
}
