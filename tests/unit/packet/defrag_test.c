/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <packet/csum.h>
#include <packet/defrag.h>

/* The datagram that the tests cut up: 'len' bytes behind the headers. */
static void
datagram(struct sample *s, int family, uint32_t len)
{
	build(s, "datagram", family, 17, len);
}

/* A fragment of 'whole': bytes [off, off + len) of what follows the headers. */
static struct sample
piece(const struct sample *whole, uint32_t off, uint32_t len, bool more)
{
	bool v4 = whole->b[14] >> 4 == 4;
	uint32_t hdr = v4 ? 34 : 54;
	struct sample s = {.name = "piece"};

	add(&s, whole->b, hdr);
	if (v4) {
		put16(s.b + 16, 20 + len);
		put16(s.b + 20, off / 8 | (more ? 0x2000u : 0u));
		fix_ip4(s.b + 14);
	} else {
		uint8_t *f = add(&s, NULL, 8);

		f[0] = s.b[20];
		put16(f + 2, off | more);
		put32(f + 4, 42);
		s.b[20] = 44;
		put16(s.b + 18, 8 + len);
	}
	if (hdr + off + len <= whole->len)
		add(&s, whole->b + hdr + off, len);
	else
		add(&s, NULL, len);
	return s;
}

/* Gives a fragment at 'now'; on SL_GO *whole is what came out. */
static enum sl_verdict
give_at(struct sl_defrag *d, const struct sample *s, uint64_t now,
    struct sample *whole)
{
	struct sl_pkt pkt = pkt_of(s, s->len);
	uint32_t max_frag;
	enum sl_verdict v;

	pkt.now_ns = now;
	pkt.flags = SL_PKT_FROM_HOST;
	pkt.offload.flags = SL_OFFLOAD_VALID;
	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	v = sl_defrag_add(d, &pkt, &max_frag);
	if (v == SL_GO) {
		assert_true(pkt.flags & SL_PKT_REASSEMBLED);
		assert_true(pkt.flags & SL_PKT_FROM_HOST);
		assert_false(pkt.flags & (SL_PKT_FRAGMENT | SL_PKT_DF));
		assert_int_equal(pkt.offload.flags, 0);
		assert_true(pkt.room >= pkt.len);
		assert_int_not_equal(max_frag, 0);
		if (whole) {
			whole->len = 0;
			add(whole, pkt.data, pkt.len);
		}
	}
	free_pkt(&pkt);
	return v;
}

static enum sl_verdict
give(struct sl_defrag *d, const struct sample *s)
{
	return give_at(d, s, 1000, NULL);
}

/* Any order of the same pieces makes the same datagram. */
static void
every_order(void **state)
{
	static const uint32_t offs[6] = {0, 104, 208, 600, 1104, 1200};

	(void)state;
	for (int family = 4; family <= 6; family += 2) {
		struct sl_defrag *d = sl_defrag_new(NULL);
		struct sample whole, out;

		datagram(&whole, family, offs[5]);
		for (int order = 0; order < 120; order++) {
			int left[5] = {0, 1, 2, 3, 4}, rest = order;
			enum sl_verdict v = SL_TAKEN;

			for (int n = 5; n > 0; n--) {
				int k = rest % n, i = left[k];
				struct sample p = piece(&whole, offs[i],
				    offs[i + 1] - offs[i], i < 4);

				rest /= n;
				left[k] = left[n - 1];
				assert_int_equal(v, SL_TAKEN);
				v = give_at(d, &p, 1000, &out);
			}
			assert_int_equal(v, SL_GO);
			assert_int_equal(out.len, whole.len);
			assert_memory_equal(out.b, whole.b, whole.len);
		}
		sl_defrag_free(d);
	}
}

