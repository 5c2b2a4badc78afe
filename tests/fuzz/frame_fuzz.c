/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arbitrary frames through all of packet/: parse, quote, rewrite, reply, cut,
 * defragment.  An input is a row of records: length (16 bits), offload flags,
 * gso type, gso size, csum_start and csum_offset (16 bits each), all big-endian,
 * then the frame.  IPv4 header checksums are made right (unless AS_IT_IS), for
 * they would hide all the rest.  Besides memory safety it checks that what the
 * engine writes is itself a legal packet.
 */
#include <base/role.h>
#include <packet/csum.h>
#include <packet/defrag.h>
#include <packet/edit.h>
#include <packet/parse.h>
#include <packet/reply.h>

#include <string.h>

#define RECORD_HEAD 10
#define RECORDS_MAX 16
#define AS_IT_IS    0x80 /* in the flags */
#define MTU	    576

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sl_l4_layout layouts[] = {
    {0, 2, 16, SL_CSUM_PSEUDO, 13, 7, 20, 0},
    {0, 2, 6, SL_CSUM_PSEUDO | SL_CSUM_ZERO_MEANS_NONE, 0, 0, 8, 0},
    {4, 4, 2, 0, 0, 0, 8, 0},
    {4, 4, 2, SL_CSUM_PSEUDO, 0, 0, 8, 0},
    {6, SL_NONE, SL_NONE, 0, 0, 0, 8, 0},
    {SL_NONE, SL_NONE, SL_NONE, 0, 0, 0, 0, 0},
};

static const struct sl_l4_layout *
layout_of(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return &layouts[0];
	case IPPROTO_UDP:
		return &layouts[1];
	case IPPROTO_ICMP:
		return &layouts[2];
	case IPPROTO_ICMPV6:
		return &layouts[3];
	case IPPROTO_GRE:
		return &layouts[4];
	default:
		return &layouts[5];
	}
}

/* A frame that the engine made must be one that it takes. */
static void
check_made(uint8_t *frame, uint32_t len)
{
	struct sl_pkt pkt;

	memset(&pkt, 0, sizeof(pkt));
	pkt.data = frame;
	pkt.len = len;
	pkt.room = len;
	SL_ASSERT(sl_parse_frame(&pkt) == SL_GO);
	SL_ASSERT(pkt.l3_off + pkt.l3_len == len);
}

static void
check_piece(void *arg, uint8_t *frame, uint32_t len)
{
	(void)arg;
	check_made(frame, len);
}

static void
check_bounds(const struct sl_pkt *pkt)
{
	SL_ASSERT(pkt->l3_off + pkt->l3_len <= pkt->len);
	SL_ASSERT(pkt->l4_off + pkt->l4_len == pkt->l3_off + pkt->l3_len);
	SL_ASSERT(pkt->l4_off >= pkt->l3_off + 20);
}

static void
reply(const struct sl_pkt *pkt)
{
	static const struct sl_addr v4 = {{{198, 51, 100, 7}}};
	static const struct sl_addr v6 = {{{0x20, 1, 0xd, 0xb8, 7}}};
	uint8_t buf[SL_REPLY_MAX];
	uint32_t n;

	if (sl_reply_may_icmp(pkt)) {
		n = sl_reply_icmp(pkt, pkt->family == SL_IPV4 ? &v4 : &v6,
		    pkt->family == SL_IPV4 ? 3 : 1, 0, 0, buf);
		check_made(buf, n);
	}
	n = sl_reply_tcp_reset(pkt, buf);
	if (n)
		check_made(buf, n);
}

