/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

/* Which packets are ICMP errors. */
static void
errors(void **state)
{
	static const struct {
		const char *name;
		uint8_t type;
		bool error;
	} rows[] = {
	    {"echo4", 8, false},
	    {"echo4", 0, false},
	    {"echo4", 3, true},
	    {"echo4", 4, true},
	    {"echo4", 5, true},
	    {"echo4", 11, true},
	    {"echo4", 12, true},
	    {"echo4", 13, false},
	    {"echo4", 1, false},
	    {"echo6", 1, true},
	    {"echo6", 127, true},
	    {"echo6", 128, false},
	    {"echo6", 135, false},
	    {"udp4", 3, false},
	    {"last fragment4", 3, false},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		struct sl_pkt pkt = parsed(&s);

		sl_pkt_l4(&pkt)[0] = rows[i].type;
		assert_int_equal(sl_parse_is_icmp_error(&pkt), rows[i].error);
		free_pkt(&pkt);
	}
}

/* A quote, patched within the quoted packet, and whether it is usable. */
static void
quotes(void **state)
{
	static const struct {
		const char *what, *inner;
		uint32_t quoted; /* 0: all */
		struct {
			uint16_t at,
			    value; /* 16 bits, from the quoted header */
		} patch[2];
		int have; /* bytes of L4; -1: refused */
		uint32_t total;
	} rows[] = {
	    {"all of it", "udp4", 0, {{0}}, 26, 26},
	    {"eight bytes", "udp4", 28, {{0}}, 8, 26},
	    {"seven bytes", "udp4", 27, {{0}}, -1, 0},
	    {"seven of seven", "udp4", 27, {{2, 27}}, 7, 7},
	    {"no header", "udp4", 19, {{0}}, -1, 0},
	    {"nothing", "udp4", 1, {{0}}, -1, 0},
	    {"length below header", "udp4", 0, {{2, 19}}, -1, 0},
	    {"length below quote", "udp4", 0, {{2, 36}}, 16, 16},
	    {"options cut", "udp4", 28, {{0, 0x4f00}}, -1, 0},
	    {"ihl 4", "udp4", 0, {{0, 0x4400}}, -1, 0},
	    {"version 6", "udp4", 0, {{0, 0x6500}}, -1, 0},
	    {"first fragment", "udp4", 0, {{6, 0x2000}}, 26, 26},
	    {"later fragment", "udp4", 0, {{6, 1}}, -1, 0},
	    {"all of it", "udp6", 0, {{0}}, 39, 39},
	    {"eight bytes", "udp6", 48, {{0}}, 8, 39},
	    {"seven bytes", "udp6", 47, {{0}}, -1, 0},
	    {"no header", "udp6", 39, {{0}}, -1, 0},
	    {"version 4", "udp6", 0, {{0, 0x4500}}, -1, 0},
	    {"chain", "extension tcp6", 64, {{0}}, 8, 32},
	    {"chain cut", "extension tcp6", 55, {{0}}, -1, 0},
	    {"first fragment", "first fragment6", 0, {{0}}, 24, 24},
	    {"later fragment", "last fragment6", 0, {{0}}, -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample inner = *sample(rows[i].inner), s;
		bool v4 = inner.b[14] >> 4 == 4;
		uint32_t n = rows[i].quoted ? rows[i].quoted : inner.len - 14;
		struct sl_pkt_view view;
		struct sl_tuple tuple;
		struct sl_pkt pkt;
		uint32_t off;
		bool ok;

		for (int k = 0; k < 2 && rows[i].patch[k].value; k++)
			put16(inner.b + 14 + rows[i].patch[k].at,
			    rows[i].patch[k].value);
		memset(&s, 0, sizeof(s));
		inner.b[14] = (uint8_t)(v4 ? 0x45 : 0x60); /* for the builder */
		build_error(&s, "error", v4 ? 3 : 1, &inner, n);
		if (rows[i].patch[0].at == 0 && rows[i].patch[0].value)
			s.b[v4 ? 42 : 62] =
			    (uint8_t)(rows[i].patch[0].value >> 8);
		pkt = parsed(&s);
		ok = sl_parse_quoted(&pkt, &view, &tuple, &off);
		if (ok != (rows[i].have >= 0))
			fail_msg("%s: %s", rows[i].inner, rows[i].what);
		if (ok) {
			assert_int_equal(off, pkt.l4_off + 8);
			assert_int_equal(view.quoted, 1);
			assert_int_equal(view.l4.len, rows[i].have);
			assert_int_equal(view.l4_total, rows[i].total);
			assert_int_equal(tuple.family, v4 ? 4 : 6);
			assert_int_equal(tuple.zone, 0);
			assert_int_equal(tuple.src_id | tuple.dst_id, 0);
			assert_int_equal(view.l4proto, tuple.l4proto);
		}
		free_pkt(&pkt);
	}
}

/* RFC 4884: behind a stated length is no longer the quoted packet. */
static void
extensions(void **state)
{
	static const struct {
		const char *inner;
		uint8_t type, at, stated;
		uint32_t have;
	} rows[] = {
	    {"gso tcp4", 3, 5, 0, 480},
	    {"gso tcp4", 3, 5, 32, 108},
	    {"gso tcp4", 11, 5, 40, 140},
	    {"gso tcp4", 3, 5, 31, 480},
	    {"gso tcp4", 5, 5, 32, 480},
	    {"gso tcp4", 3, 5, 255, 480},
	    {"gso udp6", 1, 4, 16, 88},
	    {"gso udp6", 3, 4, 20, 120},
	    {"gso udp6", 2, 4, 16, 460},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_pkt_view view;
		struct sl_tuple tuple;
		struct sample s;
		struct sl_pkt pkt;
		uint32_t off;

		build_error(
		    &s, "extended", rows[i].type, sample(rows[i].inner), 500);
		pkt = parsed(&s);
		sl_pkt_l4(&pkt)[rows[i].at] = rows[i].stated;
		assert_true(sl_parse_quoted(&pkt, &view, &tuple, &off));
		assert_int_equal(view.l4.len, rows[i].have);
		free_pkt(&pkt);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(errors),
	    cmocka_unit_test(quotes),
	    cmocka_unit_test(extensions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
