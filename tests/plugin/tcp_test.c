/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"
#include "tcp_table.h"

#include <netinet/in.h>
#include <stdlib.h>

#define HEADER_MAX 60
#define PAYLOAD	   65000

static uint8_t wire[HEADER_MAX + PAYLOAD];

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint8_t
flag_bits(const char *letters)
{
	static const char names[] = "FSRPAU";
	uint8_t bits = 0;

	for (; *letters; letters++)
		bits |= (uint8_t)(1u << (strchr(names, *letters) - names));
	return bits;
}

/* Writes the options that 'text' names; SACK edges move with 'base'. */
static uint32_t
put_options(uint8_t *p, const char *text, uint32_t base)
{
	uint8_t *start = p;
	char *end = NULL;

	for (; *text; text = end) {
		end = (char *)(uintptr_t)text + 1;
		if (*text == 'w') {
			*p++ = 3;
			*p++ = 3;
			*p++ = (uint8_t)strtoul(text + 1, &end, 10);
		} else if (*text == 's') {
			*p++ = 4;
			*p++ = 2;
		} else {
			*p++ = 5;
			*p++ = 10;
			put32(p, (uint32_t)strtoul(text + 1, &end, 10) + base);
			put32(
			    p + 4, (uint32_t)strtoul(end + 1, &end, 10) + base);
			p += 8;
		}
	}
	while ((p - start) % 4)
		*p++ = 1;
	return (uint32_t)(p - start);
}

/* A segment in 'wire'; 'base' has the sequence base of each side. */
static struct sl_pkt_view
make_segment(const struct step *s, const uint32_t base[SL_DIRS])
{
	uint32_t theirs = base[s->dir == SL_ORIG ? SL_REPLY : SL_ORIG];
	bool has_ack = strchr(s->flags, 'A') != NULL;
	uint32_t options;

	memset(wire, 0, HEADER_MAX);
	put16(wire, s->dir == SL_ORIG ? 40000 : 80);
	put16(wire + 2, s->dir == SL_ORIG ? 80 : 40000);
	put32(wire + 4, s->seq + base[s->dir]);
	put32(wire + 8, has_ack ? s->ack + theirs : 0);
	options = put_options(wire + 20, s->options, theirs);
	wire[12] = (uint8_t)((20 + options) / 4 << 4);
	wire[13] = flag_bits(s->flags);
	put16(wire + 14, s->win);
	return harness_view(SL_IPV4, IPPROTO_TCP, wire, 20 + options + s->len);
}

/* What happened, in the words of the table. */
static void
describe(const struct harness *h, enum sl_track_result result, bool restarted,
    char *text, size_t size)
{
	const char *timeout = h->tracker->ops.timeouts[h->out.timeout].name;

	if (result == SL_TRACK_INVALID)
		snprintf(text, size, "!%s", harness_reason(h, h->out.reason));
	else if (result == SL_TRACK_IGNORE)
		snprintf(text, size, "~");
	else
		snprintf(text, size, "%s%s%s@%.*s", restarted ? "^" : "",
		    h->tracker->ops.states[h->out.state], h->assured ? "+" : "",
		    (int)(strlen(timeout) - strlen("tcp--timeout")),
		    timeout + strlen("tcp-"));
}

/* Is 'got' what the table asks for?  It may leave out "+" and "@...". */
static bool
is_wanted(const char *want, const char *got)
{
	size_t n = strcspn(want, "+@");

	if (strcspn(got, "+@") != n || strncmp(want, got, n) != 0)
		return false;
	if (strchr(want, '+') && !strchr(got, '+'))
		return false;
	want = strchr(want, '@');
	return !want || strcmp(want, strchr(got, '@')) == 0;
}

static void
play(const struct talk *talk, const uint32_t base[SL_DIRS])
{
	struct harness h;
	char got[64];
	bool restarted;

	harness_start(&h, SL_IPV4, IPPROTO_TCP);
	h.ctx.loose = !(talk->flags & TALK_STRICT);
	h.ctx.liberal = (talk->flags & TALK_LIBERAL) != 0;
	h.ctx.unseen = (talk->flags & TALK_UNSEEN) != 0;
	for (const struct step *s = talk->steps; s->flags; s++) {
		struct sl_pkt_view view = make_segment(s, base);
		enum sl_track_result result =
		    harness_packet(&h, &view, s->dir, &restarted);

		describe(&h, result, restarted, got, sizeof(got));
		if (!is_wanted(s->want, got))
			fail_msg("%s, base %x, step %d: want %s, got %s",
			    talk->name, base[0], (int)(s - talk->steps) + 1,
			    s->want, got);
	}
}

static void
play_all(const struct talk *talks)
{
	static const uint32_t bases[][SL_DIRS] = {
	    {0, 0},
	    {0xffffff00u, 0xfffffd00u}, /* wrap in the middle of a talk */
	    {0x7fffff00u, 0x7ffffe00u}, /* sign change */
	    {0x12345678u, 0xffffffffu - 500},
	};

	for (; talks->name; talks++) {
		for (size_t i = 0; i < SL_COUNT_OF(bases); i++)
			if (i == 0 || !(talks->flags & TALK_NO_BASE))
				play(talks, bases[i]);
	}
}

