/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/crc32c.h>
#include <packet/csum.h>
#include <packet/edit.h>
#include <packet/edit_internal.h>
#include <packet/parse_internal.h>

#include <string.h>

#define ADDRS (SL_EDIT_SRC | SL_EDIT_DST)
#define IDS   (SL_EDIT_SRC_ID | SL_EDIT_DST_ID)

/* The headers that a rewrite writes to: a packet's own or those it quotes. */
struct target {
	uint8_t *ip;
	uint8_t *l4;	 /* NULL: a later fragment has none */
	uint32_t l4_len; /* bytes on hand */
	uint8_t family;
	bool partial; /* checksum field holds the pseudo-header sum */
	bool quoted;  /* the checksum field may be cut off */
};

/* By how much the checksums move; 0: not at all. */
struct deltas {
	uint16_t addr; /* IPv4 header, and pseudo-header */
	uint16_t id;
};

static inline uint32_t
addr_len(uint8_t family)
{
	return family == SL_IPV4 ? 4 : 16;
}

static inline uint8_t *
src_field(const struct target *t)
{
	return t->ip + (t->family == SL_IPV4 ? 12 : 8);
}

static inline uint8_t *
dst_field(const struct target *t)
{
	return t->ip + (t->family == SL_IPV4 ? 16 : 24);
}

void
sl_edit_plan(const struct sl_tuple *from, const struct sl_tuple *to,
    struct sl_rewrite *out)
{
	uint32_t alen = addr_len(to->family);
	uint16_t addr = 0, id = 0;

	*out = (struct sl_rewrite){
	    .src = to->src,
	    .dst = to->dst,
	    .src_id = to->src_id,
	    .dst_id = to->dst_id,
	};
	if (memcmp(&from->src, &to->src, sizeof(to->src)) != 0) {
		out->what |= SL_EDIT_SRC;
		addr = sl_csum_delta(&from->src, &to->src, alen);
	}
	if (memcmp(&from->dst, &to->dst, sizeof(to->dst)) != 0) {
		out->what |= SL_EDIT_DST;
		addr = sl_csum_delta_join(
		    addr, sl_csum_delta(&from->dst, &to->dst, alen));
	}
	if (from->src_id != to->src_id) {
		out->what |= SL_EDIT_SRC_ID;
		id = sl_csum_delta(&from->src_id, &to->src_id, 2);
	}
	if (from->dst_id != to->dst_id) {
		out->what |= SL_EDIT_DST_ID;
		id = sl_csum_delta_join(
		    id, sl_csum_delta(&from->dst_id, &to->dst_id, 2));
	}
	out->l3_delta = to->family == SL_IPV4 ? addr : 0;
	out->addr_delta = addr;
	out->id_delta = id;
}

/* True if the 16-bit field at 'off' is within L4 and on a checksum word. */
static inline bool
has_field(const struct target *t, uint8_t off)
{
	return off != SL_NONE && off % 2 == 0 && off + 2u <= t->l4_len;
}

static bool
fits(const struct target *t, const struct sl_l4_layout *layout, uint8_t what)
{
	if (!t->l4)
		return true;
	if (!t->quoted && t->l4_len < layout->min_len)
		return false;
	if ((what & SL_EDIT_SRC_ID) && !has_field(t, layout->src_off))
		return false;
	if ((what & SL_EDIT_DST_ID) && !has_field(t, layout->dst_off))
		return false;
	if (layout->csum_off == SL_NONE)
		return true;
	return t->quoted || has_field(t, layout->csum_off);
}

/* An ICMP query has one id: what both sides call theirs is one field. */
static inline bool
is_one_field(const struct sl_l4_layout *layout, uint8_t what)
{
	return (what & IDS) == IDS && layout->src_off == layout->dst_off;
}

