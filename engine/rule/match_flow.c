/* SPDX-License-Identifier: Apache-2.0 */
/* Matchers that follow a connection, a sender or the clock. */
#include <rule/match.h>

#include <base/clock.h>
#include <base/random.h>
#include <rule/connlimit.h>
#include <rule/flowlimit.h>
#include <rule/scan.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S	    86400
#define WEEK	    7
#define DAY_OF_1970 4 /* 1970-01-01 was a Thursday */

/* Whose size and rate rules may ask for; NULL: nobody's. */
static struct sl_conn *
measured(const struct sl_match_ctx *ctx)
{
	struct sl_conn *c = ctx->pkt->conn;

	return c && (c->l4proto == IPPROTO_TCP || c->l4proto == IPPROTO_UDP)
		   ? c
		   : NULL;
}

static bool
is_between(const struct sl_match *m, uint64_t value)
{
	return value >= m->wide.lo && value <= m->wide.hi;
}

static bool
bytes_are(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	struct sl_conn *c = measured(ctx);

	if (!c)
		return m->negate;
	return is_between(m, sl_load_relaxed(&c->dirs[SL_ORIG].bytes) +
				 sl_load_relaxed(&c->dirs[SL_REPLY].bytes));
}

static bool
rate_is(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	struct sl_conn *c = measured(ctx);
	uint64_t now = ctx->pkt->now_ns;

	if (!c)
		return m->negate;
	return is_between(
	    m, sl_conn_rate(c, SL_ORIG, now) + sl_conn_rate(c, SL_REPLY, now));
}

static bool
type_is(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	struct sl_conn *c = ctx->pkt->conn;
	uint32_t helper;

	if (!c)
		return m->negate;
	helper = sl_conn_bits(c) >> SL_CONN_HELPER_SHIFT;
	return helper && (m->set >> (helper - 1) & 1);
}

/* The day that is named is the one on which the time begins: "22h-6h,fri" lasts
 * from Friday evening to Saturday morning. */
static bool
time_is(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	int64_t local = sl_clock_local_s(ctx->pkt->now_ns);
	uint32_t second = (uint32_t)(local % DAY_S);
	unsigned day = (unsigned)((local / DAY_S + DAY_OF_1970) % WEEK);
	unsigned before = (day + WEEK - 1) % WEEK;
	bool begun = second >= m->time.from_s && (m->time.days >> day & 1);

	if (m->time.from_s <= m->time.to_s)
		return begun && second <= m->time.to_s;
	return begun ||
	       (second <= m->time.to_s && (m->time.days >> before & 1));
}

/* The finalizer of splitmix64: fixed, for shares must stay what they were when the
 * router comes back. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

/* One end's part; what is not asked for is nothing. */
static uint64_t
mix_end(const struct sl_addr *addr, uint32_t port)
{
	uint64_t h = mix(port + 0x9e3779b97f4a7c15ull);

	return mix(addr ? mix(h ^ addr->u.q[0]) ^ addr->u.q[1] : h);
}

/*
 * The two ends' parts are added, so that with fields of both ends the packets of
 * both directions have the same share.  A packet without ports has the ports 0:
 * pings are shared out by their addresses.
 */
static bool
share_is(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	unsigned fields = m->pcc.fields;
	uint64_t src, dst;

	src = mix_end(fields & SL_PCC_SRC ? &ctx->src : NULL,
	    fields & SL_PCC_SRC_PORT ? ctx->src_id : 0);
	dst = mix_end(fields & SL_PCC_DST ? &ctx->dst : NULL,
	    fields & SL_PCC_DST_PORT ? ctx->dst_id : 0);
	return (uint32_t)((mix(src + dst) >> 32) * m->pcc.of >> 32) ==
	       m->pcc.share;
}

/* Every n-th. */

struct nth {
	struct sl_memo memo;
	/* SL_SHARED: packets that came this far; any worker, relaxed */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint64_t) seen;
};

