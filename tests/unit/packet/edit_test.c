/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <packet/csum.h>
#include <packet/edit.h>

static const struct sl_l4_layout tcp = {0, 2, 16, SL_CSUM_PSEUDO, 13, 7, 20, 0};
static const struct sl_l4_layout udp = {
    0, 2, 6, SL_CSUM_PSEUDO | SL_CSUM_ZERO_MEANS_NONE, 0, 0, 8, 0};
static const struct sl_l4_layout icmp4 = {4, 4, 2, 0, 0, 0, 8, 0};
static const struct sl_l4_layout icmp6 = {4, 4, 2, SL_CSUM_PSEUDO, 0, 0, 8, 0};
static const struct sl_l4_layout none = {
    SL_NONE, SL_NONE, SL_NONE, 0, 0, 0, 0, 0};
static const struct sl_l4_layout sctp = {0, 2, 8, SL_CSUM_CRC32C, 0, 0, 12, 0};

static const struct sl_l4_layout *
layout_of(uint8_t proto)
{
	switch (proto) {
	case 6:
		return &tcp;
	case 17:
		return &udp;
	case 1:
		return &icmp4;
	case 58:
		return &icmp6;
	default:
		return &none;
	}
}

/* The tuple as the bytes have it. */
static struct sl_tuple
tuple_of(const struct sl_pkt *pkt)
{
	const struct sl_l4_layout *l = layout_of(pkt->l4proto);
	struct sl_tuple t = {.family = pkt->family, .l4proto = pkt->l4proto};

	sl_pkt_addrs(pkt, &t.src, &t.dst);
	if (l->src_off != SL_NONE && !(pkt->flags & SL_PKT_LATER_FRAGMENT)) {
		t.src_id = sl_raw_be16(sl_pkt_l4(pkt) + l->src_off);
		t.dst_id = sl_raw_be16(sl_pkt_l4(pkt) + l->dst_off);
	}
	return t;
}

/* Another tuple of the same family that differs where 'what' says. */
static struct sl_tuple
other_tuple(const struct sl_tuple *from, uint8_t what, uint32_t *seed)
{
	uint32_t alen = from->family == SL_IPV4 ? 4 : 16;
	struct sl_tuple to = *from;

	if (what & SL_EDIT_SRC)
		fill(to.src.u.b, alen, draw(seed));
	if (what & SL_EDIT_DST)
		fill(to.dst.u.b, alen, draw(seed));
	if (what & SL_EDIT_SRC_ID)
		to.src_id = (sl_be16)draw(seed);
	if (what & SL_EDIT_DST_ID)
		to.dst_id = (sl_be16)draw(seed);
	return to;
}

/* Writes 'to' where 'mask' says, and every checksum from scratch. */
static void
rewrite_plainly(const struct sl_pkt *pkt, uint8_t *frame,
    const struct sl_tuple *to, uint8_t mask)
{
	const struct sl_l4_layout *l = layout_of(pkt->l4proto);
	uint8_t *ip = frame + pkt->l3_off, *l4 = frame + pkt->l4_off;
	bool v4 = pkt->family == SL_IPV4;
	uint32_t csum;

	if (mask & SL_EDIT_SRC)
		memcpy(ip + (v4 ? 12 : 8), &to->src, v4 ? 4 : 16);
	if (mask & SL_EDIT_DST)
		memcpy(ip + (v4 ? 16 : 24), &to->dst, v4 ? 4 : 16);
	if (mask & SL_EDIT_SRC_ID)
		memcpy(l4 + l->src_off, &to->src_id, 2);
	if (mask & SL_EDIT_DST_ID)
		memcpy(l4 + l->dst_off, &to->dst_id, 2);
	if (v4)
		fix_ip4(ip);
	if (l->csum_off == SL_NONE)
		return;
	csum = ref_l4_csum(ip, l4, pkt->l4_len, l->csum_off);
	if (pkt->offload.flags & SL_OFFLOAD_PARTIAL)
		csum = ref_pseudo(ip, pkt->l4proto, pkt->l4_len);
	else if (l == &udp && sl_raw_be16(l4 + 6) == 0)
		csum = 0;
	else if (l == &udp && csum == 0)
		csum = 0xffff;
	put16(l4 + l->csum_off, csum);
}

