/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <packet/defrag.h>
#include <packet/edit.h>

#include <errno.h>

#define GOT_MAX 64

/* What emit() collected. */
struct got {
	int n;
	uint32_t len[GOT_MAX];
	uint8_t frame[GOT_MAX][2048];
};

static void
collect(void *arg, uint8_t *frame, uint32_t len)
{
	struct got *got = arg;

	assert_true(got->n < GOT_MAX && len <= 2048);
	memcpy(got->frame[got->n], frame, len);
	got->len[got->n++] = len;
}

/* Cuts in a buffer of exactly the promised size. */
static int
cut(const struct sl_pkt *pkt, uint32_t mtu, struct got *got)
{
	uint8_t *buf = malloc(mtu + SL_ETH_LEN + 64);
	int n;

	got->n = 0;
	n = sl_edit_fragment(pkt, mtu, buf, collect, got);
	free(buf);
	return n;
}

static struct sl_pkt
parsed_piece(const struct got *got, int i)
{
	struct sample s = {.len = got->len[i]};

	memcpy(s.b, got->frame[i], s.len);
	return parsed(&s);
}

/* Every fragment is a legal frame, in order, no larger than the MTU, and
 * together they are the bytes from payload. */
static void
check_pieces(const struct got *got, uint32_t mtu, const uint8_t *payload,
    uint32_t len, uint32_t base, bool more)
{
	uint32_t done = 0;

	for (int i = 0; i < got->n; i++) {
		struct sl_pkt pkt = parsed_piece(got, i);
		bool mf;

		assert_true(pkt.l3_len <= mtu);
		assert_true(pkt.flags & SL_PKT_FRAGMENT);
		assert_int_equal(pkt.frag_off, base + done);
		mf = pkt.data[pkt.l3_off + 6] & 0x20;
		assert_int_equal(mf, more || i + 1 < got->n);
		assert_memory_equal(
		    sl_pkt_l4(&pkt), payload + done, pkt.l4_len);
		done += pkt.l4_len;
		free_pkt(&pkt);
	}
	assert_int_equal(done, len);
}

static void
plain(void **state)
{
	static const uint32_t mtus[] = {68, 69, 75, 76, 77, 100, 576};
	struct got *got = calloc(1, sizeof(*got));

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(mtus); i++) {
		for (uint32_t len = 8; len < 1200; len += 97) {
			struct sample s;
			struct sl_pkt pkt;
			int n;

			build(&s, "datagram", 4, 17, len);
			pkt = parsed(&s);
			n = cut(&pkt, mtus[i], got);
			assert_int_equal(n, got->n);
			if (pkt.l3_len <= mtus[i]) {
				assert_int_equal(n, 1);
				assert_int_equal(got->len[0], s.len);
				assert_memory_equal(got->frame[0], s.b, s.len);
			} else {
				check_pieces(
				    got, mtus[i], s.b + 34, len, 0, false);
			}
			assert_memory_equal(pkt.data, s.b, s.len);
			free_pkt(&pkt);
		}
	}
	free(got);
}

/* A tagged frame keeps its tags; an odd MTU its payload multiple of 8. */
static void
tagged(void **state)
{
	struct got *got = calloc(1, sizeof(*got));
	struct sl_pkt pkt;
	struct sample s;
	static const uint8_t tags[8] = {0x88, 0xa8, 0, 5, 0x81, 0, 0, 6};

	(void)state;
	build(&s, "tagged", 4, 17, 300);
	insert(&s, 12, tags, 8);
	pkt = parsed(&s);
	assert_int_equal(cut(&pkt, 101, got), 4); /* 80 bytes each */
	assert_memory_equal(got->frame[3], s.b, 22);
	check_pieces(got, 101, s.b + 42, 300, 0, false);
	free_pkt(&pkt);
	free(got);
}

/* Cutting a fragment again: offsets go on, the last piece keeps its M bit. */
static void
again(void **state)
{
	struct got *got = calloc(1, sizeof(*got));

	(void)state;
	for (int more = 0; more < 2; more++) {
		struct sample s;
		struct sl_pkt pkt;

		build(&s, "fragment", 4, 17, 240);
		put16(s.b + 20, (uint32_t)(more ? 0x2000 : 0) | 50);
		fix_ip4(s.b + 14);
		pkt = parsed(&s);
		assert_int_equal(cut(&pkt, 120, got), 3);
		check_pieces(got, 120, s.b + 34, 240, 400, more);
		free_pkt(&pkt);
	}
	free(got);
}