static void
reclaim_nth(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct nth, memo.rcu));
}

static struct sl_memo *
make_nth(const uint64_t params[SL_MEMO_PARAMS])
{
	struct nth *nth = aligned_alloc(SL_CACHE_LINE, sizeof(*nth));

	(void)params;
	if (!nth)
		return NULL;
	*nth = (struct nth){.memo.reclaim = reclaim_nth};
	return &nth->memo;
}

static bool
is_nth(const struct sl_match *m)
{
	struct nth *nth = sl_container_of(m->nth.memo, struct nth, memo);

	return sl_add_relaxed(&nth->seen, 1) % m->nth.every ==
	       m->nth.packet - 1;
}

static bool
is_over_limit(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	struct sl_conn *c = ctx->pkt->conn;
	uint32_t count;

	count =
	    c ? sl_connlimit_count(m->conns.memo, c, m->conns.prefix_len) : 0;
	return count ? count > m->conns.count : m->negate;
}

/* What matchers remember. */

static const struct {
	enum sl_memo_kind kind;
	sl_memo_make_fn make;
} memos[SL_MATCH_N] = {
    [SL_MATCH_NTH] = {SL_MEMO_NTH, make_nth},
    [SL_MATCH_CONN_LIMIT] = {SL_MEMO_CONN_LIMIT, sl_connlimit_make},
    [SL_MATCH_PSD] = {SL_MEMO_PSD, sl_scan_make},
    [SL_MATCH_DST_LIMIT] = {SL_MEMO_DST_LIMIT, sl_flowlimit_make},
};

enum sl_memo_kind
sl_match_memo_kind(unsigned match_kind)
{
	return memos[match_kind].kind;
}

/* What a memo is of: the parameters that make another one of it. */
static void
memo_params(const struct sl_match *m, uint64_t params[SL_MEMO_PARAMS])
{
	memset(params, 0, SL_MEMO_PARAMS * sizeof(*params));
	switch (m->kind) {
	case SL_MATCH_NTH:
		params[0] = m->nth.every;
		params[1] = m->nth.packet;
		break;
	case SL_MATCH_PSD:
		params[0] = m->scan.delay_ns;
		params[1] = m->scan.weight;
		params[2] = m->scan.low;
		params[3] = m->scan.high;
		break;
	case SL_MATCH_DST_LIMIT:
		params[0] = m->flow.cost;
		params[1] = m->flow.depth;
		params[2] = m->flow.expire_ns;
		params[3] = m->flow.fields;
		break;
	default: /* SL_MATCH_CONN_LIMIT: counts stay when the limit changes */
		params[0] = m->conns.prefix_len;
		break;
	}
}

int
sl_match_remember(struct sl_match *m, struct sl_live *live)
{
	uint64_t params[SL_MEMO_PARAMS];

	memo_params(m, params);
	m->memo = sl_memo_want(
	    &live->memos[memos[m->kind].kind], params, memos[m->kind].make);
	return m->memo ? 0 : -ENOMEM;
}

bool
sl_match_flow(struct sl_match_ctx *ctx, const struct sl_match *m)
{
	switch (m->kind) {
	case SL_MATCH_TIME:
		return time_is(ctx, m);
	case SL_MATCH_CONN_BYTES:
		return bytes_are(ctx, m);
	case SL_MATCH_CONN_LIMIT:
		return is_over_limit(ctx, m);
	case SL_MATCH_CONN_RATE:
		return rate_is(ctx, m);
	case SL_MATCH_CONN_TYPE:
		return type_is(ctx, m);
	case SL_MATCH_RANDOM:
		return sl_random_below(100) < m->percent;
	case SL_MATCH_NTH:
		return is_nth(m);
	case SL_MATCH_PSD:
		return sl_scan_is_one(ctx, m);
	case SL_MATCH_DST_LIMIT:
		return sl_flowlimit_take(ctx, m);
	default: /* SL_MATCH_PCC */
		return share_is(ctx, m);
	}
}
