/* SPDX-License-Identifier: Apache-2.0 */
/* SCTP's checksum, against a bit by bit reference; and DCCP's coverage. */
#include "sample.h"

#include <packet/crc32c.h>
#include <packet/csum.h>
#include <packet/edit.h>

static const struct sl_l4_layout sctp = {0, 2, 8, SL_CSUM_CRC32C, 0, 0, 12, 0};
static const struct sl_l4_layout dccp = {0, 2, 6, SL_CSUM_PSEUDO, 0, 0, 12, 0};

static uint32_t
ref_crc(const uint8_t *p, uint32_t len, uint32_t hole)
{
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = 0; i < len; i++) {
		crc ^= i >= hole && i < hole + 4 ? 0 : p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
	}
	return ~crc;
}

static uint32_t
little(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void
known_values(void **state)
{
	uint8_t out[4], zeros[32] = {0}, data[200];

	(void)state;
	sl_crc32c(zeros, 32, 8, out); /* RFC 3720 B.4 */
	assert_int_equal(little(out), 0x8a9136aa);
	for (uint32_t len = 12; len <= sizeof(data); len++) {
		fill(data, sizeof(data), len);
		sl_crc32c(data, len, 8, out);
		assert_int_equal(little(out), ref_crc(data, len, 8));
	}
}

static struct sample
sctp_sample(uint32_t len)
{
	struct sample s = {0};
	uint8_t *l4;
	uint32_t crc;

	add_eth(&s, 0x0800);
	add_ip4(&s, IPPROTO_SCTP, len);
	l4 = add(&s, NULL, len);
	fill(l4, len, len);
	crc = ref_crc(l4, len, 8);
	for (int i = 0; i < 4; i++)
		l4[8 + i] = (uint8_t)(crc >> 8 * i);
	return s;
}

/* Changed ids, changed addresses, or both: right again; a byte that was wrong
 * is noticed before. */
static void
rewrites(void **state)
{
	static const struct {
		uint32_t len;
		uint8_t what;
	} rows[] = {{12, SL_EDIT_SRC_ID}, {13, SL_EDIT_DST_ID},
	    {60, SL_EDIT_SRC_ID | SL_EDIT_DST_ID}, {1400, 15},
	    {60, SL_EDIT_SRC}};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = sctp_sample(rows[i].len);
		struct sl_tuple from = {
		    .family = SL_IPV4, .l4proto = IPPROTO_SCTP};
		struct sl_pkt pkt = parsed(&s);
		struct sl_tuple to;
		struct sl_rewrite rw;

		assert_true(sl_edit_csum_ok(&pkt, &sctp));
		sl_pkt_addrs(&pkt, &from.src, &from.dst);
		from.src_id = sl_raw_be16(sl_pkt_l4(&pkt));
		from.dst_id = sl_raw_be16(sl_pkt_l4(&pkt) + 2);
		to = from;
		to.src.u.b[3] ^= rows[i].what & SL_EDIT_SRC ? 1 : 0;
		to.dst.u.b[3] ^= rows[i].what & SL_EDIT_DST ? 1 : 0;
		/* up and down by the same: the Internet sum would not move */
		to.src_id =
		    (sl_be16)(to.src_id +
			      (rows[i].what & SL_EDIT_SRC_ID ? 256 : 0));
		to.dst_id =
		    (sl_be16)(to.dst_id -
			      (rows[i].what & SL_EDIT_DST_ID ? 256 : 0));
		sl_edit_plan(&from, &to, &rw);
		assert_true(sl_edit_rewrite(&pkt, &sctp, &rw, 15));
		assert_true(sl_edit_csum_ok(&pkt, &sctp));
		assert_int_equal(little(sl_pkt_l4(&pkt) + 8),
		    ref_crc(sl_pkt_l4(&pkt), rows[i].len, 8));
		assert_int_equal(sl_raw_be16(sl_pkt_l4(&pkt)), to.src_id);
		sl_pkt_l4(&pkt)[rows[i].len - 1] ^= 4;
		assert_false(sl_edit_csum_ok(&pkt, &sctp));
		free_pkt(&pkt);
	}
}

/* RFC 4340 9.2: all, the header, or so many words of data. */
static void
dccp_coverage(void **state)
{
	static const struct {
		uint8_t offset, cscov;
		uint32_t covered; /* 0: never right */
	} rows[] = {{3, 0, 40}, {3, 1, 12}, {3, 2, 16}, {4, 3, 24}, {3, 15, 40},
	    {2, 0, 0}, {11, 0, 0}};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = {0};
		struct sl_pkt pkt;
		uint8_t *l4;
		uint32_t sum;

		add_eth(&s, 0x0800);
		add_ip4(&s, IPPROTO_DCCP, 40);
		l4 = add(&s, NULL, 40);
		fill(l4, 40, 7);
		l4[4] = rows[i].offset;
		l4[5] = rows[i].cscov;
		put16(l4 + 6, 0);
		sum = ref_sum(ref_pseudo(s.b + 14, IPPROTO_DCCP, 40), l4,
		    rows[i].covered);
		put16(l4 + 6, ~sum & 0xffff);
		pkt = parsed(&s);
		assert_int_equal(
		    sl_edit_csum_ok(&pkt, &dccp), rows[i].covered != 0);
		sl_pkt_l4(&pkt)[39] ^= 1;
		assert_int_equal(sl_edit_csum_ok(&pkt, &dccp),
		    rows[i].covered != 0 && rows[i].covered < 40);
		free_pkt(&pkt);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_values),
	    cmocka_unit_test(rewrites),
	    cmocka_unit_test(dccp_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
