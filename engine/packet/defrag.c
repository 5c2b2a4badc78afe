/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it is.  A table of datagrams under way, chained by source address, and
 *   a pool of equal blocks that hold their bytes: each fragment is a run of
 *   pieces, one a block, and a datagram's pieces are one list by offset.
 * Life cycle.  first fragment -> whole (its bytes move to 'out') or overdue,
 *   evicted or dead.  A dead datagram has no bytes; it stays until its time is
 *   over, so that what is still to come of it is dropped too (RFC 5722).
 * Who writes.  The owner worker.  Who reads.  Nobody else.
 * Ordering.    None.
 * Bounds.      Blocks and datagrams are fixed, and of both those of one source;
 *   when they run out the oldest gives way.  SL_DEFRAG_FRAGMENTS a datagram.
 */
#include <packet/defrag.h>

#include <base/hash.h>
#include <packet/edit_internal.h>
#include <packet/parse.h>
#include <packet/parse_internal.h>

#include <string.h>

#define NIL UINT32_MAX
#define BLOCK_DATA                                                             \
	500 /* with its head 512 bytes; three hold a 1480-byte piece */
#define ECN_CE 3

struct block {
	uint32_t next;
	uint16_t off, len; /* of this piece in the datagram */
	uint16_t frag_len; /* of the fragment it begins; else 0 */
	uint8_t data[BLOCK_DATA];
};

/* One fragment, as its headers describe it. */
struct fragment {
	const struct sl_pkt *pkt;
	const uint8_t *data;
	uint32_t off, len;
	uint32_t
	    hdr_len; /* from L2 to the end of what every fragment repeats */
	uint32_t
	    nh_off; /* IPv6: of the byte that announces the fragment header */
	bool more;
	uint8_t proto; /* IPv6: of what comes behind the fragment header */
	uint8_t ecn;
	struct sl_addr src, dst;
};

struct datagram {
	struct sl_addr src, dst;
	uint32_t id;
	uint8_t family, l4proto; /* IPv4 only: RFC 8200 leaves proto out */
	bool dead;
	uint8_t proto;
	uint8_t ecn_seen;	 /* bit 1 << codepoint of every fragment */
	enum sl_drop_reason why; /* dead: of what */
	uint64_t deadline_ns;
	uint32_t chain_next; /* same bucket; also the free list */
	uint32_t older, newer;
	uint32_t first, last; /* pieces by offset */
	uint32_t header;      /* block with the first fragment's headers */
	uint32_t total;	      /* bytes when whole; 0: last one not seen */
	uint32_t have;
	uint32_t blocks, fragments;
	uint32_t max_frag;
	uint16_t l3_off, nh_off;
};

struct sl_defrag {
	struct sl_defrag_limits limits;
	struct datagram *datagrams;
	struct block *blocks;
	uint32_t *buckets;
	uint32_t bucket_mask;
	uint32_t free_datagram, free_block, blocks_left;
	uint32_t oldest, newest;
	uint8_t out[SL_FRAME_MAX];
};

static uint32_t
bucket_of(const struct sl_defrag *d, const struct sl_addr *src)
{
	return (uint32_t)sl_hash_words(src->u.q, 2) & d->bucket_mask;
}

static void
reset(struct sl_defrag *d, uint32_t blocks)
{
	for (uint32_t i = 0; i <= d->bucket_mask; i++)
		d->buckets[i] = NIL;
	for (uint32_t i = 0; i < d->limits.datagrams; i++)
		d->datagrams[i].chain_next =
		    i + 1 < d->limits.datagrams ? i + 1 : NIL;
	for (uint32_t i = 0; i < blocks; i++)
		d->blocks[i].next = i + 1 < blocks ? i + 1 : NIL;
	d->free_datagram = 0;
	d->free_block = 0;
	d->blocks_left = blocks;
	d->oldest = d->newest = NIL;
}