static void
plans(void **state)
{
	struct sl_pkt pkt = parsed(sample("tcp4"));
	struct sl_tuple from = tuple_of(&pkt), to = from;
	struct sl_rewrite rw;

	(void)state;
	sl_edit_plan(&from, &to, &rw);
	assert_int_equal(rw.what, 0);
	assert_true(sl_edit_rewrite(&pkt, &tcp, &rw, 0xff));
	to.dst_id = 0x1111;
	sl_edit_plan(&from, &to, &rw);
	assert_int_equal(rw.what, SL_EDIT_DST_ID);
	assert_int_equal(rw.l3_delta, 0);
	assert_int_equal(rw.addr_delta, 0);
	to.src.u.b[0]++;
	sl_edit_plan(&from, &to, &rw);
	assert_int_equal(rw.what, SL_EDIT_SRC | SL_EDIT_DST_ID);
	assert_int_equal(rw.l3_delta, rw.addr_delta);
	to.family = from.family = SL_IPV6;
	sl_edit_plan(&from, &to, &rw);
	assert_int_equal(rw.l3_delta, 0);
	free_pkt(&pkt);
}

/* Any rewrite of any frame is what writing it and summing anew would give:
 * whole plan, plan cut by a mask, checksums whole, partial and absent. */
static void
rewrite_equals_recompute(void **state)
{
	static const char *const names[] = {"tcp4", "udp4", "echo4", "tcp6",
	    "udp6", "echo6", "padded udp4", "vlan tcp4", "qinq udp6",
	    "options udp4", "extension tcp6", "atomic fragment6", "gso tcp4",
	    "gso udp6", "partial udp4"};
	uint32_t seed = 2024;

	(void)state;
	for (uint32_t i = 0; i < 30000; i++) {
		struct sample s = *sample(names[i % SL_COUNT_OF(names)]);
		struct sl_pkt pkt = parsed(&s);
		const struct sl_l4_layout *l = layout_of(pkt.l4proto);
		uint8_t what = draw(&seed) % 16, mask = draw(&seed) % 16;
		struct sl_tuple from, to;
		struct sl_rewrite rw;

		if (l == &udp && !s.offload.flags && i % 3 == 0)
			memset(sl_pkt_l4(&pkt) + 6, 0, 2);
		memcpy(s.b, pkt.data, s.len);
		if (l->src_off == l->dst_off)
			what &= (uint8_t)~SL_EDIT_DST_ID;
		from = tuple_of(&pkt);
		to = other_tuple(&from, what, &seed);
		sl_edit_plan(&from, &to, &rw);
		if (i % 2)
			mask = 0xf;
		rewrite_plainly(&pkt, s.b, &to, rw.what & mask);
		assert_true(sl_edit_rewrite(&pkt, l, &rw, mask));
		assert_memory_equal(pkt.data, s.b, s.len);
		free_pkt(&pkt);
	}
}

/* The one id of an ICMP query counts once, though source and destination. */
static void
one_id_field(void **state)
{
	static const char *const names[] = {"echo4", "echo6"};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(names); i++) {
		struct sample s = *sample(names[i]);
		struct sl_pkt pkt = parsed(&s);
		struct sl_tuple from = tuple_of(&pkt), to = from;
		struct sl_rewrite rw;

		to.src_id = to.dst_id = 0x0102;
		sl_edit_plan(&from, &to, &rw);
		assert_int_equal(rw.what, SL_EDIT_SRC_ID | SL_EDIT_DST_ID);
		rewrite_plainly(&pkt, s.b, &to, rw.what);
		assert_true(
		    sl_edit_rewrite(&pkt, layout_of(pkt.l4proto), &rw, 0xff));
		assert_memory_equal(pkt.data, s.b, s.len);
		free_pkt(&pkt);
	}
}

/* Fragments: the first one's L4 moves with the datagram's checksum, of later
 * ones only addresses are written. */
