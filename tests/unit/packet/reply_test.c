/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <packet/csum.h>
#include <packet/reply.h>

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define PSH 0x08
#define ACK 0x10

/* What scapy builds for the same fields. */
#define RST4_SYN                                                               \
	"\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00"             \
	"\x45\x00\x00\x28\x00\x00\x40\x00\x40\x06\x6e\xc6\xc0\x00"             \
	"\x02\x09\x0a\x00\x00\x01\x00\x50\x9c\x40\x00\x00\x00\x00"             \
	"\x00\x00\x03\xe9\x50\x14\x00\x00\x43\x4d\x00\x00"
#define RST4_ACK                                                               \
	"\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00"             \
	"\x45\x00\x00\x28\x00\x00\x40\x00\x40\x06\x6e\xc6\xc0\x00"             \
	"\x02\x09\x0a\x00\x00\x01\x00\x50\x9c\x40\x00\x00\x13\x88"             \
	"\x00\x00\x00\x00\x50\x04\x00\x00\x33\xbe\x00\x00"
#define RST6_FIN                                                               \
	"\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x86\xdd"             \
	"\x60\x00\x00\x00\x00\x14\x06\x40\x20\x01\x0d\xb8\x00\x02"             \
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09\x20\x01\x0d\xb8"             \
	"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x50"             \
	"\x9c\x40\x00\x00\x00\x00\x00\x00\x04\x29\x50\x14\x00\x00"             \
	"\xb3\x99\x00\x00"

static const struct sl_addr router4 = {{{198, 51, 100, 1}}};
static const struct sl_addr router6 = {{{0x20, 1, 0xd, 0xb8, 0xff}}};

/* A reply into a buffer of exactly the promised size; parsed. */
static struct sl_pkt
icmp_of(const struct sl_pkt *pkt, uint8_t type, uint8_t code, uint32_t info)
{
	const struct sl_addr *src = pkt->family == 4 ? &router4 : &router6;
	struct sl_pkt out;

	memset(&out, 0, sizeof(out));
	out.data = malloc(SL_REPLY_MAX);
	out.origin = out.data;
	out.len = sl_reply_icmp(pkt, src, type, code, info, out.data);
	assert_int_not_equal(out.len, 0);
	assert_int_equal(sl_parse_frame(&out), SL_GO);
	assert_int_equal(out.len, out.l3_off + out.l3_len);
	return out;
}

static void
resets(void **state)
{
	static const struct {
		const char *name;
		uint8_t flags;
		uint32_t len;
		const char *want; /* the frame, in bytes; NULL: none */
	} rows[] = {
	    {"tcp4", SYN, 20, RST4_SYN},
	    {"tcp4", PSH | ACK, 53, RST4_ACK},
	    {"tcp4", SYN | ACK, 20, RST4_ACK},
	    {"tcp6", FIN | PSH, 84, RST6_FIN},
	    {"tcp4", RST, 53, NULL},
	    {"tcp4", RST | ACK, 53, NULL},
	    {"tcp4", SYN, 19, NULL},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		uint8_t *buf = malloc(SL_REPLY_MAX);
		bool v4 = s.b[14] == 0x45;
		uint32_t l4 = v4 ? 34 : 54, n;
		struct sl_pkt pkt;

		s.b[l4 + 13] = rows[i].flags;
		s.len = l4 + rows[i].len;
		put16(s.b + (v4 ? 16 : 18), rows[i].len + (v4 ? 20 : 0));
		if (v4)
			fix_ip4(s.b + 14);
		pkt = parsed(&s);
		n = sl_reply_tcp_reset(&pkt, buf);
		assert_int_equal(n, rows[i].want ? l4 + 20 : 0);
		if (n)
			assert_memory_equal(buf, rows[i].want, n);
		free_pkt(&pkt);
		free(buf);
	}
}