struct sl_defrag *
sl_defrag_new(const struct sl_defrag_limits *limits)
{
	static const struct sl_defrag_limits defaults = {
	    4 << 20, 1024, 64, 1 << 20};
	struct sl_defrag *d = calloc(1, sizeof(*d));
	uint32_t blocks, buckets = 16;

	if (!d)
		return NULL;
	d->limits = limits ? *limits : defaults;
	d->limits.datagrams = SL_MAX(d->limits.datagrams, 1u);
	d->limits.per_source = SL_MAX(d->limits.per_source, 1u);
	blocks = SL_MAX(d->limits.bytes / (uint32_t)sizeof(struct block), 1u);
	while (buckets < d->limits.datagrams && buckets < (1u << 20))
		buckets *= 2;
	d->bucket_mask = buckets - 1;
	d->buckets = calloc(buckets, sizeof(*d->buckets));
	d->datagrams = calloc(d->limits.datagrams, sizeof(*d->datagrams));
	d->blocks = calloc(blocks, sizeof(*d->blocks));
	if (!d->buckets || !d->datagrams || !d->blocks) {
		sl_defrag_free(d);
		return NULL;
	}
	reset(d, blocks);
	return d;
}

void
sl_defrag_free(struct sl_defrag *d)
{
	if (!d)
		return;
	free(d->blocks);
	free(d->datagrams);
	free(d->buckets);
	free(d);
}

static uint32_t
take_block(struct sl_defrag *d)
{
	uint32_t b = d->free_block;

	d->free_block = d->blocks[b].next;
	d->blocks_left--;
	return b;
}

/* Gives back all bytes of 'g': its list goes in front of the free list. */
static void
drop_bytes(struct sl_defrag *d, struct datagram *g)
{
	if (g->first != NIL) {
		d->blocks[g->last].next = d->free_block;
		d->free_block = g->first;
	}
	if (g->header != NIL) {
		d->blocks[g->header].next = d->free_block;
		d->free_block = g->header;
	}
	d->blocks_left += g->blocks;
	g->blocks = 0;
	g->first = g->last = g->header = NIL;
}

static void
release(struct sl_defrag *d, uint32_t n)
{
	struct datagram *g = &d->datagrams[n];
	uint32_t *link = &d->buckets[bucket_of(d, &g->src)];

	drop_bytes(d, g);
	while (*link != n)
		link = &d->datagrams[*link].chain_next;
	*link = g->chain_next;
	if (g->older == NIL)
		d->oldest = g->newer;
	else
		d->datagrams[g->older].newer = g->newer;
	if (g->newer == NIL)
		d->newest = g->older;
	else
		d->datagrams[g->newer].older = g->older;
	g->chain_next = d->free_datagram;
	d->free_datagram = n;
}

/* Counts the fragments that 'g' holds as dropped, and releases it. */
static void
discard(struct sl_defrag *d, uint32_t n, enum sl_drop_reason why)
{
	sl_count(SL_COUNTER_DROPS + (unsigned)why, d->datagrams[n].fragments);
	release(d, n);
}

/* The datagram contradicts itself: nothing of it can be trusted. */
static enum sl_verdict
kill_datagram(struct sl_defrag *d, struct datagram *g, enum sl_drop_reason why)
{
	sl_count(SL_COUNTER_DROPS + (unsigned)why, g->fragments);
	g->fragments = 0;
	drop_bytes(d, g);
	g->dead = true;
	g->why = why;
	return sl_drop(why);
}

void
sl_defrag_expire(struct sl_defrag *d, uint64_t now_ns)
{
	while (
	    d->oldest != NIL && d->datagrams[d->oldest].deadline_ns <= now_ns)
		discard(d, d->oldest, SL_DROP_FRAG_TIMEOUT);
}

static bool
is_of(const struct datagram *g, const struct fragment *f)
{
	const struct sl_pkt *pkt = f->pkt;

	return g->id == pkt->frag_id && g->family == pkt->family &&
	       (g->family == SL_IPV6 || g->l4proto == pkt->l4proto) &&
	       memcmp(&g->dst, &f->dst, sizeof(g->dst)) == 0;
}

