/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static void
invert_swaps_both_ends(void **state)
{
	struct sl_tuple t = tuple4(IPPROTO_TCP, 1, 2, 3, 4), r, back;

	(void)state;
	t.zone = 7;
	sl_tuple_invert(&t, &r);
	assert_int_equal(ntohl(r.src.u.w[0]), 3);
	assert_int_equal(ntohl(r.dst.u.w[0]), 1);
	assert_int_equal(ntohs(r.src_id), 4);
	assert_int_equal(ntohs(r.dst_id), 2);
	assert_int_equal(r.zone, 7);
	sl_tuple_invert(&r, &back);
	assert_true(sl_tuple_equal(&t, &back));
}

static void
hash_sees_every_field(void **state)
{
	struct sl_tuple t = nth6(5);
	uint64_t h = sl_tuple_hash(&t);

	(void)state;
	for (size_t i = 0; i < sizeof(t); i++) {
		struct sl_tuple u = t;

		((uint8_t *)&u)[i] ^= 1;
		assert_int_not_equal(sl_tuple_hash(&u), h);
	}
}

/* Both halves of the hash spread: the index uses the upper one. */
static void
hash_spreads_in_the_upper_half(void **state)
{
	enum { BUCKETS = 256, N = 100 * BUCKETS };
	unsigned load[BUCKETS] = {0};

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		struct sl_tuple t = nth4(i);

		load[sl_tuple_hash(&t) >> 56]++;
	}
	for (int i = 0; i < BUCKETS; i++)
		assert_in_range(load[i], 50, 150);
}

static void
steer_is_symmetric(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct sl_tuple t = i & 1 ? nth4(i * 77) : nth6(i * 77), r;

		if (i % 5 == 0) { /* by addresses */
			t.l4proto = IPPROTO_GRE;
			t.src_id = t.dst_id = 0;
		}
		sl_tuple_invert(&t, &r);
		assert_int_equal(sl_tuple_steer(&t), sl_tuple_steer(&r));
		assert_in_range(sl_tuple_owner(&t, 3), 0, 2);
	}
}

static void
steer_ignores_addresses_where_there_are_ids(void **state)
{
	struct sl_tuple a = tuple4(IPPROTO_TCP, 1, 1000, 2, 80);
	struct sl_tuple b = tuple4(IPPROTO_TCP, 9, 1000, 8, 80);

	(void)state;
	assert_int_equal(sl_tuple_steer(&a), sl_tuple_steer(&b));
}

static void
addresses_print_and_parse(void **state)
{
	static const struct {
		const char *text;
		uint8_t family; /* 0: no address */
	} rows[] = {
	    {"192.0.2.1", SL_IPV4},
	    {"0.0.0.0", SL_IPV4},
	    {"255.255.255.255", SL_IPV4},
	    {"2001:db8::1", SL_IPV6},
	    {"::", SL_IPV6},
	    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", SL_IPV6},
	    {"", 0},
	    {"192.0.2", 0},
	    {"192.0.2.256", 0},
	    {"192.0.2.1/24", 0},
	    {"2001:db8:::1", 0},
	    {"example", 0},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		char buf[SL_ADDR_TEXT];
		struct sl_addr addr;
		uint8_t family = 0;

		assert_int_equal(sl_addr_parse(rows[i].text, &family, &addr),
		    rows[i].family != 0);
		assert_int_equal(family, rows[i].family);
		if (family)
			assert_string_equal(
			    sl_addr_print(family, &addr, buf), rows[i].text);
	}
}

static void
tuples_print(void **state)
{
	static const struct {
		uint8_t proto;
		const char *src, *dst;
		uint16_t src_id, dst_id;
		const char *want;
	} rows[] = {
	    {IPPROTO_TCP, "192.0.2.1", "198.51.100.2", 1000, 80,
		"tcp 192.0.2.1:1000->198.51.100.2:80"},
	    {IPPROTO_UDP, "2001:db8::1", "2001:db8::2", 53, 0,
		"udp [2001:db8::1]:53->[2001:db8::2]:0"},
	    {IPPROTO_GRE, "10.0.0.1", "10.0.0.2", 0, 0,
		"gre 10.0.0.1->10.0.0.2"},
	    {89, "10.0.0.1", "224.0.0.5", 0, 0, "89 10.0.0.1->224.0.0.5"},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_tuple t = {0};
		char buf[SL_TUPLE_TEXT];

		assert_true(sl_addr_parse(rows[i].src, &t.family, &t.src));
		assert_true(sl_addr_parse(rows[i].dst, &t.family, &t.dst));
		t.l4proto = rows[i].proto;
		t.src_id = htons(rows[i].src_id);
		t.dst_id = htons(rows[i].dst_id);
		assert_string_equal(sl_tuple_print(&t, buf), rows[i].want);
	}
}

/* The longest text fits. */
static void
longest_tuple_prints_whole(void **state)
{
	struct sl_tuple t;
	char buf[SL_TUPLE_TEXT];
	const char *end;

	(void)state;
	memset(&t, 0xff, sizeof(t));
	t.family = SL_IPV6;
	t.l4proto = IPPROTO_UDPLITE;
	end = strrchr(sl_tuple_print(&t, buf), ':');
	assert_string_equal(end, ":65535");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(invert_swaps_both_ends),
	    cmocka_unit_test(hash_sees_every_field),
	    cmocka_unit_test(hash_spreads_in_the_upper_half),
	    cmocka_unit_test(steer_is_symmetric),
	    cmocka_unit_test(steer_ignores_addresses_where_there_are_ids),
	    cmocka_unit_test(addresses_print_and_parse),
	    cmocka_unit_test(tuples_print),
	    cmocka_unit_test(longest_tuple_prints_whole),
	};

	return RUN_WORLD(tests);
}