/* Sequence space: data, SYN and FIN count; a GSO frame counts whole. */
static void
reset_numbers(void **state)
{
	static const struct {
		const char *name;
		uint8_t flags, doff;
		uint32_t ack; /* 1000 and what the segment takes */
	} rows[] = {
	    {"tcp4", SYN, 0x50, 1000 + 33 + 1},
	    {"tcp4", 0, 0x60, 1000 + 29},
	    {"tcp4", FIN | SYN, 0xd0, 1000 + 1 + 2},
	    {"gso tcp4", PSH, 0x50, 1000 + 900},
	    {"gso tcp4", FIN, 0x60, 1000 + 896 + 1},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		uint8_t buf[SL_REPLY_MAX];
		struct sl_pkt pkt;

		s.b[34 + 13] = rows[i].flags;
		s.b[34 + 12] = rows[i].doff;
		pkt = parsed(&s);
		assert_int_equal(sl_reply_tcp_reset(&pkt, buf), 54);
		assert_int_equal(sl_get_be32(buf + 34 + 4), 0);
		assert_int_equal(sl_get_be32(buf + 34 + 8), rows[i].ack);
		assert_int_equal(buf[34 + 13], RST | ACK);
		check_csums(buf + 14, 20, 40, 16);
		free_pkt(&pkt);
	}
}

/* Who is never answered. */
static void
silence(void **state)
{
	static const struct {
		const char *what, *name;
		uint16_t at, value; /* 16 bits patched */
		bool may;
	} rows[] = {
	    {"plain", "tcp4", 0, 0, true},
	    {"plain", "udp6", 0, 0, true},
	    {"echo", "echo4", 0, 0, true},
	    {"echo", "echo6", 0, 0, true},
	    {"first fragment", "first fragment4", 0, 0, true},
	    {"later fragment", "last fragment4", 0, 0, false},
	    {"later fragment", "last fragment6", 0, 0, false},
	    {"error", "unreachable4", 0, 0, false},
	    {"error", "too big6", 0, 0, false},
	    {"redirect", "echo6", 54, 137 << 8, false},
	    {"group MAC", "tcp4", 0, 0x0100, false},
	    {"from 0.0.0.0", "udp4", 26, 0, false},
	    {"to multicast", "udp4", 30, 0xe000, false},
	    {"to broadcast", "udp4", 30, 0xffff, false},
	    {"from class E", "udp4", 26, 0xf000, false},
	    {"to multicast", "udp6", 38, 0xff02, false},
	    {"arp", "arp", 0, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		struct sl_pkt pkt;

		if (rows[i].value || rows[i].at) {
			put16(s.b + rows[i].at, rows[i].value);
			if (rows[i].at == 26 && rows[i].value == 0)
				put16(s.b + 28, 0);
			if (s.b[12] == 8)
				fix_ip4(s.b + 14);
		}
		pkt = parsed(&s);
		if (sl_reply_may_icmp(&pkt) != rows[i].may)
			fail_msg("%s: %s", rows[i].name, rows[i].what);
		free_pkt(&pkt);
	}
}

/* Header by header, and how much is quoted. */
static void
icmp_errors(void **state)
{
	static const struct {
		const char *name;
		uint8_t type, code;
		uint32_t info, quoted;
	} rows[] = {
	    {"tcp4", 3, 13, 0, 73},
	    {"udp4", 3, 4, 1280, 46},
	    {"padded udp4", 11, 0, 0, 29},
	    {"options udp4", 12, 0, 20u << 24, 48},
	    {"vlan tcp4", 11, 0, 0, 45},
	    {"tcp6", 1, 3, 0, 124},
	    {"udp6", 2, 0, 1280, 79},
	    {"qinq udp6", 3, 0, 0, 53},
	    {"extension tcp6", 4, 1, 54, 88},
	    {"first fragment6", 1, 0, 0, 72},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_pkt pkt = parsed(sample(rows[i].name));
		struct sl_pkt out =
		    icmp_of(&pkt, rows[i].type, rows[i].code, rows[i].info);
		bool v4 = pkt.family == SL_IPV4;
		struct sl_addr src, dst, was_src, was_dst;

		assert_memory_equal(out.data, pkt.data + 6, 6);
		assert_memory_equal(out.data + 6, pkt.data, 6);
		assert_memory_equal(
		    out.data + 12, pkt.data + 12, pkt.l3_off - 12u);
		sl_pkt_addrs(&pkt, &was_src, &was_dst);
		sl_pkt_addrs(&out, &src, &dst);
		assert_memory_equal(&src, v4 ? &router4 : &router6, 16);
		assert_memory_equal(&dst, &was_src, 16);
		assert_int_equal(out.ttl, 64);
		assert_int_equal(out.flags, 0);
		assert_int_equal(out.dscp, v4 ? 48 : 0);
		assert_int_equal(out.l4proto, v4 ? 1 : 58);
		assert_int_equal(out.l4_len, 8 + rows[i].quoted);
		assert_int_equal(sl_pkt_l4(&out)[0], rows[i].type);
		assert_int_equal(sl_pkt_l4(&out)[1], rows[i].code);
		assert_int_equal(
		    sl_get_be32(sl_pkt_l4(&out) + 4), rows[i].info);
		assert_memory_equal(
		    sl_pkt_l4(&out) + 8, sl_pkt_l3(&pkt), rows[i].quoted);
		check_csums(sl_pkt_l3(&out),
		    (uint32_t)(out.l4_off - out.l3_off), out.l3_len, 2);
		free_pkt(&pkt);
		free_pkt(&out);
	}
}

static void
quote_limits(void **state)
{
	static const struct {
		uint8_t family;
		uint32_t l4_len, total;
	} rows[] = {
	    {4, 527, 575},
	    {4, 528, 576},
	    {4, 529, 576},
	    {4, 1900, 576},
	    {6, 1191, 1279},
	    {6, 1192, 1280},
	    {6, 1193, 1280},
	    {6, 1900, 1280},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s;
		struct sl_pkt pkt, out;

		build(&s, "large", rows[i].family, 17, rows[i].l4_len);
		pkt = parsed(&s);
		out = icmp_of(&pkt, rows[i].family == 4 ? 3 : 1, 0, 0);
		assert_int_equal(out.l3_len, rows[i].total);
		assert_memory_equal(
		    sl_pkt_l4(&out) + 8, s.b + 14, out.l4_len - 8);
		check_csums(sl_pkt_l3(&out), (uint32_t)(out.l4_off - 14),
		    out.l3_len, 2);
		free_pkt(&pkt);
		free_pkt(&out);
	}
}

/* The quote of a partial checksum is the packet with its checksum done. */
static void
quote_of_partial(void **state)
{
	static const struct {
		int family;
		uint8_t proto;
		uint32_t l4_len;
	} rows[] = {{4, 6, 100}, {4, 17, 1400}, {6, 6, 100}, {6, 17, 1400}};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample whole, s;
		struct sl_pkt pkt, out;

		build(&whole, "whole", rows[i].family, rows[i].proto,
		    rows[i].l4_len);
		s = whole;
		make_partial(&s, rows[i].family == 4 ? 34 : 54, rows[i].proto);
		pkt = parsed(&s);
		out = icmp_of(&pkt, 3, 0, 0);
		assert_memory_equal(
		    sl_pkt_l4(&out) + 8, whole.b + 14, out.l4_len - 8);
		assert_memory_equal(pkt.data, s.b, s.len);
		free_pkt(&pkt);
		free_pkt(&out);
	}
}