static void
fragments(void **state)
{
	static const char *const names[] = {"first fragment4", "last fragment4",
	    "first fragment6", "last fragment6"};
	uint32_t seed = 77;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(names); i++) {
		struct sl_pkt pkt = parsed(sample(names[i]));
		struct sl_tuple from = tuple_of(&pkt);
		struct sl_tuple to = other_tuple(&from, 15, &seed);
		bool later = pkt.flags & SL_PKT_LATER_FRAGMENT;
		struct sl_rewrite rw;
		struct sl_addr src, dst;
		uint8_t l4[24];

		sl_edit_plan(&from, &to, &rw);
		memcpy(l4, sl_pkt_l4(&pkt), 21);
		assert_true(sl_edit_rewrite(&pkt, &udp, &rw, 0xff));
		sl_pkt_addrs(&pkt, &src, &dst);
		assert_memory_equal(&src, &to.src, 16);
		assert_memory_equal(&dst, &to.dst, 16);
		check_csums(sl_pkt_l3(&pkt), 0, 0, -1);
		if (later)
			assert_memory_equal(l4, sl_pkt_l4(&pkt), 21);
		else
			check_csums(sl_pkt_l3(&pkt),
			    (uint32_t)(pkt.l4_off - 14), pkt.l3_len, 6);
		free_pkt(&pkt);
	}
}

/* What cannot be done is refused before anything is written. */
static void
refusals(void **state)
{
	static const struct {
		const char *what;
		uint8_t proto;
		uint32_t l4_len;
		const struct sl_l4_layout *layout;
		uint8_t edit;
		bool ok;
	} rows[] = {
	    {"19 bytes of TCP", 6, 19, &tcp, SL_EDIT_SRC, false},
	    {"7 bytes of UDP", 17, 7, &udp, SL_EDIT_SRC_ID, false},
	    {"ids where none are", 99, 20, &none, SL_EDIT_SRC_ID, false},
	    {"address, no layout", 99, 20, &none, SL_EDIT_DST, true},
	    {"address, no L4", 99, 0, &none, SL_EDIT_DST, true},
	    {"crc32c, addresses", 132, 20, &sctp, SL_EDIT_DST, true},
	};
	uint32_t seed = 9;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = {0};
		struct sl_pkt pkt;
		struct sl_tuple from = {.family = SL_IPV4}, to;
		struct sl_rewrite rw;

		add_eth(&s, 0x0800);
		add_ip4(&s, rows[i].proto, rows[i].l4_len);
		fill(add(&s, NULL, rows[i].l4_len), rows[i].l4_len, 4);
		pkt = parsed(&s);
		sl_pkt_addrs(&pkt, &from.src, &from.dst);
		to = other_tuple(&from, rows[i].edit, &seed);
		sl_edit_plan(&from, &to, &rw);
		if (sl_edit_rewrite(&pkt, rows[i].layout, &rw, 0xff) !=
		    rows[i].ok)
			fail_msg("%s", rows[i].what);
		if (!rows[i].ok)
			assert_memory_equal(pkt.data, s.b, s.len);
		else
			assert_memory_equal(
			    sl_pkt_l4(&pkt), s.b + 34, rows[i].l4_len);
		check_csums(sl_pkt_l3(&pkt), 0, 0, -1);
		free_pkt(&pkt);
	}
}

/* An error about a rewritten packet is the rewritten error about it: whatever
 * the quote holds, the result is the error one would build anew. */
