/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/scan.h>

#include <rule/keyed.h>

#include <stdlib.h>

#define WELL_KNOWN 1024 /* ports below weigh 'low' */
#define TCP_RST	   0x04
#define TCP_ACK	   0x10

struct scan {
	struct sl_memo memo;
	struct sl_keyed senders;
};

struct sender {
	uint64_t seen_ns; /* a port that was new */
	uint64_t score;
	uint64_t udp; /* which of 'ports' are UDP's */
	uint32_t n;   /* ports so far */
	uint32_t unused;
	uint16_t ports[SL_SCAN_PORTS]; /* a ring */
};

_Static_assert(SL_SCAN_PORTS <= 64, "a bit for each port");

static void
reclaim(struct sl_rcu_head *head)
{
	struct scan *s = sl_container_of(head, struct scan, memo.rcu);

	sl_keyed_fini(&s->senders);
	free(s);
}

struct sl_memo *
sl_scan_make(const uint64_t params[SL_MEMO_PARAMS])
{
	struct scan *s = calloc(1, sizeof(*s));

	(void)params;
	if (!s)
		return NULL;
	s->memo.reclaim = reclaim;
	if (sl_keyed_init(&s->senders, SL_SCAN_SENDERS / SL_KEYED_WAYS,
		sizeof(struct sender))) {
		free(s);
		return NULL;
	}
	return &s->memo;
}

static bool
is_recent(const struct sender *s, uint64_t now_ns, const struct sl_match *m)
{
	return now_ns <= s->seen_ns || now_ns - s->seen_ns <= m->scan.delay_ns;
}

static uint64_t
worth(const void *value, uint64_t now_ns, const void *arg)
{
	const struct sender *s = value;

	return is_recent(s, now_ns, arg) ? s->score : 0;
}

static bool
may_scan(const struct sl_match_ctx *ctx)
{
	const struct sl_pkt *pkt = ctx->pkt;

	if (!ctx->has_ids || (pkt->conn && pkt->dir == SL_REPLY))
		return false;
	if (pkt->l4proto == IPPROTO_TCP)
		return pkt->l4_len >= 14 &&
		       !(sl_pkt_l4(pkt)[13] & (TCP_RST | TCP_ACK));
	return pkt->l4proto == IPPROTO_UDP;
}

static bool
knows_port(const struct sender *s, uint16_t port, bool udp)
{
	uint32_t n = SL_MIN(s->n, (uint32_t)SL_SCAN_PORTS);

	for (uint32_t i = 0; i < n; i++)
		if (s->ports[i] == port && (s->udp >> i & 1) == udp)
			return true;
	return false;
}

static void
remember_port(struct sender *s, uint16_t port, bool udp)
{
	uint32_t i = s->n % SL_SCAN_PORTS;

	s->ports[i] = port;
	s->udp = (s->udp & ~(1ull << i)) | (uint64_t)udp << i;
	s->n++;
	if (s->n == 2 * SL_SCAN_PORTS)
		s->n = SL_SCAN_PORTS; /* the ring stays full */
}

bool
sl_scan_is_one(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	struct scan *scan = sl_container_of(m->scan.memo, struct scan, memo);
	const struct sl_keyed_policy policy = {
	    .worth = worth, .arg = m, .most = UINT64_MAX - 1};
	struct sl_keyed_key key = {{ctx->src.u.q[0], ctx->src.u.q[1]}};
	bool udp = ctx->pkt->l4proto == IPPROTO_UDP, found = false;
	uint64_t now_ns = ctx->pkt->now_ns;
	struct sender *s;

	if (!may_scan(ctx))
		return false;
	s = sl_keyed_enter(&scan->senders, &key, now_ns, &policy);
	if (!s)
		return false;
	if (!is_recent(s, now_ns, m))
		*s = (struct sender){0};
	if (!knows_port(s, ctx->dst_id, udp)) {
		s->seen_ns = SL_MAX(s->seen_ns, now_ns);
		if (s->score < m->scan.weight)
			s->score += ctx->dst_id < WELL_KNOWN ? m->scan.low
							     : m->scan.high;
		found = s->score >= m->scan.weight;
		if (!found)
			remember_port(s, ctx->dst_id, udp);
	}
	sl_keyed_leave(&scan->senders, s);
	return found;
}