/* What becomes of the headers: L2, options, extension headers, DF, ECN, ids. */
static void
headers(void **state)
{
	static const uint8_t opts[4] = {0x94, 4, 0, 0};
	static const uint8_t ext[8] = {44, 0, 1, 4};
	static const uint8_t tag[4] = {0x81, 0, 0, 9};
	struct sl_defrag *d = sl_defrag_new(NULL);
	struct sample whole, out, first, last;

	(void)state;
	datagram(&whole, 4, 64);
	first = piece(&whole, 0, 32, true);
	last = piece(&whole, 32, 32, false);
	insert(&first, 34, opts, 4);
	first.b[14] = 0x46;
	first.b[15] = 0xb9; /* DSCP 46, ECT(1) */
	put16(first.b + 16, 24 + 32);
	put16(first.b + 20, 0x6000); /* DF too */
	fix_ip4(first.b + 14);
	insert(&first, 12, tag, 4);
	last.b[0] = 0x0e; /* another L2 header */
	last.b[15] |= 3;  /* congestion */
	fix_ip4(last.b + 14);
	assert_int_equal(give(d, &last), SL_TAKEN);
	assert_int_equal(give_at(d, &first, 1000, &out), SL_GO);
	insert(&whole, 34, opts, 4);
	insert(&whole, 12, tag, 4);
	whole.b[18] = 0x46;
	whole.b[19] = 0xbb; /* congestion experienced */
	put16(whole.b + 20, 24 + 64);
	fix_ip4(whole.b + 18);
	assert_int_equal(out.len, whole.len);
	assert_memory_equal(out.b, whole.b, whole.len);

	datagram(&whole, 6, 64);
	first = piece(&whole, 0, 32, true);
	last = piece(&whole, 32, 32, false);
	insert(&first, 54, ext, 8);
	first.b[20] = 0;
	put16(first.b + 18, 8 + 8 + 32);
	last.b[54] = 99; /* the first one's next header counts */
	assert_int_equal(give(d, &last), SL_TAKEN);
	assert_int_equal(give_at(d, &first, 1000, &out), SL_GO);
	insert(&whole, 54, ext, 8);
	whole.b[54] = 17;
	whole.b[20] = 0;
	put16(whole.b + 18, 8 + 64);
	assert_int_equal(out.len, whole.len);
	assert_memory_equal(out.b, whole.b, whole.len);
	sl_defrag_free(d);
}

static void
not_mixed_up(void **state)
{
	/* bytes of the IPv4 header that make it another datagram */
	static const uint8_t at[] = {14 + 4, 14 + 9, 14 + 15, 14 + 19};
	struct sl_defrag *d = sl_defrag_new(NULL);
	struct sample whole, last;

	(void)state;
	datagram(&whole, 4, 64);
	for (size_t i = 0; i < SL_COUNT_OF(at); i++) {
		struct sample first = piece(&whole, 0, 32, true);

		first.b[at[i]] ^= 0x40;
		fix_ip4(first.b + 14);
		assert_int_equal(give(d, &first), SL_TAKEN);
	}
	last = piece(&whole, 32, 32, false);
	assert_int_equal(give(d, &last), SL_TAKEN);
	last = piece(&whole, 0, 32, true);
	assert_int_equal(give(d, &last), SL_GO);
	last = *sample("tcp4"); /* not a fragment at all */
	{
		struct sl_pkt pkt = parsed(&last);
		uint32_t max_frag = 7;

		assert_int_equal(sl_defrag_add(d, &pkt, &max_frag), SL_GO);
		assert_int_equal(max_frag, 0);
		assert_ptr_equal(pkt.data, pkt.origin);
		free_pkt(&pkt);
	}
	sl_defrag_free(d);
}

#define MORE true
#define LAST false

/* Rows of fragments; the last one brings the verdict, and after a drop what is
 * still to come of the datagram is dropped for the same reason. */