static void
quoted_equals_rebuilt(void **state)
{
	static const struct {
		const char *inner;
		uint8_t type;
		uint32_t quoted; /* 0: all */
	} rows[] = {
	    {"tcp4", 3, 28},
	    {"tcp4", 3, 36},
	    {"tcp4", 3, 38},
	    {"tcp4", 11, 40},
	    {"tcp4", 12, 0},
	    {"udp4", 3, 28},
	    {"udp4", 5, 0},
	    {"echo4", 11, 28},
	    {"echo4", 11, 0},
	    {"options udp4", 3, 0},
	    {"first fragment4", 3, 0},
	    {"tcp6", 1, 48},
	    {"tcp6", 2, 0},
	    {"udp6", 3, 48},
	    {"udp6", 4, 0},
	    {"echo6", 1, 0},
	    {"extension tcp6", 1, 0},
	    {"extension tcp6", 1, 64},
	    {"first fragment6", 1, 0},
	};
	uint32_t seed = 4711;

	(void)state;
	for (uint32_t i = 0; i < 100 * SL_COUNT_OF(rows); i++) {
		uint32_t row = i % SL_COUNT_OF(rows);
		struct sample inner = *sample(rows[row].inner), before, after;
		struct sl_pkt in = parsed(&inner), pkt;
		uint8_t what = draw(&seed) % 16;
		uint32_t n = rows[row].quoted, off;
		struct sl_tuple from = tuple_of(&in), to, found;
		struct sl_pkt_view view;

		n = n ? n : in.l3_len;
		if (in.l4proto == 1 || in.l4proto == 58)
			what &= (uint8_t)~SL_EDIT_DST_ID;
		build_error(&before, "before", rows[row].type, &inner, n);
		to = other_tuple(&from, what, &seed);
		rewrite_plainly(&in, inner.b, &to, what);
		build_error(&after, "after", rows[row].type, &inner, n);
		pkt = parsed(&before);
		assert_true(sl_parse_quoted(&pkt, &view, &found, &off));
		assert_memory_equal(&found.src, &from.src, 16);
		assert_memory_equal(&found.dst, &from.dst, 16);
		assert_int_equal(view.l4.len, n - (in.l4_off - 14u));
		assert_true(sl_edit_rewrite_quoted(
		    &pkt, off, layout_of(in.l4proto), &from, &to));
		assert_memory_equal(pkt.data, after.b, after.len);
		free_pkt(&pkt);
		free_pkt(&in);
	}
}

static void
quoted_refusals(void **state)
{
	struct sl_tuple from = {.family = SL_IPV4};
	struct sl_tuple to = {.family = SL_IPV4, .src_id = 1};
	struct sl_tuple to6 = {.family = SL_IPV6};
	struct sl_pkt pkt = parsed(sample("unreachable4"));
	struct sample before = *sample("unreachable4");

	(void)state;
	assert_false(sl_edit_rewrite_quoted(&pkt, 40, &tcp, &from, &to));
	assert_false(sl_edit_rewrite_quoted(&pkt, 42, &tcp, &from, &to6));
	assert_false(sl_edit_rewrite_quoted(&pkt, 42, &none, &from, &to));
	pkt.data[42] = 0x4f;
	assert_false(sl_edit_rewrite_quoted(&pkt, 42, &tcp, &from, &to));
	pkt.data[42] = 0x45;
	assert_memory_equal(pkt.data, before.b, before.len);
	free_pkt(&pkt);
}

static void
outer_addresses(void **state)
{
	static const struct {
		const char *name;
		int field; /* of the L4 checksum; -1: is not checked */
	} rows[] = {{"tcp4", 16}, {"udp4", 6}, {"echo4", 2},
	    {"unreachable4", 2}, {"tcp6", 16}, {"udp6", 6}, {"unreachable6", 2},
	    {"too big6", 2}, {"extension tcp6", 16}, {"last fragment4", -1}};
	uint32_t seed = 31;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_pkt pkt = parsed(sample(rows[i].name));
		struct sl_tuple from = tuple_of(&pkt);
		struct sl_tuple to = other_tuple(&from, 3, &seed);
		struct sl_addr src, dst;

		sl_edit_set_src(&pkt, &to.src);
		sl_pkt_addrs(&pkt, &src, &dst);
		assert_memory_equal(&src, &to.src, 16);
		assert_memory_equal(&dst, &from.dst, 16);
		check_csums(sl_pkt_l3(&pkt), (uint32_t)(pkt.l4_off - 14),
		    pkt.l3_len, rows[i].field);
		sl_edit_set_dst(&pkt, &to.dst);
		sl_pkt_addrs(&pkt, &src, &dst);
		assert_memory_equal(&dst, &to.dst, 16);
		check_csums(sl_pkt_l3(&pkt), (uint32_t)(pkt.l4_off - 14),
		    pkt.l3_len, rows[i].field);
		free_pkt(&pkt);
	}
}

