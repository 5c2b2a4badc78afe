/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <packet/csum.h>

#include <arpa/inet.h>

static void
known_answers(void **state)
{
	/* RFC 1071 3: sum ddf2. */
	static const uint8_t rfc1071[8] = {
	    0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	/* RFC 1624 4: HC dd2f, m 5555, m' 3285 -> HC' 0000. */
	sl_be16 from = htons(0x5555), to = htons(0x3285);

	(void)state;
	assert_int_equal(
	    ntohs(sl_csum_fold(sl_csum_add(0, rfc1071, 8))), 0xddf2);
	assert_int_equal(
	    ntohs(sl_csum_finish(sl_csum_add(0, rfc1071, 8))), 0x220d);
	assert_int_equal(
	    sl_csum_apply(htons(0xdd2f), sl_csum_delta(&from, &to, 2)), 0);
	assert_int_equal(sl_csum_fold(0), 0);
	assert_int_equal(sl_csum_fold(UINT64_MAX), 0xffff);
	assert_int_equal(sl_csum_finish(0), 0xffff);
}

static void
every_length_and_alignment(void **state)
{
	uint8_t buf[300], *exact;

	(void)state;
	fill(buf, sizeof(buf), 1);
	for (uint32_t len = 0; len < 280; len++) {
		for (uint32_t at = 0; at < 9; at++) {
			uint32_t want = ref_sum(0, buf + at, len);

			exact = malloc(len + at + 1);
			memcpy(exact + at, buf + at, len);
			assert_int_equal(ntohs(sl_csum_fold(
					     sl_csum_add(0, exact + at, len))),
			    want);
			free(exact);
		}
	}
}

static void
large_and_extreme(void **state)
{
	uint32_t len = 65535;
	uint8_t *buf = malloc(len);

	(void)state;
	for (int v = 0; v < 3; v++) {
		if (v == 2)
			fill(buf, len, 7);
		else
			memset(buf, v ? 0xff : 0, len);
		assert_int_equal(ntohs(sl_csum_fold(sl_csum_add(0, buf, len))),
		    ref_sum(0, buf, len));
		assert_int_equal(
		    sl_csum_fold(sl_csum_add(UINT64_MAX, buf, len)),
		    sl_csum_fold(
			(uint64_t)sl_csum_fold(sl_csum_add(0, buf, len)) +
			0xffff));
	}
	free(buf);
}

static void
pieces_add_up(void **state)
{
	uint8_t buf[128];
	uint32_t seed = 3;

	(void)state;
	fill(buf, sizeof(buf), 9);
	for (int i = 0; i < 1000; i++) {
		uint32_t len = draw(&seed) % sizeof(buf);
		uint32_t cut = len ? (draw(&seed) % len) & ~1u : 0;
		uint64_t sum = sl_csum_add(0, buf, cut);

		sum = sl_csum_add(sum, buf + cut, len - cut);
		assert_int_equal(
		    ntohs(sl_csum_fold(sum)), ref_sum(0, buf, len));
		sum = sl_csum_add(0, buf, cut) +
		      sl_csum_add(0, buf + cut, len - cut);
		assert_int_equal(
		    ntohs(sl_csum_fold(sum)), ref_sum(0, buf, len));
	}
}

static void
pseudo_headers(void **state)
{
	const char *names[] = {"tcp4", "udp4", "tcp6", "udp6", "echo6"};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(names); i++) {
		struct sl_pkt pkt = parsed(sample(names[i]));
		struct sl_addr src, dst;
		uint64_t sum;

		sl_pkt_addrs(&pkt, &src, &dst);
		sum = sl_csum_pseudo(
		    pkt.family, &src, &dst, pkt.l4proto, pkt.l4_len);
		assert_int_equal(ntohs(sl_csum_fold(sum)),
		    ref_pseudo(sl_pkt_l3(&pkt), pkt.l4proto, pkt.l4_len));
		sum = sl_csum_add(sum, sl_pkt_l4(&pkt), pkt.l4_len);
		assert_int_equal(sl_csum_finish(sum), 0);
		free_pkt(&pkt);
	}
}

/* Changing covered bytes and moving the checksum is the same as summing anew. */
static void
incremental_equals_whole(void **state)
{
	uint32_t seed = 11;
	uint8_t buf[64];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint32_t at = (draw(&seed) % 24) * 2;
		uint32_t len = (1 + draw(&seed) % 8) * 2;
		uint8_t to[16];
		uint16_t delta;
		sl_be16 csum, sum;

		fill(buf, sizeof(buf), draw(&seed));
		fill(to, sizeof(to), draw(&seed));
		if (i % 4 == 0)
			memset(to, i % 8 ? 0xff : 0, sizeof(to));
		if (i % 5 == 0)
			memset(buf + at, i % 10 ? 0xff : 0, len);
		buf[63] |= 1; /* as in a packet, something is not zero */
		csum = sl_csum_finish(sl_csum_add(0, buf, sizeof(buf)));
		sum = sl_csum_fold(sl_csum_add(0, buf, sizeof(buf)));
		delta = sl_csum_delta(buf + at, to, len);
		memcpy(buf + at, to, len); /* never as far as byte 63 */
		csum = sl_csum_apply(csum, delta);
		sum = sl_csum_apply_partial(sum, delta);
		assert_int_equal(
		    csum, htons((uint16_t)~ref_sum(0, buf, sizeof(buf))));
		assert_int_equal(ntohs(sum), ref_sum(0, buf, sizeof(buf)));
	}
}

static void
deltas_join(void **state)
{
	uint8_t from[8], to[8];
	uint32_t seed = 5;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint16_t whole, joined;

		fill(from, 8, draw(&seed));
		fill(to, 8, draw(&seed));
		whole = sl_csum_delta(from, to, 8);
		joined = sl_csum_delta_join(sl_csum_delta(from, to, 4),
		    sl_csum_delta(from + 4, to + 4, 4));
		assert_int_equal(sl_csum_apply(htons(0x1234), whole),
		    sl_csum_apply(htons(0x1234), joined));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_answers),
	    cmocka_unit_test(every_length_and_alignment),
	    cmocka_unit_test(large_and_extreme),
	    cmocka_unit_test(pieces_add_up),
	    cmocka_unit_test(pseudo_headers),
	    cmocka_unit_test(incremental_equals_whole),
	    cmocka_unit_test(deltas_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
