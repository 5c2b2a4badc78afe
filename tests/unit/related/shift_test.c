/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of an edited stream: a table, and the same table across the end of the
 * sequence space. */
#include <related/shift.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct change {
	uint32_t seq;
	uint16_t old_len, new_len;
};

/* Bytes 10..13 become 7, 20..24 become 2, 30..32 nothing. */
static const struct change changes[] = {{10, 4, 7}, {20, 5, 2}, {30, 3, 0}};

static struct sl_shift_edit edits[SL_COUNT_OF(changes)];

static struct sl_shift
make(uint32_t from)
{
	struct sl_shift s = {0};

	for (unsigned i = 0; i < SL_COUNT_OF(changes); i++) {
		edits[i] = (struct sl_shift_edit){
		    .seq = changes[i].seq + from,
		    .old_len = changes[i].old_len,
		    .new_len = changes[i].new_len,
		};
		sl_shift_append(&s, &edits[i]);
	}
	return s;
}

static const uint32_t starts[] = {
    0, 1000, 0xfffffff0u, 0xffffffe5u, 0x7ffffff0u};

static void
maps_to_the_receiver(void **state)
{
	static const struct {
		uint32_t seq, want;
	} rows[] = {
	    {0, 0},
	    {9, 9},
	    {10, 10}, // the first byte replaced: where the new ones begin
	    {11, 17}, // inside: the end
	    {13, 17},
	    {14, 17},
	    {15, 18},
	    {20, 23},
	    {21, 25},
	    {25, 25},
	    {30, 30},
	    {31, 30}, // nothing is left of it
	    {33, 30},
	    {34, 31},
	    {1000, 997},
	};

	(void)state;
	for (unsigned k = 0; k < SL_COUNT_OF(starts); k++) {
		struct sl_shift s = make(starts[k]);

		for (unsigned i = 0; i < SL_COUNT_OF(rows); i++)
			assert_int_equal(
			    sl_shift_map(&s, rows[i].seq + starts[k]),
			    rows[i].want + starts[k]);
	}
}

static void
maps_back_to_the_sender(void **state)
{
	static const struct {
		uint32_t ack, want, want_up;
	} rows[] = {
	    {0, 0, 0},
	    {10, 10, 10},
	    {11, 10, 14}, // not all of the replacement: none of the original
	    {16, 10, 14},
	    {17, 14, 14},
	    {18, 15, 15},
	    {23, 20, 20},
	    {24, 20, 25},
	    {25, 25, 25},
	    {29, 29, 29},
	    {30, 33,
		33}, // what was taken out is acknowledged with what is before
	    {31, 34, 34},
	};

	(void)state;
	for (unsigned k = 0; k < SL_COUNT_OF(starts); k++) {
		struct sl_shift s = make(starts[k]);

		for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
			uint32_t ack = rows[i].ack + starts[k];

			assert_int_equal(
			    sl_shift_unmap(&s, ack), rows[i].want + starts[k]);
			assert_int_equal(sl_shift_unmap_up(&s, ack),
			    rows[i].want_up + starts[k]);
		}
	}
}

static void
finds_replacements(void **state)
{
	struct sl_shift s = make(0);

	(void)state;
	assert_ptr_equal(sl_shift_from(&s, 0), &edits[0]);
	assert_ptr_equal(sl_shift_from(&s, 13), &edits[0]);
	assert_ptr_equal(sl_shift_from(&s, 14), &edits[1]);
	assert_ptr_equal(sl_shift_from(&s, 32), &edits[2]);
	assert_null(sl_shift_from(&s, 33));
}

static void
forgets_what_is_acknowledged(void **state)
{
	(void)state;
	for (unsigned k = 0; k < SL_COUNT_OF(starts); k++) {
		struct sl_shift s = make(starts[k]);
		uint32_t from = starts[k];

		assert_null(sl_shift_take_acked(&s, from + 16));
		assert_ptr_equal(sl_shift_take_acked(&s, from + 17), &edits[0]);
		assert_null(sl_shift_take_acked(&s, from + 24));
		/* What follows is where it was; what is older keeps its
		 * distance. */
		assert_int_equal(sl_shift_map(&s, from + 15), from + 18);
		assert_int_equal(sl_shift_map(&s, from + 25), from + 25);
		assert_int_equal(sl_shift_unmap(&s, from + 18), from + 15);
		assert_int_equal(sl_shift_map(&s, from + 5), from + 8);
		assert_int_equal(sl_shift_unmap(&s, from + 8), from + 5);
		assert_ptr_equal(sl_shift_take_acked(&s, from + 30), &edits[1]);
		assert_ptr_equal(sl_shift_take_acked(&s, from + 30), &edits[2]);
		assert_null(sl_shift_take_acked(&s, from + 1000));
		assert_null(s.last);
		assert_int_equal(s.n, 0);
		assert_int_equal(s.base, (uint32_t)-3);
		assert_false(sl_shift_is_none(&s));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(maps_to_the_receiver),
	    cmocka_unit_test(maps_back_to_the_sender),
	    cmocka_unit_test(finds_replacements),
	    cmocka_unit_test(forgets_what_is_acknowledged),
	};

	return cmocka_run_group_tests_name("related.shift", tests, NULL, NULL);
}