static uint32_t
open_datagram(struct sl_defrag *d, const struct fragment *f)
{
	uint32_t *head = &d->buckets[bucket_of(d, &f->src)];
	uint32_t n = d->free_datagram;
	struct datagram *g = &d->datagrams[n];

	d->free_datagram = g->chain_next;
	*g = (struct datagram){
	    .src = f->src,
	    .dst = f->dst,
	    .id = f->pkt->frag_id,
	    .family = f->pkt->family,
	    .l4proto = f->pkt->l4proto,
	    .deadline_ns = f->pkt->now_ns + SL_DEFRAG_TIMEOUT_NS,
	    .chain_next = *head,
	    .older = d->newest,
	    .newer = NIL,
	    .first = NIL,
	    .last = NIL,
	    .header = NIL,
	};
	*head = n;
	if (d->newest == NIL)
		d->oldest = n;
	else
		d->datagrams[d->newest].newer = n;
	d->newest = n;
	return n;
}

/* The fragment's datagram; makes room for a new one if it is the first. */
static uint32_t
find_datagram(struct sl_defrag *d, const struct fragment *f)
{
	uint32_t n = d->buckets[bucket_of(d, &f->src)];
	uint32_t of_source = 0, oldest = NIL;

	for (; n != NIL; n = d->datagrams[n].chain_next) {
		const struct datagram *g = &d->datagrams[n];

		if (memcmp(&g->src, &f->src, sizeof(g->src)) != 0)
			continue;
		if (is_of(g, f))
			return n;
		of_source++;
		oldest = n; /* newer ones stand before older ones */
	}
	if (of_source >= d->limits.per_source)
		discard(d, oldest, SL_DROP_FRAG_LIMIT);
	else if (d->free_datagram == NIL)
		discard(d, d->oldest, SL_DROP_FRAG_LIMIT);
	return open_datagram(d, f);
}

/* False, and the datagram is to die, if lengths contradict each other. */
static bool
lengths_agree(
    const struct sl_defrag *d, struct datagram *g, const struct fragment *f)
{
	uint32_t end = f->off + f->len, seen = 0;

	if (g->last != NIL)
		seen =
		    (uint32_t)d->blocks[g->last].off + d->blocks[g->last].len;
	if (g->total)
		return f->more ? end < g->total : end == g->total;
	if (!f->more && end < seen)
		return false;
	if (!f->more)
		g->total = end;
	return true;
}

enum place {
	PLACE_FREE,
	PLACE_DUPLICATE,
	PLACE_OVERLAP,
};

/* Where the fragment goes: behind piece *prev (NIL: in front). */
static enum place
find_place(const struct sl_defrag *d, const struct datagram *g,
    const struct fragment *f, uint32_t *prev)
{
	const struct block *blocks = d->blocks;
	uint32_t next = g->first;

	*prev = g->last;
	if (*prev == NIL ||
	    (uint32_t)blocks[*prev].off + blocks[*prev].len <= f->off)
		return PLACE_FREE; /* at the end, as most do */
	*prev = NIL;
	while (next != NIL && blocks[next].off < f->off) {
		*prev = next;
		next = blocks[next].next;
	}
	if (next != NIL && blocks[next].off == f->off &&
	    blocks[next].frag_len == f->len)
		return PLACE_DUPLICATE;
	if (*prev != NIL &&
	    (uint32_t)blocks[*prev].off + blocks[*prev].len > f->off)
		return PLACE_OVERLAP;
	if (next != NIL && blocks[next].off < f->off + f->len)
		return PLACE_OVERLAP;
	return PLACE_FREE;
}

/* Frees blocks, oldest datagram first, until there are 'need'; false if that
 * would take datagram 'mine' itself. */
static bool
make_room(struct sl_defrag *d, uint32_t need, uint32_t mine)
{
	while (d->blocks_left < need) {
		if (d->oldest == mine)
			return false;
		discard(d, d->oldest, SL_DROP_FRAG_LIMIT);
	}
	return true;
}

/* What datagrams of that source hold, and the oldest of them that is not 'mine'. */
static uint32_t
held_by(const struct sl_defrag *d, const struct sl_addr *src, uint32_t mine,
    uint32_t *oldest)
{
	uint32_t n = d->buckets[bucket_of(d, src)], blocks = 0;

	*oldest = NIL;
	for (; n != NIL; n = d->datagrams[n].chain_next) {
		const struct datagram *g = &d->datagrams[n];

		if (memcmp(&g->src, src, sizeof(*src)) != 0)
			continue;
		blocks += g->blocks;
		if (n != mine && g->blocks)
			*oldest = n; /* newer ones stand before older ones */
	}
	return blocks;
}