static void
contradictions(void **state)
{
	static const struct {
		const char *what;
		struct {
			uint16_t off, len;
			bool more;
		} f[4];
		int n;
		enum sl_verdict want;
		enum sl_drop_reason why;
	} rows[] = {
	    {"exact duplicate", {{0, 16, MORE}, {0, 16, MORE}}, 2, SL_TAKEN, 0},
	    {"duplicate, then whole",
		{{0, 16, MORE}, {0, 16, MORE}, {16, 8, LAST}}, 3, SL_GO, 0},
	    {"duplicate of the last",
		{{16, 8, LAST}, {16, 8, LAST}, {0, 16, MORE}}, 3, SL_GO, 0},
	    {"same start, longer", {{0, 16, MORE}, {0, 24, MORE}}, 2, SL_DROP,
		SL_DROP_FRAG_OVERLAP},
	    {"same start, shorter", {{0, 16, MORE}, {0, 8, MORE}}, 2, SL_DROP,
		SL_DROP_FRAG_OVERLAP},
	    {"tail overlaps", {{0, 16, MORE}, {8, 16, MORE}}, 2, SL_DROP,
		SL_DROP_FRAG_OVERLAP},
	    {"head overlaps", {{16, 16, MORE}, {8, 16, MORE}}, 2, SL_DROP,
		SL_DROP_FRAG_OVERLAP},
	    {"inside another", {{0, 32, MORE}, {8, 8, MORE}}, 2, SL_DROP,
		SL_DROP_FRAG_OVERLAP},
	    {"around another", {{8, 8, MORE}, {0, 32, MORE}}, 2, SL_DROP,
		SL_DROP_FRAG_OVERLAP},
	    {"inside the second block", {{0, 1200, MORE}, {504, 8, MORE}}, 2,
		SL_DROP, SL_DROP_FRAG_OVERLAP},
	    {"bridges a gap", {{0, 16, MORE}, {24, 8, MORE}, {8, 24, MORE}}, 3,
		SL_DROP, SL_DROP_FRAG_OVERLAP},
	    {"two ends", {{16, 8, LAST}, {24, 8, LAST}}, 2, SL_DROP,
		SL_DROP_FRAG_LIE},
	    {"end before the data", {{32, 8, MORE}, {16, 8, LAST}}, 2, SL_DROP,
		SL_DROP_FRAG_LIE},
	    {"data behind the end", {{16, 8, LAST}, {32, 8, MORE}}, 2, SL_DROP,
		SL_DROP_FRAG_LIE},
	    {"more at the end", {{16, 8, LAST}, {16, 8, MORE}}, 2, SL_DROP,
		SL_DROP_FRAG_LIE},
	    {"odd end within", {{16, 9, LAST}, {0, 16, MORE}}, 2, SL_GO, 0},
	};

	(void)state;
	for (size_t i = 0; i < 2 * SL_COUNT_OF(rows); i++) {
		size_t row = i / 2;
		struct sl_defrag *d = sl_defrag_new(NULL);
		enum sl_verdict v = SL_TAKEN;
		struct sample whole, p;
		uint64_t before = 0;

		datagram(&whole, i % 2 ? 6 : 4, 1300);
		if (rows[row].want == SL_DROP)
			before = drops(rows[row].why);
		for (int k = 0; k < rows[row].n; k++) {
			assert_int_equal(v, SL_TAKEN);
			p = piece(&whole, rows[row].f[k].off,
			    rows[row].f[k].len, rows[row].f[k].more);
			v = give(d, &p);
		}
		if (v != rows[row].want)
			fail_msg("%s", rows[row].what);
		if (v == SL_DROP) {
			assert_int_equal(drops(rows[row].why),
			    before + (uint64_t)rows[row].n);
			p = piece(&whole, 1200, 8, true);
			assert_int_equal(give(d, &p), SL_DROP);
			assert_int_equal(drops(rows[row].why),
			    before + (uint64_t)rows[row].n + 1);
			/* and when its time is over, it may begin again */
			assert_int_equal(
			    give_at(d, &p, 1000 + SL_DEFRAG_TIMEOUT_NS, NULL),
			    SL_TAKEN);
		}
		sl_defrag_free(d);
	}
}