/* Of a GSO frame the first segment is quoted, as the wire would show it. */
static void
quote_of_gso(void **state)
{
	static const struct {
		int family;
		uint8_t proto, type;
		uint16_t size;
		uint32_t l4_len;
	} rows[] = {
	    {4, 6, SL_GSO_TCP4, 100, 20 + 950},
	    {4, 6, SL_GSO_TCP4, 700, 20 + 1400},
	    {6, 6, SL_GSO_TCP6, 301, 20 + 1400},
	    {4, 17, SL_GSO_UDP, 90, 8 + 950},
	    {6, 17, SL_GSO_UDP, 1300, 8 + 1400},
	    {4, 6, SL_GSO_TCP4, 950, 20 + 950}, /* one segment */
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		uint32_t l4 = rows[i].family == 4 ? 34 : 54, n;
		uint32_t hdr = rows[i].proto == 6 ? 20 : 8;
		uint32_t field = rows[i].proto == 6 ? 16 : 6;
		struct sample s, first;
		struct sl_pkt pkt, out;

		build(
		    &s, "frame", rows[i].family, rows[i].proto, rows[i].l4_len);
		first = s;
		n = hdr + rows[i].size;
		first.len = l4 + n;
		put16(first.b + (rows[i].family == 4 ? 16 : 18),
		    n + (rows[i].family == 4 ? 20 : 0));
		if (rows[i].family == 4)
			fix_ip4(first.b + 14);
		if (rows[i].proto == 17)
			put16(first.b + l4 + 4, n);
		else if (n < rows[i].l4_len)
			first.b[l4 + 13] = ACK; /* no PSH yet */
		put16(first.b + l4 + field,
		    ref_l4_csum(first.b + 14, first.b + l4, n, field));
		make_partial(&s, l4, rows[i].proto);
		make_gso(&s, rows[i].type, rows[i].size);
		pkt = parsed(&s);
		out = icmp_of(&pkt, 3, 4, 576);
		n = SL_MIN(first.len - 14,
		    (rows[i].family == 4 ? 576u - 20 : 1280u - 40) - 8);
		assert_int_equal(out.l4_len, 8 + n);
		assert_memory_equal(sl_pkt_l4(&out) + 8, first.b + 14, n);
		free_pkt(&pkt);
		free_pkt(&out);
	}
}