/* The same within the source's share. */
static bool
make_room_of_source(struct sl_defrag *d, uint32_t need, uint32_t mine,
    const struct sl_addr *src)
{
	uint32_t most = d->limits.source_bytes / sizeof(struct block), oldest;

	while (most && held_by(d, src, mine, &oldest) + need > most) {
		if (oldest == NIL)
			return false;
		discard(d, oldest, SL_DROP_FRAG_LIMIT);
	}
	return true;
}

static void
keep_pieces(struct sl_defrag *d, struct datagram *g, const struct fragment *f,
    uint32_t prev)
{
	uint32_t next = prev == NIL ? g->first : d->blocks[prev].next;

	for (uint32_t done = 0; done < f->len;) {
		uint32_t n = SL_MIN(f->len - done, (uint32_t)BLOCK_DATA);
		uint32_t b = take_block(d);
		struct block *block = &d->blocks[b];

		block->off = (uint16_t)(f->off + done);
		block->len = (uint16_t)n;
		block->frag_len = done ? 0 : (uint16_t)f->len;
		memcpy(block->data, f->data + done, n);
		if (prev == NIL)
			g->first = b;
		else
			d->blocks[prev].next = b;
		prev = b;
		done += n;
		g->blocks++;
	}
	d->blocks[prev].next = next;
	if (next == NIL)
		g->last = prev;
}

static void
keep_header(struct sl_defrag *d, struct datagram *g, const struct fragment *f)
{
	struct block *block;

	g->header = take_block(d);
	g->blocks++;
	block = &d->blocks[g->header];
	block->len = (uint16_t)f->hdr_len;
	memcpy(block->data, f->pkt->data, f->hdr_len);
	g->l3_off = f->pkt->l3_off;
	g->nh_off = (uint16_t)f->nh_off;
	g->proto = f->proto;
}

/* What the fragment's own headers say.  False if they are too long to keep. */
static bool
describe(const struct sl_pkt *pkt, struct fragment *f)
{
	const uint8_t *ip = sl_pkt_l3(pkt);
	struct sl_ip6_chain chain;

	*f = (struct fragment){.pkt = pkt, .off = pkt->frag_off};
	sl_pkt_addrs(pkt, &f->src, &f->dst);
	if (pkt->family == SL_IPV4) {
		f->more = sl_get_be16(ip + 6) & SL_FRAG_MORE4;
		f->hdr_len = pkt->l4_off;
		f->data = sl_pkt_l4(pkt);
		f->len = pkt->l4_len;
		f->ecn = ip[1] & 3;
	} else {
		if (!sl_parse_ip6_chain(ip, pkt->l3_len, &chain))
			return false;
		f->more = chain.frag_word & SL_FRAG_MORE6;
		f->hdr_len = pkt->l3_off + chain.frag_off;
		f->nh_off = pkt->l3_off + chain.frag_nh;
		f->proto = ip[chain.frag_off];
		f->data = ip + chain.frag_off + SL_FRAG_HDR6;
		f->len = pkt->l3_len - chain.frag_off - SL_FRAG_HDR6;
		f->ecn = (ip[1] >> 4) & 3;
	}
	return f->hdr_len <= BLOCK_DATA;
}

/* RFC 3168 5.3: congestion met by one fragment was met by the datagram. */
static void
fix_ecn(uint8_t *ip, const struct datagram *g)
{
	if (!(g->ecn_seen & (1 << ECN_CE)) || (g->ecn_seen & 1))
		return;
	if (g->family == SL_IPV4)
		ip[1] |= ECN_CE;
	else
		ip[1] |= ECN_CE << 4;
}

