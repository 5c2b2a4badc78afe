/* SPDX-License-Identifier: Apache-2.0 */
#include "parse_fixture.h"

#include <base/role.h>
#include <packet/csum.h>
#include <packet/edit.h>
#include <packet/parse.h>

#include <string.h>

struct pb {
	struct sl_pkt pkt;
	struct sl_offload offload;
	struct sl_rewrite there, back;
	uint8_t frame[SL_FRAME_MAX];
};

static const struct sl_l4_layout tcp = {0, 2, 16, SL_CSUM_PSEUDO, 13, 7, 20, 0};
static const struct sl_l4_layout udp = {
    0, 2, 6, SL_CSUM_PSEUDO | SL_CSUM_ZERO_MEANS_NONE, 0, 0, 8, 0};

static const struct sl_l4_layout *
layout_of(const struct pb *b)
{
	return b->pkt.l4proto == IPPROTO_TCP ? &tcp : &udp;
}

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static uint8_t *
put_ip4(uint8_t *ip, uint8_t proto, uint32_t l4_len)
{
	static const uint8_t addrs[8] = {10, 0, 0, 1, 192, 0, 2, 9};
	sl_be16 csum;

	ip[0] = 0x45;
	put16(ip + 2, 20 + l4_len);
	ip[8] = 64;
	ip[9] = proto;
	memcpy(ip + 12, addrs, 8);
	csum = sl_csum_finish(sl_csum_add(0, ip, 20));
	memcpy(ip + 10, &csum, 2);
	return ip + 20;
}

static uint8_t *
put_ip6(uint8_t *ip, bool extensions, uint32_t l4_len)
{
	static const uint8_t addrs[32] = {0x20, 1, 0xd,
	    0xb8, [15] = 1, [16] = 0x20, 1, 0xd, 0xb8, 0, 2, [31] = 9};
	static const uint8_t ext[16] = {60, 0, 1, 4, [8] = 6, 0, 1, 4};
	uint32_t ext_len = extensions ? sizeof(ext) : 0;

	ip[0] = 0x60;
	put16(ip + 4, ext_len + l4_len);
	ip[6] = extensions ? 0 : IPPROTO_TCP;
	ip[7] = 64;
	memcpy(ip + 8, addrs, 32);
	memcpy(ip + 40, ext, ext_len);
	return ip + 40 + ext_len;
}

static void
build(struct pb *b, enum pb_frame frame)
{
	static const uint8_t tag[4] = {0x81, 0, 0, 7};
	uint8_t *ip = b->frame + SL_ETH_LEN, *l4;
	uint32_t l4_len = frame == PB_GSO_TCP4 ? 65000 : 1400;
	bool v6 = frame == PB_TCP6 || frame == PB_TCP6_EXTENSIONS;

	if (frame == PB_VLAN_UDP4) {
		memcpy(b->frame + 12, tag, 4);
		ip += 4;
	}
	put16(ip - 2, v6 ? 0x86dd : 0x0800);
	if (v6)
		l4 = put_ip6(ip, frame == PB_TCP6_EXTENSIONS, l4_len);
	else
		l4 = put_ip4(ip,
		    frame == PB_VLAN_UDP4 ? IPPROTO_UDP : IPPROTO_TCP, l4_len);
	put16(l4, 40000);
	put16(l4 + 2, 443);
	if (frame == PB_VLAN_UDP4)
		put16(l4 + 4, l4_len);
	else
		l4[12] = 0x50;
	b->pkt.data = b->frame;
	b->pkt.len = (uint32_t)(l4 - b->frame) + l4_len;
	b->pkt.room = sizeof(b->frame);
	if (frame == PB_GSO_TCP4)
		b->offload = (struct sl_offload){SL_OFFLOAD_PARTIAL,
		    SL_GSO_TCP4, 0, 1448, (uint16_t)(l4 - b->frame), 16};
}

struct pb *
pb_new(enum pb_frame frame)
{
	struct pb *b = calloc(1, sizeof(*b));
	struct sl_tuple from, to;

	if (!b)
		return NULL;
	sl_role_enter(SL_ROLE_WORKER, 0, "bench");
	build(b, frame);
	if (!pb_parse(b)) {
		free(b);
		return NULL;
	}
	from = (struct sl_tuple){.family = b->pkt.family};
	sl_pkt_addrs(&b->pkt, &from.src, &from.dst);
	from.src_id = sl_raw_be16(sl_pkt_l4(&b->pkt));
	from.dst_id = sl_raw_be16(sl_pkt_l4(&b->pkt) + 2);
	to = from;
	to.src.u.b[3] ^= 0x55; /* as masquerade does: source and port */
	to.src_id ^= 0x1234;
	sl_edit_plan(&from, &to, &b->there);
	sl_edit_plan(&to, &from, &b->back);
	return b;
}

void
pb_free(struct pb *b)
{
	free(b);
}

uint32_t
pb_frame_len(const struct pb *b)
{
	return b->pkt.len;
}

bool
pb_parse(struct pb *b)
{
	b->pkt.offload = b->offload;
	return sl_parse_frame(&b->pkt) == SL_GO;
}

void
pb_rewrite_twice(struct pb *b)
{
	sl_edit_rewrite(&b->pkt, layout_of(b), &b->there, 0xff);
	sl_edit_rewrite(&b->pkt, layout_of(b), &b->back, 0xff);
}

void
pb_rewrite_masked_twice(struct pb *b)
{
	sl_edit_rewrite(&b->pkt, layout_of(b), &b->there, SL_EDIT_SRC);
	sl_edit_rewrite(&b->pkt, layout_of(b), &b->back, SL_EDIT_SRC);
}

bool
pb_csum_ok(struct pb *b)
{
	b->pkt.offload.flags = 0;
	return sl_edit_csum_ok(&b->pkt, layout_of(b));
}

uint16_t
pb_sum(const uint8_t *data, uint32_t len)
{
	return sl_csum_fold(sl_csum_add(0, data, len));
}

uint16_t
pb_sum_plain(const uint8_t *data, uint32_t len)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i + 1 < len; i += 2)
		sum += sl_raw_be16(data + i);
	return sl_csum_fold(sum);
}