static void
timeout(void **state)
{
	struct sl_defrag *d = sl_defrag_new(NULL);
	uint64_t before = drops(SL_DROP_FRAG_TIMEOUT), t = 5000;
	struct sample whole, first, middle, last;

	(void)state;
	datagram(&whole, 4, 72);
	first = piece(&whole, 0, 32, true);
	middle = piece(&whole, 32, 32, true);
	last = piece(&whole, 64, 8, false);
	assert_int_equal(give_at(d, &first, t, NULL), SL_TAKEN);
	assert_int_equal(give_at(d, &middle, t + 9, NULL), SL_TAKEN);
	sl_defrag_expire(d, t + SL_DEFRAG_TIMEOUT_NS - 1);
	assert_int_equal(drops(SL_DROP_FRAG_TIMEOUT), before);
	sl_defrag_expire(d, t + SL_DEFRAG_TIMEOUT_NS);
	assert_int_equal(drops(SL_DROP_FRAG_TIMEOUT), before + 2);
	/* adding notices by itself */
	assert_int_equal(give_at(d, &first, t, NULL), SL_TAKEN);
	assert_int_equal(give_at(d, &middle, t, NULL), SL_TAKEN);
	assert_int_equal(
	    give_at(d, &last, t + SL_DEFRAG_TIMEOUT_NS, NULL), SL_TAKEN);
	assert_int_equal(drops(SL_DROP_FRAG_TIMEOUT), before + 4);
	sl_defrag_free(d);
}

/* 'n' datagrams of one source, or of 'n' sources, each with one fragment. */
static void
flood(struct sl_defrag *d, int n, bool one_source, int family)
{
	struct sample whole, p;

	datagram(&whole, family, 64);
	for (int i = 0; i < n; i++) {
		p = piece(&whole, 32, 32, false);
		if (family == 4) {
			put16(p.b + 18, (uint32_t)i + 100);
			if (!one_source)
				put16(p.b + 28, (uint32_t)i + 100);
			fix_ip4(p.b + 14);
		} else {
			put16(p.b + 58, (uint32_t)i + 100);
			if (!one_source)
				put16(p.b + 36, (uint32_t)i + 100);
		}
		assert_int_equal(give(d, &p), SL_TAKEN);
	}
}

static void
bounds(void **state)
{
	static const struct sl_defrag_limits few = {1 << 20, 8, 4};
	struct sl_defrag *d = sl_defrag_new(&few);
	uint64_t before = drops(SL_DROP_FRAG_LIMIT);
	struct sample whole, p;

	(void)state;
	flood(d, 10, true, 4); /* 6 give way to 4 */
	assert_int_equal(drops(SL_DROP_FRAG_LIMIT), before + 6);
	flood(d, 10, true, 6); /* 6 again; 4 + 4 fill it */
	assert_int_equal(drops(SL_DROP_FRAG_LIMIT), before + 12);
	flood(d, 20, false, 4); /* everybody gives way, in turn */
	assert_int_equal(drops(SL_DROP_FRAG_LIMIT), before + 32);
	/* the newest survive: number 19 still becomes whole */
	datagram(&whole, 4, 64);
	p = piece(&whole, 0, 32, true);
	put16(p.b + 18, 119);
	put16(p.b + 28, 119);
	fix_ip4(p.b + 14);
	{
		struct sl_pkt pkt = parsed(&p);
		uint32_t max_frag;

		assert_int_equal(sl_defrag_add(d, &pkt, &max_frag), SL_GO);
		assert_int_equal(max_frag, 52);
		free_pkt(&pkt);
	}
	sl_defrag_free(d);
}