/* A segment of ours with a closed window: numbers as told, ports and addresses
 * turned round, no data of a large frame in it. */
static void
closed_windows(void **state)
{
	static const struct {
		int family;
		uint32_t l4_len;
		uint16_t gso;
		struct sl_tcp_answer a;
	} rows[] = {
	    {4, 20, 0, {1000, 101, SL_TCP_SYN | SL_TCP_ACK}},
	    {4, 20 + 1400, 0, {0xffffffff, 0x80000000, SL_TCP_ACK}},
	    {4, 20 + 1400, 700, {7, 8, SL_TCP_ACK}},
	    {6, 20, 0, {1, 2, SL_TCP_ACK}},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s;
		uint8_t buf[SL_REPLY_MAX];
		struct sl_pkt pkt, out = {.data = buf, .room = sizeof(buf)};
		struct sl_addr src, dst, from, to;
		const uint8_t *tcp;

		build(&s, "segment", rows[i].family, 6, rows[i].l4_len);
		if (rows[i].gso) {
			make_partial(&s, 34, 6);
			make_gso(&s, SL_GSO_TCP4, rows[i].gso);
		}
		pkt = parsed(&s);
		out.len = sl_reply_tcp(&pkt, &rows[i].a, buf);
		assert_int_equal(sl_parse_frame(&out), SL_GO);
		assert_int_equal(out.l4_len, 20);
		tcp = sl_pkt_l4(&out);
		sl_pkt_addrs(&pkt, &src, &dst);
		sl_pkt_addrs(&out, &from, &to);
		assert_memory_equal(&src, &to, sizeof(src));
		assert_memory_equal(&dst, &from, sizeof(dst));
		assert_memory_equal(tcp, sl_pkt_l4(&pkt) + 2, 2);
		assert_memory_equal(tcp + 2, sl_pkt_l4(&pkt), 2);
		assert_int_equal(sl_get_be32(tcp + 4), rows[i].a.seq);
		assert_int_equal(sl_get_be32(tcp + 8), rows[i].a.ack);
		assert_int_equal(tcp[13], rows[i].a.flags);
		assert_int_equal(sl_get_be16(tcp + 14), 0);
		check_csums(sl_pkt_l3(&out), (uint32_t)(out.l4_off - 14),
		    out.l3_len, 16);
		free_pkt(&pkt);
	}
}

static void
truncated_everywhere(void **state)
{
	const struct sample *all = samples();

	(void)state;
	for (int i = 0; i < SAMPLES; i++) {
		for (uint32_t len = 14; len <= all[i].len; len++) {
			struct sl_pkt pkt = pkt_of(&all[i], len);
			uint8_t buf[SL_REPLY_MAX];

			if (sl_parse_frame(&pkt) == SL_GO) {
				sl_reply_may_icmp(&pkt);
				sl_reply_icmp(&pkt, &router6, 3, 0, 0, buf);
				sl_reply_tcp_reset(&pkt, buf);
				sl_reply_tcp(
				    &pkt, &(struct sl_tcp_answer){0}, buf);
			}
			free_pkt(&pkt);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(resets),
	    cmocka_unit_test(reset_numbers),
	    cmocka_unit_test(silence),
	    cmocka_unit_test(icmp_errors),
	    cmocka_unit_test(quote_limits),
	    cmocka_unit_test(quote_of_partial),
	    cmocka_unit_test(quote_of_gso),
	    cmocka_unit_test(closed_windows),
	    cmocka_unit_test(truncated_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