static void
ttl(void **state)
{
	static const char *const names[] = {"tcp4", "tcp6"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint32_t at = i ? 14 + 7 : 14 + 8;

		for (uint32_t v = 0; v < 256; v++) {
			struct sample s = *sample(names[i]);
			struct sl_pkt pkt;

			s.b[at] = (uint8_t)v;
			if (i == 0)
				fix_ip4(s.b + 14);
			pkt = parsed(&s);
			assert_int_equal(sl_edit_dec_ttl(&pkt), v > 1);
			assert_int_equal(pkt.data[at], v > 1 ? v - 1 : v);
			check_csums(sl_pkt_l3(&pkt), 20, 0, -1);
			free_pkt(&pkt);
		}
	}
}

static void
ethernet(void **state)
{
	static const uint8_t want[14] = {
	    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0};
	struct sample s = *sample("vlan tcp4");
	struct sl_pkt pkt;

	(void)state;
	s.offload =
	    (struct sl_offload){SL_OFFLOAD_PARTIAL, SL_GSO_TCP4, 0, 10, 38, 16};
	pkt = parsed(&s);
	sl_edit_set_l2(&pkt, want, want + 6);
	assert_memory_equal(pkt.data, want, 14);
	assert_int_equal(pkt.len, s.len - 4);
	assert_int_equal(pkt.room, s.len - 4);
	assert_int_equal(pkt.offload.csum_start, 34);
	assert_int_equal(pkt.offload.hdr_len, 54);
	assert_true(sl_pkt_is_partial(&pkt));
	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	assert_int_equal(pkt.vlan_id, 0);
	assert_int_equal(pkt.l3_off, 14);
	free_pkt(&pkt);

	pkt = parsed(sample("tcp4"));
	sl_edit_set_l2(&pkt, want, want + 6);
	assert_ptr_equal(pkt.data, pkt.origin);
	assert_memory_equal(pkt.data, want, 14);
	free_pkt(&pkt);
}

static void
complete(void **state)
{
	static const struct {
		const char *name;
		uint8_t proto;
		uint32_t l4_off;
	} rows[] = {{"tcp4", 6, 34}, {"udp4", 17, 34}, {"tcp6", 6, 54},
	    {"udp6", 17, 54}};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		struct sl_pkt pkt;

		make_partial(&s, rows[i].l4_off, rows[i].proto);
		pkt = parsed(&s);
		sl_edit_csum_complete(&pkt);
		assert_int_equal(pkt.offload.flags, 0);
		assert_memory_equal(pkt.data, sample(rows[i].name)->b, s.len);
		sl_edit_csum_complete(&pkt);
		assert_memory_equal(pkt.data, sample(rows[i].name)->b, s.len);
		free_pkt(&pkt);
	}
}

static void
csum_verdicts(void **state)
{
	static const struct {
		const char *what, *name;
		uint16_t at, value; /* patch; at 0: none */
		uint8_t offload;
		const struct sl_l4_layout *layout;
		bool ok;
	} rows[] = {
	    {"right", "tcp4", 0, 0, 0, &tcp, true},
	    {"right", "udp4", 0, 0, 0, &udp, true},
	    {"right", "padded udp4", 0, 0, 0, &udp, true},
	    {"right", "echo4", 0, 0, 0, &icmp4, true},
	    {"right", "tcp6", 0, 0, 0, &tcp, true},
	    {"right", "udp6", 0, 0, 0, &udp, true},
	    {"right", "echo6", 0, 0, 0, &icmp6, true},
	    {"right", "extension tcp6", 0, 0, 0, &tcp, true},
	    {"right", "atomic fragment6", 0, 0, 0, &udp, true},
	    {"wrong", "tcp4", 60, 0xdead, 0, &tcp, false},
	    {"wrong", "udp4", 40, 0xdead, 0, &udp, false},
	    {"wrong", "tcp6", 90, 0xdead, 0, &tcp, false},
	    {"wrong", "echo4", 60, 0xdead, 0, &icmp4, false},
	    {"vouched", "tcp4", 60, 0xdead, SL_OFFLOAD_VALID, &tcp, true},
	    {"absent", "udp4", 40, 0, 0, &udp, true},
	    {"absent", "udp6", 60, 0, 0, &udp, true},
	    {"zero is a value", "tcp4", 50, 0, 0, &tcp, false},
	    {"udp length 7", "udp4", 38, 7, 0, &udp, false},
	    {"udp length too long", "udp4", 38, 27, 0, &udp, false},
	    {"fragment", "first fragment4", 0, 0, 0, &udp, true},
	    {"no checksum", "udp4", 60, 0xdead, 0, &none, true},
	    {"crc32c", "udp4", 0, 0, 0, &sctp, false},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		struct sl_pkt pkt;

		if (rows[i].at)
			put16(s.b + rows[i].at, rows[i].value);
		s.offload.flags = rows[i].offload;
		pkt = parsed(&s);
		if (sl_edit_csum_ok(&pkt, rows[i].layout) != rows[i].ok)
			fail_msg("%s: %s", rows[i].name, rows[i].what);
		free_pkt(&pkt);
	}
}

