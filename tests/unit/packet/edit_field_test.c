/* SPDX-License-Identifier: Apache-2.0 */
/* Single fields: what is written, that nothing else is, and that checksums stay
 * right, whole and partial. */
#include "headers.h"

#include <packet/edit.h>
#include <packet/header.h>

static const struct recipe syn4 = {.tcp_flags = 2, .tos = 0x2f, .payload = 8};
static const struct recipe syn6 = {
    .six = true, .tcp_flags = 2, .tos = 0x2f, .payload = 8};

/* The bytes that differ from 'before', but for checksums. */
static unsigned
changed(const struct test_pkt *t, const uint8_t *before)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < t->pkt.len; i++) {
		bool csum =
		    t->pkt.family == SL_IPV4 &&
		    (i == t->pkt.l3_off + 10u || i == t->pkt.l3_off + 11u);

		csum |= i == t->pkt.l4_off + 16u || i == t->pkt.l4_off + 17u;
		n += !csum && t->frame[i] != before[i];
	}
	return n;
}

static void
ttl_and_dscp(void **state)
{
	static const uint8_t values[] = {0, 1, 37, 63};
	uint8_t before[sizeof(((struct test_pkt *)0)->frame)];
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(values); i++) {
		const struct recipe *r = i & 1 ? &syn6 : &syn4;
		uint8_t v = values[i / 2], *ip = build(&t, r)->data + 14;

		memcpy(before, t.frame, sizeof(before));
		sl_edit_set_ttl(&t.pkt, (uint8_t)(v * 4 + 3));
		assert_int_equal(ip[i & 1 ? 7 : 8], v * 4 + 3);
		assert_int_equal(changed(&t, before), 1);
		assert_true(checksums_are_right(&t.pkt));
		memcpy(before, t.frame, sizeof(before));
		sl_edit_set_dscp(&t.pkt, v);
		if (i & 1)
			assert_int_equal(sl_get_be16(ip) >> 4 & 0xff,
			    v << 2 | 3); /* ECN stays */
		else
			assert_int_equal(ip[1], v << 2 | 3);
		assert_in_range(changed(&t, before), 0, 2);
		assert_true(checksums_are_right(&t.pkt));
		assert_int_equal(sl_parse_frame(&t.pkt), SL_GO);
		assert_int_equal(t.pkt.dscp, v);
	}
}

/* The option at even and odd places, over every 16-bit value that matters. */
static void
mss_is_lowered(void **state)
{
	static const struct {
		const char *options;
		uint32_t n;
	} rows[] = {
	    {"\2\4\x05\xb4", 4},
	    {"\1\2\4\x05\xb4\1\1\0", 8},
	    {"\1\1\1\1\1\1\1\2\4\x05\xb4\0", 12},
	};
	static const uint16_t to[] = {40, 0x00ff, 0x0100, 1360, 1459};
	uint8_t before[sizeof(((struct test_pkt *)0)->frame)];
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		const struct recipe *r = i & 1 ? &syn6 : &syn4;

		for (unsigned k = 0; k < SL_COUNT_OF(to); k++) {
			uint32_t off;

			build_tcp_options(
			    &t, r, rows[i / 2].options, rows[i / 2].n);
			off = sl_header_mss_off(&t.pkt);
			memcpy(before, t.frame, sizeof(before));
			assert_false(sl_edit_lower_mss(&t.pkt, 1460));
			assert_false(sl_edit_lower_mss(&t.pkt, 65535));
			assert_memory_equal(before, t.frame, t.pkt.len);
			assert_true(sl_edit_lower_mss(&t.pkt, to[k]));
			assert_int_equal(sl_get_be16(t.frame + off), to[k]);
			assert_in_range(changed(&t, before), 1, 2);
			assert_true(checksums_are_right(&t.pkt));
		}
	}
}

/* Whoever completes the checksum adds up the new bytes. */
static void
mss_under_a_partial_checksum(void **state)
{
	struct test_pkt t;

	(void)state;
	build_tcp_options(&t, &syn4, "\1\2\4\x05\xb4\1\1\0", 8);
	t.pkt.offload = (struct sl_offload){.flags = SL_OFFLOAD_PARTIAL,
	    .csum_start = t.pkt.l4_off,
	    .csum_offset = 16};
	{
		struct sl_addr src, dst;
		uint16_t sum;

		sl_pkt_addrs(&t.pkt, &src, &dst);
		sum = sl_csum_fold(sl_csum_pseudo(
		    SL_IPV4, &src, &dst, IPPROTO_TCP, t.pkt.l4_len));
		memcpy(sl_pkt_l4(&t.pkt) + 16, &sum, 2);
	}
	assert_true(sl_edit_lower_mss(&t.pkt, 1200));
	sl_edit_csum_complete(&t.pkt);
	assert_true(checksums_are_right(&t.pkt));
}

static void
df_is_cleared(void **state)
{
	static const struct recipe df = {.frag = 0x4000}, not = {0},
				   six = {.six = true};
	struct test_pkt t;
	uint8_t *ip = t.frame + SL_ETH_LEN;

	(void)state;
	assert_true(sl_edit_clear_df(build(&t, &df), 0x1234));
	assert_int_equal(sl_get_be16(ip + 4), 0x1234);
	assert_int_equal(sl_get_be16(ip + 6), 0);
	assert_false(t.pkt.flags & SL_PKT_DF);
	assert_true(checksums_are_right(&t.pkt));

	/* Who numbers its datagrams goes on doing so. */
	build(&t, &df);
	put16(ip + 4, 77);
	settle(&t, t.pkt.l4_off, 0);
	assert_false(sl_edit_clear_df(&t.pkt, 0x1234));
	assert_int_equal(sl_get_be16(ip + 4), 77);
	assert_int_equal(sl_get_be16(ip + 6), 0);
	assert_true(checksums_are_right(&t.pkt));

	assert_false(sl_edit_clear_df(build(&t, &not ), 0x1234));
	assert_int_equal(sl_get_be16(ip + 4), 0);
	assert_false(sl_edit_clear_df(build(&t, &six), 0x1234));
	assert_true(checksums_are_right(&t.pkt));
}

static void
options_are_stripped(void **state)
{
	static const uint8_t nops[8] = {1, 1, 1, 1, 1, 1, 1, 1};
	static const struct recipe udp = {.proto = IPPROTO_UDP};
	struct test_pkt t;

	(void)state;
	build_ip_options(&t, &udp, "\x83\7\4\1\2\3\4\0", 8);
	assert_int_not_equal(sl_header_ip4_options(&t.pkt), 0);
	sl_edit_strip_options(&t.pkt);
	assert_memory_equal(t.frame + SL_ETH_LEN + 20, nops, 8);
	assert_int_equal(sl_parse_frame(&t.pkt), SL_GO); /* its checksum */
	assert_int_equal(sl_header_ip4_options(&t.pkt), 0);
	build(&t, &udp);
	sl_edit_strip_options(&t.pkt);
	assert_true(checksums_are_right(&t.pkt));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ttl_and_dscp),
	    cmocka_unit_test(mss_is_lowered),
	    cmocka_unit_test(mss_under_a_partial_checksum),
	    cmocka_unit_test(df_is_cleared),
	    cmocka_unit_test(options_are_stripped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
