/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/conn.h>

#define TENTH_NS   (100 * SL_NS_PER_MS) /* unit of rate_start_ds */
#define TENTHS_1_S 10

void
sl_conn_set_tuple(struct sl_conn *c, enum sl_dir dir, const struct sl_tuple *t)
{
	SL_ASSERT(t->family == c->family);
	if (c->family == SL_IPV6) {
		struct sl_conn_key6 *k =
		    &((struct sl_conn6 *)(void *)c)->key6[dir];

		k->src = t->src;
		k->dst = t->dst;
		k->src_id = t->src_id;
		k->dst_id = t->dst_id;
	} else {
		struct sl_conn_key4 *k = &c->key4[dir];

		k->src = t->src.u.w[0];
		k->dst = t->dst.u.w[0];
		k->src_id = t->src_id;
		k->dst_id = t->dst_id;
	}
	c->l4proto = t->l4proto;
	c->zone = t->zone;
}

bool
sl_conn_matches_key6(
    const struct sl_conn *c, unsigned dir, const struct sl_tuple *tuple)
{
	const struct sl_conn6 *c6 = (const struct sl_conn6 *)(const void *)c;

	return memcmp(&c6->key6[dir], tuple,
		   offsetof(struct sl_tuple, l4proto)) == 0;
}

void
sl_conn_leaving(const struct sl_conn *c, enum sl_dir dir, struct sl_tuple *out)
{
	struct sl_tuple other;

	sl_conn_tuple(c, dir == SL_ORIG ? SL_REPLY : SL_ORIG, &other);
	sl_tuple_invert(&other, out);
	if (sl_likely(!sl_conn_has(c, SL_CONN_RECEIVER_ID)))
		return;
	out->src_id = 0;
	out->dst_id = sl_conn_leave_id(c, dir);
}

void
sl_conn_rewrite(
    const struct sl_conn *c, enum sl_dir dir, struct sl_rewrite *out)
{
	struct sl_tuple arriving, leaving;

	sl_conn_tuple(c, dir, &arriving);
	sl_conn_leaving(c, dir, &leaving);
	sl_edit_plan(&arriving, &leaving, out);
}

static uint32_t
add_saturated(uint32_t a, uint32_t b)
{
	return a + b < a ? UINT32_MAX : a + b;
}

/* Ends the running second if it is over: its bytes become the rate, or nothing
 * does, if a whole second without a packet followed it. */
static void
roll_second(struct sl_conn *c, uint32_t now_ds)
{
	uint32_t start = sl_load_relaxed(&c->rate_start_ds);
	uint32_t age = now_ds - start;

	if (age < TENTHS_1_S)
		return;
	for (int dir = 0; dir < SL_DIRS; dir++) {
		uint32_t full = sl_load_relaxed(&c->rate_window[dir]);

		sl_store_relaxed(
		    &c->rate_bytes_s[dir], age < 2 * TENTHS_1_S ? full : 0);
		sl_store_relaxed(&c->rate_window[dir], 0);
	}
	sl_store_relaxed(&c->rate_start_ds,
	    age < 2 * TENTHS_1_S ? start + TENTHS_1_S : now_ds);
}

void
sl_conn_account_owned(
    struct sl_conn *c, enum sl_dir dir, uint32_t bytes, uint64_t now_ns)
{
	uint32_t window;

	sl_bump_relaxed(&c->dirs[dir].packets, 1);
	sl_bump_relaxed(&c->dirs[dir].bytes, bytes);
	roll_second(c, (uint32_t)(now_ns / TENTH_NS));
	window = sl_load_relaxed(&c->rate_window[dir]);
	sl_store_relaxed(&c->rate_window[dir], add_saturated(window, bytes));
}

uint64_t
sl_conn_rate(const struct sl_conn *conn, enum sl_dir dir, uint64_t now_ns)
{
	struct sl_conn *c = (struct sl_conn *)(uintptr_t)conn;
	uint32_t age =
	    (uint32_t)(now_ns / TENTH_NS) - sl_load_relaxed(&c->rate_start_ds);
	uint64_t bytes;

	if (age < TENTHS_1_S)
		bytes = sl_load_relaxed(&c->rate_bytes_s[dir]);
	else if (age < 2 * TENTHS_1_S) /* over, but not rolled yet */
		bytes = sl_load_relaxed(&c->rate_window[dir]);
	else
		bytes = 0;
	return bytes * 8;
}