/* UDP shorter than its IP packet, and UDP-Lite: what is covered counts. */
static void
csum_coverage(void **state)
{
	struct sample s = *sample("udp4"); /* 26 bytes of UDP */
	struct sl_pkt pkt;
	uint32_t sum;

	(void)state;
	put16(s.b + 38, 20);
	put16(s.b + 40, 0);
	put16(s.b + 40,
	    ~ref_sum(ref_pseudo(s.b + 14, 17, 20), s.b + 34, 20) & 0xffff);
	pkt = parsed(&s);
	assert_true(sl_edit_csum_ok(&pkt, &udp));
	free_pkt(&pkt);

	s.b[23] = 136;
	fix_ip4(s.b + 14);
	put16(s.b + 38, 8);
	put16(s.b + 40, 0);
	sum = ref_sum(ref_pseudo(s.b + 14, 136, 26), s.b + 34, 8);
	put16(s.b + 40, ~sum & 0xffff);
	pkt = parsed(&s);
	assert_true(sl_edit_csum_ok(&pkt, &udp));
	put16(sl_pkt_l4(&pkt) + 4, 9);
	assert_false(sl_edit_csum_ok(&pkt, &udp));
	free_pkt(&pkt);
}

/* Every operation on every sample, cut wherever it still parses, in a buffer
 * of exactly its size. */
static void
truncated_everywhere(void **state)
{
	const struct sample *all = samples();
	uint32_t seed = 5;

	(void)state;
	for (int i = 0; i < SAMPLES; i++) {
		for (uint32_t len = 14; len <= all[i].len; len++) {
			struct sl_pkt pkt = pkt_of(&all[i], len);
			struct sl_tuple from = {0}, to;
			struct sl_rewrite rw;

			if (sl_parse_frame(&pkt) == SL_GO && pkt.family) {
				from.family = pkt.family;
				to = other_tuple(&from, 15, &seed);
				sl_edit_plan(&from, &to, &rw);
				sl_edit_csum_ok(&pkt, layout_of(pkt.l4proto));
				sl_edit_rewrite(&pkt, layout_of(pkt.l4proto),
				    &rw, (uint8_t)len);
				sl_edit_rewrite_quoted(
				    &pkt, pkt.l4_off + 8u, &tcp, &from, &to);
				sl_edit_set_src(&pkt, &to.src);
				sl_edit_dec_ttl(&pkt);
				sl_edit_csum_complete(&pkt);
			}
			free_pkt(&pkt);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plans),
	    cmocka_unit_test(rewrite_equals_recompute),
	    cmocka_unit_test(one_id_field),
	    cmocka_unit_test(fragments),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(quoted_equals_rebuilt),
	    cmocka_unit_test(quoted_refusals),
	    cmocka_unit_test(outer_addresses),
	    cmocka_unit_test(ttl),
	    cmocka_unit_test(ethernet),
	    cmocka_unit_test(complete),
	    cmocka_unit_test(csum_verdicts),
	    cmocka_unit_test(csum_coverage),
	    cmocka_unit_test(truncated_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