/* Headers and pieces, in order, as one frame in d->out.  Returns its length. */
static uint32_t
assemble(struct sl_defrag *d, const struct datagram *g)
{
	uint32_t hdr_len = d->blocks[g->header].len;
	uint8_t *ip = d->out + g->l3_off;
	uint32_t ip_len = hdr_len - g->l3_off;

	memcpy(d->out, d->blocks[g->header].data, hdr_len);
	for (uint32_t b = g->first; b != NIL; b = d->blocks[b].next)
		memcpy(d->out + hdr_len + d->blocks[b].off, d->blocks[b].data,
		    d->blocks[b].len);
	fix_ecn(ip, g);
	if (g->family == SL_IPV4) {
		sl_edit_put16(ip + 2, ip_len + g->total);
		sl_edit_put16(ip + 6, 0);
		sl_edit_ip4_csum(ip, ip_len);
	} else {
		sl_edit_put16(ip + 4, ip_len - SL_IP6_HDR + g->total);
		d->out[g->nh_off] = g->proto;
	}
	return hdr_len + g->total;
}

static enum sl_verdict
finish(struct sl_defrag *d, uint32_t n, struct sl_pkt *pkt, uint32_t *max_frag)
{
	struct datagram *g = &d->datagrams[n];
	uint32_t counted = d->blocks[g->header].len - g->l3_off + g->total;
	uint32_t id = g->id;

	if (g->family == SL_IPV6)
		counted -= SL_IP6_HDR; /* its length field leaves it out */
	/* The later fragments promised to fit behind their own headers, not
	 * behind the first one's. */
	if (counted > SL_IP_MAX) {
		discard(d, n, SL_DROP_FRAG_LIE);
		return SL_DROP;
	}
	*max_frag = g->max_frag;
	pkt->len = assemble(d, g);
	release(d, n);
	pkt->data = d->out;
	pkt->room = sizeof(d->out);
	pkt->offload = (struct sl_offload){0};
	if (sl_parse_frame(pkt) != SL_GO)
		return SL_DROP;
	pkt->flags |= SL_PKT_REASSEMBLED;
	pkt->frag_id = id;
	sl_count(SL_COUNTER_REASM_OK, 1);
	return SL_GO;
}

static enum sl_verdict
keep(struct sl_defrag *d, uint32_t n, const struct fragment *f)
{
	struct datagram *g = &d->datagrams[n];
	uint32_t need = (f->len + BLOCK_DATA - 1) / BLOCK_DATA + (f->off == 0);
	uint32_t prev;

	if (g->dead)
		return sl_drop(g->why);
	if (!lengths_agree(d, g, f))
		return kill_datagram(d, g, SL_DROP_FRAG_LIE);
	switch (find_place(d, g, f, &prev)) {
	case PLACE_DUPLICATE:
		return SL_TAKEN;
	case PLACE_OVERLAP:
		return kill_datagram(d, g, SL_DROP_FRAG_OVERLAP);
	case PLACE_FREE:
		break;
	}
	if (g->fragments == SL_DEFRAG_FRAGMENTS)
		return kill_datagram(d, g, SL_DROP_FRAG_LIMIT);
	if (!make_room_of_source(d, need, n, &f->src) ||
	    !make_room(d, need, n)) {
		discard(d, n, SL_DROP_FRAG_LIMIT);
		return sl_drop(SL_DROP_FRAG_LIMIT);
	}
	keep_pieces(d, g, f, prev);
	if (f->off == 0)
		keep_header(d, g, f);
	g->fragments++;
	g->have += f->len;
	g->max_frag = SL_MAX(g->max_frag, f->pkt->l3_len);
	g->ecn_seen |= (uint8_t)(1 << f->ecn);
	return SL_GO;
}

enum sl_verdict
sl_defrag_add(struct sl_defrag *d, struct sl_pkt *pkt, uint32_t *max_frag)
{
	const struct datagram *g;
	struct fragment f;
	uint32_t n;

	*max_frag = 0;
	if (!(pkt->flags & SL_PKT_FRAGMENT))
		return SL_GO;
	sl_defrag_expire(d, pkt->now_ns);
	if (!describe(pkt, &f))
		return sl_drop(SL_DROP_EXT_HEADER);
	n = find_datagram(d, &f);
	switch (keep(d, n, &f)) {
	case SL_DROP:
		return SL_DROP;
	case SL_TAKEN:
		return SL_TAKEN;
	case SL_GO:
		break;
	}
	g = &d->datagrams[n];
	if (g->have != g->total || g->header == NIL)
		return SL_TAKEN;
	return finish(d, n, pkt, max_frag);
}