static void
connections_open(void **state)
{
	(void)state;
	play_all(talks_open);
}

static void
connections_close(void **state)
{
	(void)state;
	play_all(talks_close);
}

static void
only_exact_resets_count(void **state)
{
	(void)state;
	play_all(talks_reset);
}

static void
tuples_are_reused(void **state)
{
	(void)state;
	play_all(talks_reuse);
}

static void
windows_are_tracked(void **state)
{
	(void)state;
	play_all(talks_window);
}

static void
connections_are_picked_up(void **state)
{
	(void)state;
	play_all(talks_loose);
}

static void
headers_are_checked(void **state)
{
	static const struct {
		const char *flags;
		uint8_t offset; /* in words; 0: right */
		uint32_t cut;	/* bytes of L4; 0: all */
		const char *want;
	} rows[] = {
	    {"S", 0, 0, NULL},
	    {"A", 0, 0, NULL},
	    {"PA", 0, 0, NULL},
	    {"FA", 0, 0, NULL},
	    {"FUA", 0, 0, NULL},
	    {"R", 0, 0, NULL},
	    {"RA", 0, 0, NULL},
	    {"SU", 0, 0, NULL},
	    {"A", 0, 19, "short-header"},
	    {"A", 0, 7, "short-header"},
	    {"A", 4, 0, "bad-data-offset"},
	    {"A", 15, 0, "bad-data-offset"},
	    {"", 0, 0, "bad-flags"},
	    {"P", 0, 0, "bad-flags"},
	    {"U", 0, 0, "bad-flags"},
	    {"F", 0, 0, "bad-flags"},
	    {"FU", 0, 0, "bad-flags"},
	    {"SF", 0, 0, "bad-flags"},
	    {"SFA", 0, 0, "bad-flags"},
	    {"SR", 0, 0, "bad-flags"},
	    {"SRA", 0, 0, "bad-flags"},
	    {"RF", 0, 0, "bad-flags"},
	    {"RFA", 0, 0, "bad-flags"},
	    {"SFRPAU", 0, 0, "bad-flags"},
	};
	static const uint32_t base[SL_DIRS];
	struct harness h;

	(void)state;
	harness_start(&h, SL_IPV6, IPPROTO_TCP);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct step s = C(rows[i].flags, 1, 1, 0, NULL);
		struct sl_pkt_view view = make_segment(&s, base);
		struct sl_tuple tuple = {0};
		uint8_t reason = 0;
		enum sl_key key;

		if (rows[i].offset)
			wire[12] = (uint8_t)(rows[i].offset << 4);
		if (rows[i].cut)
			view.l4.len = rows[i].cut;
		key = h.tracker->ops.key(&view, &tuple, &reason);
		if (!rows[i].want) {
			assert_int_equal(key, SL_KEY_TUPLE);
			assert_int_equal(ntohs(tuple.src_id), 40000);
			assert_int_equal(ntohs(tuple.dst_id), 80);
			continue;
		}
		assert_int_equal(key, SL_KEY_INVALID);
		assert_string_equal(harness_reason(&h, reason), rows[i].want);
	}
}

/* Options that lie about their length are never followed out of the header. */
static void
broken_options_are_harmless(void **state)
{
	static const uint8_t options[][8] = {
	    {3, 0},
	    {3, 1, 7},
	    {3, 255, 7},
	    {1, 1, 1, 1, 1, 1, 1, 3},
	    {5, 8, 1, 2, 3, 4, 5, 6},
	    {0, 3, 3, 7},
	};
	static const uint32_t base[SL_DIRS];
	struct step s = C("S", 100, 0, 0, "syn-sent");
	struct harness h;
	bool restarted;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(options); i++) {
		struct sl_pkt_view view = make_segment(&s, base);
		uint8_t *exact = malloc(28);

		assert_non_null(exact);
		memcpy(exact, wire, 20);
		memcpy(exact + 20, options[i], 8);
		exact[12] = 7 << 4;
		view.l4.data = exact;
		view.l4.len = view.l4_total = 28;
		harness_start(&h, SL_IPV4, IPPROTO_TCP);
		assert_int_equal(harness_packet(&h, &view, SL_ORIG, &restarted),
		    SL_TRACK_VALID);
		free(exact);
	}
}

static bool
is_quote_believed(struct harness *h, enum sl_dir dir, uint32_t seq)
{
	static const uint32_t base[SL_DIRS];
	struct step s = C("A", seq, 0, 0, NULL);
	struct sl_pkt_view view = make_segment(&s, base);

	view.quoted = 1;
	view.l4.len = 8;
	return h->tracker->ops.quoted(&h->ctx, &view, dir, h->priv);
}