/* The deltas of the parts in 'what', from what stands in the packet. */
static void
measure(const struct target *t, const struct sl_l4_layout *layout,
    const struct sl_rewrite *rw, uint8_t what, struct deltas *d)
{
	uint32_t alen = addr_len(t->family);

	*d = (struct deltas){0, 0};
	if (what & SL_EDIT_SRC)
		d->addr = sl_csum_delta(src_field(t), &rw->src, alen);
	if (what & SL_EDIT_DST)
		d->addr = sl_csum_delta_join(
		    d->addr, sl_csum_delta(dst_field(t), &rw->dst, alen));
	if (!t->l4)
		return;
	if ((what & SL_EDIT_SRC_ID) && !is_one_field(layout, what))
		d->id = sl_csum_delta(t->l4 + layout->src_off, &rw->src_id, 2);
	if (what & SL_EDIT_DST_ID)
		d->id = sl_csum_delta_join(d->id,
		    sl_csum_delta(t->l4 + layout->dst_off, &rw->dst_id, 2));
}

static inline void
write_fields(const struct target *t, const struct sl_l4_layout *layout,
    const struct sl_rewrite *rw, uint8_t what)
{
	uint32_t alen = addr_len(t->family);

	if (what & SL_EDIT_SRC)
		memcpy(src_field(t), &rw->src, alen);
	if (what & SL_EDIT_DST)
		memcpy(dst_field(t), &rw->dst, alen);
	if (!t->l4)
		return;
	if (what & SL_EDIT_SRC_ID)
		memcpy(t->l4 + layout->src_off, &rw->src_id, 2);
	if (what & SL_EDIT_DST_ID)
		memcpy(t->l4 + layout->dst_off, &rw->dst_id, 2);
}

/* It covers ids and no addresses, and cannot be moved: made anew, over a packet
 * that was found sound.  What an error quotes is cut: nobody can check it. */
static void
make_crc(const struct target *t, uint32_t off, uint8_t what)
{
	if ((what & IDS) && !t->quoted && off + SL_CRC32C_LEN <= t->l4_len)
		sl_crc32c(t->l4, t->l4_len, off, t->l4 + off);
}

static inline void
move_l4_csum(const struct target *t, const struct sl_l4_layout *layout,
    uint8_t what, const struct deltas *d)
{
	bool zero_is_none = layout->csum_flags & SL_CSUM_ZERO_MEANS_NONE;
	uint16_t addr = layout->csum_flags & SL_CSUM_PSEUDO ? d->addr : 0;
	sl_be16 csum;

	if (!t->l4 || !has_field(t, layout->csum_off))
		return;
	if (layout->csum_flags & SL_CSUM_CRC32C) {
		make_crc(t, layout->csum_off, what);
		return;
	}
	csum = sl_raw_be16(t->l4 + layout->csum_off);
	if (t->partial) {
		csum = sl_csum_apply_partial(csum, addr);
	} else {
		if (csum == 0 && zero_is_none)
			return;
		csum = sl_csum_apply(csum, sl_csum_delta_join(addr, d->id));
		if (csum == 0 && zero_is_none)
			csum = 0xffff;
	}
	memcpy(t->l4 + layout->csum_off, &csum, sizeof(csum));
}

static inline void
apply(const struct target *t, const struct sl_l4_layout *layout,
    const struct sl_rewrite *rw, uint8_t what, const struct deltas *d)
{
	write_fields(t, layout, rw, what);
	if (t->family == SL_IPV4 && (what & ADDRS))
		sl_edit_move_csum(t->ip + 10, d->addr);
	move_l4_csum(t, layout, what, d);
}

static inline struct target
own_headers(const struct sl_pkt *pkt)
{
	bool later = pkt->flags & SL_PKT_LATER_FRAGMENT;

	return (struct target){
	    .ip = sl_pkt_l3(pkt),
	    .l4 = later ? NULL : sl_pkt_l4(pkt),
	    .l4_len = pkt->l4_len,
	    .family = pkt->family,
	    .partial = sl_pkt_is_partial(pkt),
	};
}