/* 16 blocks of memory: old datagrams give way, one too large is refused. */
static void
memory(void **state)
{
	static const struct sl_defrag_limits tight = {16 * 512, 64, 64};
	struct sl_defrag *d = sl_defrag_new(&tight);
	uint64_t before = drops(SL_DROP_FRAG_LIMIT);
	struct sample whole, p;

	(void)state;
	flood(d, 20, false, 4);
	assert_int_equal(drops(SL_DROP_FRAG_LIMIT), before + 4);
	datagram(&whole, 4, 1300);
	for (uint32_t off = 0; off < 7 * 1000; off += 1000) {
		p = piece(&whole, off, 1000, true);
		assert_int_equal(give(d, &p), SL_TAKEN); /* 2 blocks each + 1 */
	}
	assert_int_equal(drops(SL_DROP_FRAG_LIMIT), before + 20 - 1);
	p = piece(&whole, 7000, 1000, true);
	assert_int_equal(give(d, &p), SL_DROP);
	assert_int_equal(drops(SL_DROP_FRAG_LIMIT), before + 20 + 7 + 1);
	/* everything was given back: all 16 blocks serve again */
	flood(d, 16, false, 4);
	assert_int_equal(drops(SL_DROP_FRAG_LIMIT), before + 20 + 7 + 1);
	sl_defrag_free(d);
}

/* 64 blocks, 16 of them for a source: who floods pushes out nobody else's. */
static void
memory_of_a_source(void **state)
{
	static const struct sl_defrag_limits limits = {
	    64 * 512, 256, 256, 16 * 512};
	struct sl_defrag *d = sl_defrag_new(&limits);
	uint64_t before = drops(SL_DROP_FRAG_LIMIT);
	struct sample whole, first, last;

	(void)state;
	datagram(&whole, 6, 64);
	first = piece(&whole, 0, 32, true);
	last = piece(&whole, 32, 32, false);
	assert_int_equal(give(d, &first), SL_TAKEN);
	flood(d, 100, true, 4); /* one block each */
	assert_int_equal(drops(SL_DROP_FRAG_LIMIT), before + 100 - 16);
	assert_int_equal(give(d, &last), SL_GO);

	/* One that is larger than the share is refused, and frees all. */
	datagram(&whole, 4, 1300);
	for (uint32_t off = 0; off < 7 * 1000; off += 1000) {
		first = piece(&whole, off, 1000, true);
		assert_int_equal(give(d, &first), SL_TAKEN);
	}
	first = piece(&whole, 7000, 1000, true);
	assert_int_equal(give(d, &first), SL_DROP);
	sl_defrag_free(d);
}

static void
too_many_pieces(void **state)
{
	struct sl_defrag *d = sl_defrag_new(NULL);
	uint64_t before = drops(SL_DROP_FRAG_LIMIT);
	struct sample whole, p;

	(void)state;
	datagram(&whole, 6, 1300);
	for (uint32_t i = 0; i < SL_DEFRAG_FRAGMENTS; i++) {
		p = piece(&whole, i * 16, 8, true);
		assert_int_equal(give(d, &p), SL_TAKEN);
	}
	p = piece(&whole, 8, 8, true);
	assert_int_equal(give(d, &p), SL_DROP);
	assert_int_equal(
	    drops(SL_DROP_FRAG_LIMIT), before + SL_DEFRAG_FRAGMENTS + 1);
	sl_defrag_free(d);
}

/* Gives bytes [off, off + len) of a datagram of zeros. */
static enum sl_verdict
give_zeros(
    struct sl_defrag *d, int family, uint32_t off, uint32_t len, bool more)
{
	struct sample whole, p;

	datagram(&whole, family, 1400);
	p = piece(&whole, off, len, more);
	memset(p.b + p.len - len, 0, len);
	return give(d, &p);
}

/* The largest datagram there is, and one byte more than its first fragment's
 * options leave room for. */