static void
quoted_numbers_must_be_in_flight(void **state)
{
	static const uint32_t base[SL_DIRS];
	static const struct step steps[] = {
	    HANDSHAKE,
	    S("PA", 501, 101, 300, ""),
	    C("A", 101, 601, 0, ""),
	};
	static const struct {
		unsigned after; /* steps played */
		enum sl_dir dir;
		uint32_t seq;
		bool believed;
	} rows[] = {
	    {1, SL_ORIG, 100, true}, /* the SYN itself */
	    {1, SL_ORIG, 99, false},
	    {1, SL_ORIG, 102, false},
	    {1, SL_REPLY, 500, false}, /* never heard of */
	    {2, SL_REPLY, 500, true},
	    {2, SL_REPLY, 400, false},
	    {2, SL_REPLY, 600, false},
	    {4, SL_REPLY, 501, true},
	    {4, SL_REPLY, 800, true},
	    {4, SL_REPLY, 500, false},
	    {4, SL_REPLY, 802, false},
	    {5, SL_REPLY, 501, false}, /* acknowledged by now */
	    {5, SL_REPLY, 601, true},
	    {5, SL_ORIG, 101, true}, /* a pure acknowledgement */
	    {5, SL_ORIG, 100, false},
	};
	bool restarted;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct harness h;

		harness_start(&h, SL_IPV4, IPPROTO_TCP);
		for (unsigned n = 0; n < rows[i].after; n++) {
			struct sl_pkt_view view = make_segment(&steps[n], base);

			assert_int_equal(
			    harness_packet(&h, &view, steps[n].dir, &restarted),
			    SL_TRACK_VALID);
		}
		if (is_quote_believed(&h, rows[i].dir, rows[i].seq) !=
		    rows[i].believed)
			fail_msg("row %zu", i);
		h.ctx.unseen = 1;
		assert_true(is_quote_believed(&h, rows[i].dir, rows[i].seq));
	}
}

static void
edits_shift_the_numbers(void **state)
{
	static const uint32_t base[SL_DIRS];
	static const struct step steps[] = {
	    HANDSHAKE,
	    S("PA", 501, 101, 100, ""),
	};
	static const struct step too_far = C("A", 101, 612, 0, "");
	static const struct step right = C("A", 101, 611, 0, "");
	struct sl_pkt_view view;
	struct harness h;
	bool restarted;

	(void)state;
	harness_start(&h, SL_IPV4, IPPROTO_TCP);
	for (size_t n = 0; n < SL_COUNT_OF(steps); n++) {
		view = make_segment(&steps[n], base);
		harness_packet(&h, &view, steps[n].dir, &restarted);
	}
	h.tracker->ops.seq_shift(h.priv, SL_REPLY, 10);
	view = make_segment(&too_far, base);
	assert_int_equal(
	    harness_packet(&h, &view, SL_ORIG, &restarted), SL_TRACK_INVALID);
	view = make_segment(&right, base);
	assert_int_equal(
	    harness_packet(&h, &view, SL_ORIG, &restarted), SL_TRACK_VALID);
}

/* Any segment in any state: no undefined behaviour, and what is invalid changes
 * nothing (harness_packet checks that). */
static void
random_segments_are_harmless(void **state)
{
	static const char *const flags[] = {
	    "S", "SA", "A", "PA", "FA", "R", "RA", "UA"};
	static const char *const options[] = {"", "w7", "s", "w15s", "k1-900"};
	static const uint32_t base[SL_DIRS];
	uint64_t x = 88172645463325252ull; /* xorshift64 */
	struct harness h;
	bool restarted;

	(void)state;
	harness_start(&h, SL_IPV4, IPPROTO_TCP);
	for (unsigned i = 0; i < 200000; i++) {
		struct sl_pkt_view view;
		struct step s;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		s = (struct step)STEP(x & 1 ? SL_REPLY : SL_ORIG,
		    flags[(x >> 1) % SL_COUNT_OF(flags)],
		    (uint32_t)((x >> 8) % 3000), (uint32_t)((x >> 24) % 3000),
		    (uint32_t)((x >> 40) % 100), (uint32_t)(x >> 50),
		    options[(x >> 4) % SL_COUNT_OF(options)], "");
		if (i % 97 == 0)
			s.seq = (uint32_t)(x >> 20);
		if (i % 1000 == 0)
			harness_start(&h, SL_IPV4, IPPROTO_TCP);
		h.ctx.liberal = (x >> 60) == 0;
		h.ctx.unseen = (x >> 60) == 1;
		view = make_segment(&s, base);
		harness_packet(&h, &view, s.dir, &restarted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(connections_open),
	    cmocka_unit_test(connections_close),
	    cmocka_unit_test(only_exact_resets_count),
	    cmocka_unit_test(tuples_are_reused),
	    cmocka_unit_test(windows_are_tracked),
	    cmocka_unit_test(connections_are_picked_up),
	    cmocka_unit_test(headers_are_checked),
	    cmocka_unit_test(broken_options_are_harmless),
	    cmocka_unit_test(quoted_numbers_must_be_in_flight),
	    cmocka_unit_test(edits_shift_the_numbers),
	    cmocka_unit_test(random_segments_are_harmless),
	};

	return cmocka_run_group_tests(tests, harness_load, harness_unload);
}
