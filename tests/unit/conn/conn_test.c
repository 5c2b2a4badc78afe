/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

static void
tuples_come_back_as_set(void **state)
{
	struct sl_conn6 room = {0};
	struct sl_tuple in[] = {nth4(9), nth6(9)}, reply, out;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(in); i++) {
		in[i].zone = 3;
		sl_tuple_invert(&in[i], &reply);
		room.conn.family = in[i].family;
		sl_conn_set_tuple(&room.conn, SL_ORIG, &in[i]);
		sl_conn_set_tuple(&room.conn, SL_REPLY, &reply);
		sl_conn_tuple(&room.conn, SL_ORIG, &out);
		assert_true(sl_tuple_equal(&out, &in[i]));
		assert_true(sl_conn_matches(&room.conn, SL_ORIG, &in[i]));
		assert_true(sl_conn_matches(&room.conn, SL_REPLY, &reply));
		assert_false(sl_conn_matches(&room.conn, SL_REPLY, &in[i]));
	}
}

/* One flipped bit anywhere that counts, and it is another tuple. */
static void
matches_looks_at_every_field(void **state)
{
	struct sl_tuple in[] = {nth4(9), nth6(9)};

	(void)state;
	for (size_t f = 0; f < SL_COUNT_OF(in); f++) {
		struct sl_conn6 room = {.conn.family = in[f].family};

		sl_conn_set_tuple(&room.conn, SL_ORIG, &in[f]);
		for (size_t i = 0; i < sizeof(in[f]); i++) {
			struct sl_tuple t = in[f];
			bool is_unused =
			    t.family == SL_IPV4 && i < 32 && i % 16 >= 4;

			((uint8_t *)&t)[i] ^= 1;
			assert_int_equal(
			    sl_conn_matches(&room.conn, SL_ORIG, &t),
			    is_unused);
		}
	}
}

/* A source-NATed connection: what each direction's packets become. */
static void
rewrite_leads_to_the_inverse_of_the_other_tuple(void **state)
{
	struct sl_tuple orig =
	    tuple4(IPPROTO_TCP, 0xc0a80005, 1000, 0xc6336402, 80);
	struct sl_tuple reply =
	    tuple4(IPPROTO_TCP, 0xc6336402, 80, 0xcb007101, 4000);
	struct sl_conn c = {.family = SL_IPV4};
	struct sl_rewrite rw;

	(void)state;
	sl_conn_set_tuple(&c, SL_ORIG, &orig);
	sl_conn_set_tuple(&c, SL_REPLY, &reply);

	sl_conn_rewrite(&c, SL_ORIG, &rw);
	assert_int_equal(rw.what, SL_EDIT_SRC | SL_EDIT_SRC_ID);
	assert_int_equal(ntohl(rw.src.u.w[0]), 0xcb007101);
	assert_int_equal(ntohs(rw.src_id), 4000);

	sl_conn_rewrite(&c, SL_REPLY, &rw);
	assert_int_equal(rw.what, SL_EDIT_DST | SL_EDIT_DST_ID);
	assert_int_equal(ntohl(rw.dst.u.w[0]), 0xc0a80005);
	assert_int_equal(ntohs(rw.dst_id), 1000);
}

static void
rate_is_that_of_the_last_full_second(void **state)
{
	static const struct {
		uint64_t at_ms;
		uint32_t bytes;	   /* 0: only look */
		uint64_t want_bps; /* after it */
	} rows[] = {
	    {10000, 1000, 0}, /* the first second runs */
	    {10500, 1000, 0},
	    {10999, 0, 0},
	    {11000, 0, 16000}, /* it is full, though nobody rolled it */
	    {11500, 500, 16000},
	    {12100, 0, 4000},
	    {12100, 100, 4000},
	    {12999, 0, 4000},
	    {13500, 0, 800},
	    {14000, 0, 0}, /* a whole second without a packet */
	    {60000, 100, 0},
	    {61000, 0, 800},
	};
	struct sl_conn c = {.family = SL_IPV4};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		uint64_t now = rows[i].at_ms * MS;

		if (rows[i].bytes)
			sl_conn_account_owned(&c, SL_REPLY, rows[i].bytes, now);
		assert_int_equal(
		    sl_conn_rate(&c, SL_REPLY, now), rows[i].want_bps);
		assert_int_equal(sl_conn_rate(&c, SL_ORIG, now), 0);
	}
	assert_int_equal(sl_load_relaxed(&c.dirs[SL_REPLY].packets), 5);
	assert_int_equal(sl_load_relaxed(&c.dirs[SL_REPLY].bytes), 2700);
}

static void
rate_saturates(void **state)
{
	struct sl_conn c = {.family = SL_IPV4};

	(void)state;
	for (int i = 0; i < 3; i++)
		sl_conn_account_owned(&c, SL_ORIG, UINT32_MAX / 2, 5 * S);
	assert_int_equal(
	    sl_conn_rate(&c, SL_ORIG, 6 * S), (uint64_t)UINT32_MAX * 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tuples_come_back_as_set),
	    cmocka_unit_test(matches_looks_at_every_field),
	    cmocka_unit_test(rewrite_leads_to_the_inverse_of_the_other_tuple),
	    cmocka_unit_test(rate_is_that_of_the_last_full_second),
	    cmocka_unit_test(rate_saturates),
	};

	return RUN_WORLD(tests);
}