/* RFC 791: only options with the copied flag go into later fragments. */
static void
options(void **state)
{
	static const struct {
		uint8_t opt[12], first_len, later_len, later[8];
	} rows[] = {
	    {{0x94, 4, 0, 0, 1, 1, 1, 0}, 8, 4, {0x94, 4, 0, 0}},
	    {{7, 7, 4, 1, 2, 3, 4, 0}, 8, 0, {0}},
	    {{1, 0x88, 3, 9, 7, 3, 4, 0}, 8, 4, {0x88, 3, 9, 0}},
	    {{0x83, 3, 4, 1, 0x88, 4, 5, 6, 7, 3, 4, 0}, 12, 8,
		{0x83, 3, 4, 0x88, 4, 5, 6, 0}},
	    {{0, 0x94, 4, 0}, 4, 0, {0}},
	};
	struct got *got = calloc(1, sizeof(*got));

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		uint32_t opt = rows[i].first_len;
		struct sl_pkt pkt, piece;
		struct sample s;

		build(&s, "options", 4, 17, 200);
		insert(&s, 34, rows[i].opt, opt);
		s.b[14] = (uint8_t)(0x45 + opt / 4);
		put16(s.b + 16, 20 + opt + 200);
		fix_ip4(s.b + 14);
		pkt = parsed(&s);
		assert_int_equal(cut(&pkt, 120, got), 3);
		check_pieces(got, 120, s.b + 34 + opt, 200, 0, false);
		piece = parsed_piece(got, 0);
		assert_int_equal(piece.l4_off, 34 + opt);
		assert_memory_equal(piece.data + 34, rows[i].opt, opt);
		free_pkt(&piece);
		for (int k = 1; k < 3; k++) {
			piece = parsed_piece(got, k);
			assert_int_equal(piece.l4_off, 34 + rows[i].later_len);
			assert_memory_equal(
			    piece.data + 34, rows[i].later, rows[i].later_len);
			free_pkt(&piece);
		}
		free_pkt(&pkt);
	}
	free(got);
}

/* A partial checksum is completed in the fragments, not in the packet. */
static void
partial(void **state)
{
	struct got *got = calloc(1, sizeof(*got));
	struct sample whole, s;
	struct sl_pkt pkt;

	(void)state;
	build(&whole, "whole", 4, 17, 300);
	s = whole;
	make_partial(&s, 34, 17);
	pkt = parsed(&s);
	assert_int_equal(cut(&pkt, 120, got), 4);
	check_pieces(got, 120, whole.b + 34, 300, 0, false);
	assert_int_equal(cut(&pkt, 1500, got), 1);
	assert_memory_equal(got->frame[0], whole.b, whole.len);
	assert_memory_equal(pkt.data, s.b, s.len);
	free_pkt(&pkt);

	/* inside a tunnel: the field is in the second fragment */
	s = whole;
	s.offload = (struct sl_offload){SL_OFFLOAD_PARTIAL, 0, 0, 0, 140, 16};
	put16(s.b + 156, 0x4321);
	put16(whole.b + 156, 0x4321);
	put16(whole.b + 156, ~ref_sum(0, s.b + 140, 334 - 140) & 0xffff);
	pkt = parsed(&s);
	assert_int_equal(cut(&pkt, 120, got), 4);
	check_pieces(got, 120, whole.b + 34, 300, 0, false);
	free_pkt(&pkt);
	free(got);
}

static void
refused(void **state)
{
	static const struct {
		const char *name;
		uint32_t mtu;
		bool df;
	} rows[] = {{"echo4", 80, true}, {"echo4", 67, false},
	    {"tcp6", 80, false}, {"gso tcp4", 576, false}, {"arp", 20, false}};
	struct got *got = calloc(1, sizeof(*got));

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		struct sl_pkt pkt;

		if (rows[i].df) {
			put16(s.b + 20, 0x4000);
			fix_ip4(s.b + 14);
		}
		pkt = parsed(&s);
		assert_int_equal(cut(&pkt, rows[i].mtu, got), -EMSGSIZE);
		assert_int_equal(got->n, 0);
		free_pkt(&pkt);
	}
	free(got);
}

/* IPv6: what was made whole goes out in pieces of the same kind, and makes the
 * same datagram at the other end. */
static void
ip6_made_whole(void **state)
{
	static const uint8_t routing[8] = {17, 0, 4, 0};
	struct sl_defrag *there = sl_defrag_new(NULL);
	struct got *got = calloc(1, sizeof(*got));
	enum sl_verdict v = SL_TAKEN;
	uint32_t max_frag = 0;
	struct sample s;
	struct sl_pkt pkt, piece;

	(void)state;
	build(&s, "routed", 6, 17, 900);
	insert(&s, 54, routing, 8);
	put16(s.b + 18, 908);
	s.b[20] = 43;
	pkt = parsed(&s);
	pkt.flags |= SL_PKT_REASSEMBLED;
	memcpy(&pkt.frag_id, "\1\2\3\4", 4);
	assert_int_equal(cut(&pkt, 63, got), -EMSGSIZE);
	assert_int_equal(cut(&pkt, 400, got), 3); /* 344 + 344 + 212 */
	for (int i = 0; i < got->n; i++) {
		piece = parsed_piece(got, i);
		assert_true(piece.l3_len <= 400);
		assert_int_equal(piece.data[54 + 8], 17);
		assert_int_equal(piece.frag_off, i * 344);
		assert_memory_equal(&piece.frag_id, "\1\2\3\4", 4);
		v = sl_defrag_add(there, &piece, &max_frag);
		if (v == SL_TAKEN)
			free_pkt(&piece);
	}
	assert_int_equal(v, SL_GO);
	assert_int_equal(piece.len, s.len);
	assert_memory_equal(piece.data, s.b, s.len);
	assert_int_equal(max_frag, 400);
	free_pkt(&piece);
	assert_int_equal(cut(&pkt, 1500, got), 1);
	assert_memory_equal(got->frame[0], s.b, s.len);
	free_pkt(&pkt);
	sl_defrag_free(there);
	free(got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain),
	    cmocka_unit_test(tagged),
	    cmocka_unit_test(again),
	    cmocka_unit_test(options),
	    cmocka_unit_test(partial),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(ip6_made_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
