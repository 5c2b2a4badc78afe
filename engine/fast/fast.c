/* SPDX-License-Identifier: Apache-2.0 */
#include <fast/fast.h>

#include <track/settings.h>

struct sl_fast sl_fast = {.allowed = {true, true}};

#define SLOW_PACKET                                                            \
	(SL_PKT_FRAGMENT | SL_PKT_REASSEMBLED | SL_PKT_IP_OPTIONS |            \
	    SL_PKT_FROM_HOST | SL_PKT_L2_BROADCAST)
#define SLOW_CONN                                                              \
	(SL_CONN_DYING | SL_CONN_TARPIT | SL_CONN_INSPECTED | SL_CONN_HELPED)
#define FAST_CONN (SL_CONN_FASTTRACK | SL_CONN_FAST_OK)

void
sl_fast_mark(struct sl_pkt *pkt)
{
	struct sl_conn *c = pkt->conn;
	unsigned f = sl_fast_family(pkt->family);

	if (!c || !sl_conn_has(c, SL_CONN_FAST_OK) ||
	    sl_conn_has(c, SL_CONN_HELPED) ||
	    (c->l4proto != IPPROTO_TCP && c->l4proto != IPPROTO_UDP))
		return;
	sl_conn_set_bits_owned(c, SL_CONN_FASTTRACK);
	if (!sl_load_relaxed(&sl_fast.used[f]))
		sl_store_relaxed(&sl_fast.used[f], true);
}

static bool
is_plain(const struct sl_pkt *pkt)
{
	const struct sl_l4_layout *l =
	    &sl_trackers_slot(pkt->tracker)->ops.layout;

	return !(pkt->flags & SLOW_PACKET) && pkt->ttl > 1 &&
	       pkt->l4_len >= l->min_len &&
	       !(sl_pkt_l4(pkt)[l->slow_off] & l->slow_mask);
}

bool
sl_fast_find(struct sl_track *track, struct sl_pkt *pkt)
{
	unsigned f = sl_fast_family(pkt->family);
	uint32_t bits;

	if (!sl_load_relaxed(&sl_fast.used[f]) ||
	    !sl_load_relaxed(&sl_fast.allowed[f]) ||
	    !(pkt->flags & SL_PKT_KEYED) || !is_plain(pkt))
		return false;
	sl_track_classify_keyed(track, pkt);
	if (!pkt->conn)
		return false;
	bits = sl_conn_bits(pkt->conn);
	if ((bits & FAST_CONN) != FAST_CONN || (bits & SLOW_CONN)) {
		pkt->conn = NULL; /* raw comes before tracking */
		return false;
	}
	pkt->state = SL_STATE_ESTABLISHED;
	return true;
}

void
sl_fast_account(struct sl_track *track, struct sl_pkt *pkt)
{
	struct sl_conn *c = pkt->conn;
	uint32_t ms =
	    sl_track_settings_rcu()
		->timeout_ms[c->tracker][sl_load_relaxed(&c->timeout)];

	sl_shard_refresh(track->shard, c, pkt->now_ns + ms * SL_NS_PER_MS);
	sl_conn_account_owned(c, pkt->dir, pkt->l3_len, pkt->now_ns);
	/* It goes on after an answer; the tracker does not get to see that. */
	sl_conn_set_bits_owned(c, SL_CONN_ASSURED);
	if (pkt->family == SL_IPV4) {
		sl_count(SL_COUNTER_FAST4, 1);
		sl_count(SL_COUNTER_FAST4_BYTES, pkt->l3_len);
	} else {
		sl_count(SL_COUNTER_FAST6, 1);
		sl_count(SL_COUNTER_FAST6_BYTES, pkt->l3_len);
	}
}
