/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/classify.h>

#include <rule/class_tree.h>

#include <arpa/inet.h>
#include <endian.h>

typedef unsigned __int128 u128;

/* What is known of the packet on each axis, found when first asked for. */
struct place {
	const struct sl_classifier *c;
	const struct sl_match_ctx *ctx;
	uint32_t known; /* bits: rank[] is set */
	uint32_t rank[SL_CLASS_AXES];
};

/* The last of 'n' ascending values that is <= 'value'; the first is. */
static uint32_t
find_narrow(const uint32_t *values, uint32_t n, uint32_t value)
{
	const uint32_t *at = values;

	while (n > 1) {
		uint32_t half = n / 2;

		at += at[half] <= value ? half : 0;
		n -= half;
	}
	return (uint32_t)(at - values);
}

static uint32_t
find_broad(const u128 *values, uint32_t n, u128 value)
{
	const u128 *at = values;

	while (n > 1) {
		uint32_t half = n / 2;

		at += at[half] <= value ? half : 0;
		n -= half;
	}
	return (uint32_t)(at - values);
}

static uint32_t
rank_of_addr(
    const struct place *p, enum sl_class_axis axis, const struct sl_addr *addr)
{
	const struct sl_class_ranks *r = &p->c->ranks[axis];

	if (p->c->family == SL_IPV4)
		return find_narrow(r->narrow, r->n, ntohl(addr->u.w[0]));
	return find_broad(r->broad, r->n,
	    (u128)be64toh(addr->u.q[0]) << 64 | be64toh(addr->u.q[1]));
}

static uint32_t
rank_of_number(const struct place *p, enum sl_class_axis axis, uint32_t value)
{
	const struct sl_class_ranks *r = &p->c->ranks[axis];

	return find_narrow(r->narrow, r->n, value);
}

static uint32_t
find_rank(const struct place *p, enum sl_class_axis axis)
{
	const struct sl_match_ctx *ctx = p->ctx;

	switch (axis) {
	case SL_CLASS_SRC:
		return rank_of_addr(p, axis, &ctx->src);
	case SL_CLASS_DST:
		return rank_of_addr(p, axis, &ctx->dst);
	case SL_CLASS_PROTOCOL:
		return rank_of_number(p, axis, ctx->pkt->l4proto);
	case SL_CLASS_SRC_ID:
		return rank_of_number(p, axis, ctx->src_id);
	case SL_CLASS_IN:
		return rank_of_number(p, axis, ctx->pkt->in_port);
	case SL_CLASS_OUT:
		return rank_of_number(p, axis, ctx->pkt->out_port);
	default: /* DST_ID; of ANY_ID the one of the two */
		return rank_of_number(p, axis, ctx->dst_id);
	}
}

static uint32_t
rank_on(struct place *p, enum sl_class_axis axis)
{
	if (!(p->known >> axis & 1)) {
		p->rank[axis] = find_rank(p, axis);
		p->known |= 1u << axis;
	}
	return p->rank[axis];
}

static uint32_t
cell_at(const struct place *p, const struct sl_class_node *node, uint32_t rank)
{
	const uint32_t *words = p->c->words;
	uint32_t i;

	if (node->direct) {
		i = rank - node->lo;
		return i < node->n ? words[node->cells + i] : SL_CLASS_NONE;
	}
	if (node->n < 2 || words[node->cuts] > rank)
		return words[node->cells];
	i = find_narrow(&words[node->cuts], node->n - 1, rank);
	return words[node->cells + i + 1];
}

static bool
asks_ids(const struct sl_class_node *node)
{
	return node->axis == SL_CLASS_SRC_ID || node->axis == SL_CLASS_DST_ID ||
	       node->axis == SL_CLASS_ANY_ID;
}

/* Where a packet is yet to go: lists and nodes with lists below. */
struct waiting {
	uint32_t at[SL_CLASSIFY_LISTS + 2];
	unsigned n;
};

static void
add_waiting(struct waiting *w, uint32_t at)
{
	if (at != SL_CLASS_NONE)
		w->at[w->n++] = at;
}

static void
pass_node(struct place *p, const struct sl_class_node *node, struct waiting *w)
{
	/* The builder bounded them; this keeps memory safe regardless. */
	SL_ASSERT(w->n < SL_CLASSIFY_LISTS);
	add_waiting(w, node->rest);
	/* A packet without ports matches no rule that asks for one. */
	if (asks_ids(node) && !p->ctx->has_ids)
		return;
	add_waiting(w, cell_at(p, node, rank_on(p, node->axis)));
	if (node->axis == SL_CLASS_ANY_ID)
		add_waiting(
		    w, cell_at(p, node,
			   rank_of_number(p, node->axis, p->ctx->src_id)));
}

unsigned
sl_classify_find(const struct sl_classifier *c, const struct sl_match_ctx *ctx,
    const uint32_t **lists)
{
	struct place p; /* the ranks need not be cleared */
	struct waiting w;
	unsigned n = 0;

	p.c = c;
	p.ctx = ctx;
	p.known = 0;
	w.n = 0;
	add_waiting(&w, c->root);
	while (w.n > 0) {
		uint32_t at = w.at[--w.n];

		if (!(at & SL_CLASS_LIST)) {
			pass_node(&p, &c->nodes[at], &w);
			continue;
		}
		SL_ASSERT(n < SL_CLASSIFY_LISTS);
		lists[n++] = &c->words[at & ~SL_CLASS_LIST];
	}
	return n;
}

uint32_t
sl_classify_first(const struct sl_classifier *c)
{
	return c->first;
}

size_t
sl_classify_bytes(const struct sl_classifier *c)
{
	return c ? c->bytes : 0;
}
