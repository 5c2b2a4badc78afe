/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/flowlimit.h>

#include <base/counters.h>
#include <rule/keyed.h>

#include <stdlib.h>
#include <string.h>

struct flowlimit {
	struct sl_memo memo;
	struct sl_keyed buckets;
};

/* As in rule/live.h, times 64 for precision. */
struct bucket {
	uint64_t full;	  /* when it will be, in 1/64 ns */
	uint64_t seen_ns; /* the last packet, with or without a token */
};

static void
reclaim(struct sl_rcu_head *head)
{
	struct flowlimit *l = sl_container_of(head, struct flowlimit, memo.rcu);

	sl_keyed_fini(&l->buckets);
	free(l);
}

struct sl_memo *
sl_flowlimit_make(const uint64_t params[SL_MEMO_PARAMS])
{
	struct flowlimit *l = calloc(1, sizeof(*l));

	(void)params;
	if (!l)
		return NULL;
	l->memo.reclaim = reclaim;
	if (sl_keyed_init(&l->buckets, SL_FLOWLIMIT_KEYS / SL_KEYED_WAYS,
		sizeof(struct bucket))) {
		free(l);
		return NULL;
	}
	return &l->memo;
}

static bool
is_expired(const struct bucket *b, uint64_t now_ns, const struct sl_match *m)
{
	return now_ns > b->seen_ns && now_ns - b->seen_ns >= m->flow.expire_ns;
}

static uint64_t
worth(const void *value, uint64_t now_ns, const void *arg)
{
	const struct bucket *b = value;

	if (b->full <= now_ns * 64 || is_expired(b, now_ns, arg))
		return 0;
	return b->full - now_ns * 64;
}

static void
key_of(
    const struct sl_match_ctx *ctx, unsigned fields, struct sl_keyed_key *key)
{
	memset(key, 0, sizeof(*key));
	if (fields & SL_FLOW_SRC)
		memcpy(&key->words[0], &ctx->src, sizeof(ctx->src));
	if (fields & SL_FLOW_DST)
		memcpy(&key->words[2], &ctx->dst, sizeof(ctx->dst));
	if (fields & SL_FLOW_DST_PORT)
		key->words[4] = ctx->dst_id;
}

bool
sl_flowlimit_take(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	struct flowlimit *l =
	    sl_container_of(m->flow.memo, struct flowlimit, memo);
	const struct sl_keyed_policy policy = {.worth = worth, .arg = m};
	uint64_t now_ns = ctx->pkt->now_ns, now = now_ns * 64;
	struct sl_keyed_key key;
	struct bucket *b;
	bool has;

	key_of(ctx, m->flow.fields, &key);
	b = sl_keyed_enter(&l->buckets, &key, now_ns, &policy);
	if (!b) {
		sl_count(SL_COUNTER_LIMIT_REFUSED, 1);
		return false;
	}
	if (b->full < now || is_expired(b, now_ns, m))
		b->full = now;
	has = b->full + m->flow.cost <= now + m->flow.depth;
	if (has)
		b->full += m->flow.cost;
	b->seen_ns = SL_MAX(b->seen_ns, now_ns);
	sl_keyed_leave(&l->buckets, b);
	return has;
}