static void
largest(void **state)
{
	static const uint8_t opts[4] = {1, 1, 1, 0};
	struct sl_defrag *d = sl_defrag_new(NULL);
	uint64_t before = drops(SL_DROP_FRAG_LIE);

	(void)state;
	for (int family = 4; family <= 6; family += 2) {
		uint32_t end = family == 4 ? 65515 : 65535, off;

		for (off = 1360; off + 1360 < end; off += 1360)
			assert_int_equal(
			    give_zeros(d, family, off, 1360, true), SL_TAKEN);
		assert_int_equal(
		    give_zeros(d, family, off, end - off, false), SL_TAKEN);
		{
			struct sample whole, p;
			struct sl_pkt pkt;
			uint32_t max_frag;

			datagram(&whole, family, 1400);
			p = piece(&whole, 0, 1360, true);
			pkt = parsed(&p);
			assert_int_equal(
			    sl_defrag_add(d, &pkt, &max_frag), SL_GO);
			assert_int_equal(pkt.l4_len, end);
			assert_true(pkt.len <= pkt.room);
			free_pkt(&pkt);
		}
	}
	for (uint32_t off = 1360; off < 65515; off += 1360)
		assert_int_equal(
		    give_zeros(d, 4, off, SL_MIN(1360u, 65515 - off),
			off + 1360 < 65515),
		    SL_TAKEN);
	{
		struct sample whole, p;

		datagram(&whole, 4, 1400);
		p = piece(&whole, 0, 1360, true);
		insert(&p, 34, opts, 4);
		p.b[14] = 0x46;
		put16(p.b + 16, 24 + 1360);
		fix_ip4(p.b + 14);
		assert_int_equal(give(d, &p), SL_DROP);
		assert_int_equal(drops(SL_DROP_FRAG_LIE), before + 49);
	}
	sl_defrag_free(d);
}

/* Random fragments of a few datagrams, against a model that keeps bytes in an
 * array: same verdicts, and every whole is right. */
static void
random_against_model(void **state)
{
	struct sl_defrag *d = sl_defrag_new(NULL);
	struct sample whole, out;
	uint32_t seed = 99;
	int wholes = 0;

	(void)state;
	datagram(&whole, 4, 96);
	for (int round = 0; round < 4000; round++) {
		uint8_t have[12] = {0};
		bool dead = false, done = false;

		put16(whole.b + 18, (uint32_t)round);
		fix_ip4(whole.b + 14);
		for (int k = 0; k < 16 && !done; k++) {
			uint32_t off = draw(&seed) % 12;
			uint32_t n = 1 + draw(&seed) % 3, seen = 0;
			enum sl_verdict v, want = SL_TAKEN;
			struct sample p;
			bool dup;

			if (round % 2) { /* pieces that fit each other */
				off -= off % 3;
				n = 3;
			}
			n = SL_MIN(n, 12 - off);
			p = piece(&whole, off * 8, n * 8, off + n < 12);
			for (uint32_t i = off; i < off + n; i++)
				seen += have[i] != 0;
			dup = have[off] == n && seen == n;
			if (dead || (seen && !dup))
				want = SL_DROP;
			v = give_at(d, &p, 1000, &out);
			dead |= want == SL_DROP;
			for (uint32_t i = 0; i < n && !dup && !dead; i++)
				have[off + i] = i ? 9 : (uint8_t)n;
			done = want != SL_DROP && !memchr(have, 0, 12);
			assert_int_equal(v, done ? SL_GO : want);
			if (done) {
				wholes++;
				assert_int_equal(out.len, whole.len);
				assert_memory_equal(out.b, whole.b, whole.len);
			}
		}
		sl_defrag_expire(d, UINT64_MAX);
	}
	assert_true(wholes > 1000);
	sl_defrag_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_order),
	    cmocka_unit_test(headers),
	    cmocka_unit_test(not_mixed_up),
	    cmocka_unit_test(contradictions),
	    cmocka_unit_test(timeout),
	    cmocka_unit_test(bounds),
	    cmocka_unit_test(memory),
	    cmocka_unit_test(memory_of_a_source),
	    cmocka_unit_test(too_many_pieces),
	    cmocka_unit_test(largest),
	    cmocka_unit_test(random_against_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