static void
rewrite(struct sl_pkt *pkt)
{
	const struct sl_l4_layout *layout = layout_of(pkt->l4proto);
	struct sl_tuple from = {.family = pkt->family}, to, quoted;
	bool ok = sl_edit_csum_ok(pkt, layout);
	struct sl_pkt_view view;
	struct sl_rewrite rw;
	uint32_t off;

	sl_pkt_addrs(pkt, &from.src, &from.dst);
	to = from;
	if (to.src.u.b[0]) /* else it might become one that is not legal */
		to.src.u.b[2] ^= 0x21;
	if (to.dst.u.b[0])
		to.dst.u.b[3] ^= 0x10;
	if (layout->src_off != SL_NONE && pkt->l4_len >= layout->min_len) {
		from.src_id = sl_raw_be16(sl_pkt_l4(pkt) + layout->src_off);
		to.src_id = 0x1234;
	}
	sl_edit_plan(&from, &to, &rw);
	sl_edit_rewrite(pkt, layout, &rw, SL_EDIT_SRC | SL_EDIT_SRC_ID);
	sl_edit_rewrite(pkt, layout, &rw, SL_EDIT_DST);
	SL_ASSERT(!ok || sl_edit_csum_ok(pkt, layout));
	if (sl_parse_quoted(pkt, &view, &quoted, &off)) {
		to = quoted;
		to.src.u.b[1] ^= 0x55;
		sl_edit_rewrite_quoted(
		    pkt, off, layout_of(view.l4proto), &quoted, &to);
		SL_ASSERT(!ok || sl_edit_csum_ok(pkt, layout));
	}
	sl_edit_dec_ttl(pkt);
	SL_ASSERT(sl_parse_frame(pkt) == SL_GO);
}

static void
one_frame(struct sl_defrag *d, struct sl_pkt *pkt)
{
	static uint8_t buf[MTU + SL_ETH_LEN + 64];
	static const uint8_t mac[6] = {2};
	struct sl_pkt_view view;
	uint32_t max_frag;

	if (sl_parse_frame(pkt) != SL_GO || !pkt->family)
		return;
	check_bounds(pkt);
	sl_pkt_view(pkt, &view);
	reply(pkt);
	sl_edit_fragment(pkt, MTU, buf, check_piece, NULL);
	if (sl_defrag_add(d, pkt, &max_frag) != SL_GO)
		return;
	check_bounds(pkt);
	sl_edit_fragment(pkt, MTU, buf, check_piece, NULL);
	rewrite(pkt);
	sl_edit_csum_complete(pkt);
	sl_edit_set_l2(pkt, mac, mac);
	if (!pkt->offload.gso_type)
		SL_ASSERT(sl_parse_frame(pkt) == SL_GO);
}

static void
fix_header_csum(uint8_t *frame, uint32_t len)
{
	uint8_t *ip = frame + SL_ETH_LEN;
	uint32_t hlen;
	sl_be16 csum;

	if (len < SL_ETH_LEN + 20 || sl_get_be16(frame + 12) != 0x0800)
		return;
	hlen = (ip[0] & 15u) * 4;
	if (hlen < 20 || hlen > len - SL_ETH_LEN)
		return;
	memset(ip + 10, 0, 2);
	csum = sl_csum_finish(sl_csum_add(0, ip, hlen));
	memcpy(ip + 10, &csum, 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sl_defrag_limits limits = {64 << 10, 8, 4};
	struct sl_defrag *d = sl_defrag_new(&limits);
	struct sl_pkt pkt;

	sl_role_enter(SL_ROLE_WORKER, 0, "fuzz");
	for (int i = 0; d && i < RECORDS_MAX && size > RECORD_HEAD; i++) {
		uint32_t len = SL_MIN(sl_get_be16(data), size - RECORD_HEAD);
		uint8_t *frame = malloc(len ? len : 1);

		if (!frame)
			break;
		memset(&pkt, 0, sizeof(pkt));
		memcpy(frame, data + RECORD_HEAD, len);
		if (!(data[2] & AS_IT_IS))
			fix_header_csum(frame, len);
		pkt.data = frame;
		pkt.len = pkt.room = len;
		pkt.offload = (struct sl_offload){data[2] & 0x7f, data[3], 0,
		    sl_get_be16(data + 4), sl_get_be16(data + 6),
		    sl_get_be16(data + 8)};
		pkt.now_ns = (uint64_t)(i + 1) * 4000000000ull;
		one_frame(d, &pkt);
		free(frame);
		data += RECORD_HEAD + len;
		size -= RECORD_HEAD + len;
	}
	sl_defrag_free(d);
	return 0;
}