bool
sl_edit_rewrite(struct sl_pkt *pkt, const struct sl_l4_layout *layout,
    const struct sl_rewrite *rw, uint8_t mask)
{
	struct target t = own_headers(pkt);
	struct deltas d = {rw->addr_delta, rw->id_delta};
	uint8_t what = rw->what & mask;

	if (!what)
		return true;
	if (!fits(&t, layout, what))
		return false;
	if (what != rw->what || is_one_field(layout, what))
		measure(&t, layout, rw, what, &d);
	apply(&t, layout, rw, what, &d);
	return true;
}

bool
sl_edit_rewrite_quoted(struct sl_pkt *pkt, uint32_t quoted_off,
    const struct sl_l4_layout *layout, const struct sl_tuple *from,
    const struct sl_tuple *to)
{
	uint8_t *icmp = sl_pkt_l4(pkt), *ip = pkt->data + quoted_off;
	uint32_t len = sl_parse_quoted_len(pkt);
	struct sl_rewrite rw;
	struct sl_quoted q;
	struct target t;
	struct deltas d;
	uint16_t before, after;

	if (quoted_off != pkt->l4_off + (uint32_t)SL_ICMP_HDR ||
	    from->family != pkt->family || to->family != pkt->family)
		return false;
	if (!sl_parse_quoted_ip(ip, len, pkt->family, &q))
		return false;
	sl_edit_plan(from, to, &rw);
	t = (struct target){
	    .ip = ip,
	    .l4 = ip + q.l4_off,
	    .l4_len = q.l4_have,
	    .family = q.family,
	    .quoted = true,
	};
	if (!fits(&t, layout, rw.what))
		return false;
	/* Every field written lies before the 256th byte of the quoted L4. */
	len = q.l4_off + SL_MIN(q.l4_have, 256u);
	before = sl_csum_fold(sl_csum_add(0, ip, len));
	measure(&t, layout, &rw, rw.what, &d);
	apply(&t, layout, &rw, rw.what, &d);
	after = sl_csum_fold(sl_csum_add(0, ip, len));
	if (after != before)
		sl_edit_move_csum(
		    icmp + 2, sl_csum_delta_join(after, (uint16_t)~before));
	return true;
}

/* Where protocols whose checksum covers the pseudo-header keep it. */
static const struct sl_l4_layout *
known_layout(uint8_t l4proto)
{
	static const struct sl_l4_layout none = {
	    SL_NONE, SL_NONE, SL_NONE, 0, 0, 0, 0, 0};
	static const struct sl_l4_layout tcp = {
	    0, 2, 16, SL_CSUM_PSEUDO, 0, 0, 20, 0};
	static const struct sl_l4_layout udp = {
	    0, 2, 6, SL_CSUM_PSEUDO | SL_CSUM_ZERO_MEANS_NONE, 0, 0, 8, 0};
	static const struct sl_l4_layout udplite_dccp = {
	    0, 2, 6, SL_CSUM_PSEUDO, 0, 0, 8, 0};
	static const struct sl_l4_layout icmpv6 = {
	    SL_NONE, SL_NONE, 2, SL_CSUM_PSEUDO, 0, 0, 4, 0};

	switch (l4proto) {
	case IPPROTO_TCP:
		return &tcp;
	case IPPROTO_UDP:
		return &udp;
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
		return &udplite_dccp;
	case IPPROTO_ICMPV6:
		return &icmpv6;
	default:
		return &none;
	}
}

static void
set_addr(struct sl_pkt *pkt, const struct sl_rewrite *rw)
{
	const struct sl_l4_layout *layout = known_layout(pkt->l4proto);
	struct target t = own_headers(pkt);
	struct deltas d;

	measure(&t, layout, rw, rw->what, &d);
	apply(&t, layout, rw, rw->what, &d);
}

void
sl_edit_set_src(struct sl_pkt *pkt, const struct sl_addr *src)
{
	struct sl_rewrite rw = {.src = *src, .what = SL_EDIT_SRC};

	set_addr(pkt, &rw);
}

void
sl_edit_set_dst(struct sl_pkt *pkt, const struct sl_addr *dst)
{
	struct sl_rewrite rw = {.dst = *dst, .what = SL_EDIT_DST};

	set_addr(pkt, &rw);
}
