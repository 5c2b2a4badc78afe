/* SPDX-License-Identifier: Apache-2.0 */
#include <door/sentence.h>
#include <door/wire.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
frames_round_trip_at_every_cut(void **state)
{
	uint8_t bytes[SL_WIRE_HEADER_LEN + 300];
	struct sl_wire_frame frame;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	sl_wire_put_header(bytes, SL_WIRE_OUTPUT, 300);
	for (size_t cut = 0; cut < sizeof(bytes); cut++)
		assert_int_equal(
		    sl_wire_get_frame(bytes, cut, SL_WIRE_REPLY_MAX, &frame),
		    0);
	assert_int_equal(
	    sl_wire_get_frame(bytes, sizeof(bytes), SL_WIRE_REPLY_MAX, &frame),
	    1);
	assert_int_equal(frame.type, SL_WIRE_OUTPUT);
	assert_int_equal(frame.len, 300);
	assert_ptr_equal(frame.payload, bytes + SL_WIRE_HEADER_LEN);
}

static void
oversize_is_refused_by_its_header(void **state)
{
	uint8_t bytes[SL_WIRE_HEADER_LEN];
	struct sl_wire_frame frame;

	(void)state;
	sl_wire_put_header(bytes, SL_WIRE_RUN, SL_WIRE_REQUEST_MAX + 1);
	assert_int_equal(sl_wire_get_frame(
			     bytes, sizeof(bytes), SL_WIRE_REQUEST_MAX, &frame),
	    -1);
	sl_wire_put_header(bytes, SL_WIRE_RUN, 0xffffffff);
	assert_int_equal(sl_wire_get_frame(
			     bytes, sizeof(bytes), SL_WIRE_REQUEST_MAX, &frame),
	    -1);
	sl_wire_put_header(bytes, SL_WIRE_RUN, SL_WIRE_REQUEST_MAX);
	assert_int_equal(sl_wire_get_frame(
			     bytes, sizeof(bytes), SL_WIRE_REQUEST_MAX, &frame),
	    0);
}

static void
numbers_keep_their_bytes(void **state)
{
	static const uint32_t numbers[] = {
	    0, 1, 0x80, 0xff, 0x1234, 0xffff, 0x12345678, 0xffffffff};
	uint8_t p[4];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		sl_wire_put32(p, numbers[i]);
		assert_int_equal(sl_wire_get32(p), numbers[i]);
		sl_wire_put16(p, (uint16_t)numbers[i]);
		assert_int_equal(sl_wire_get16(p), (uint16_t)numbers[i]);
	}
}

/* What the choice of the door stands on. */
static void
no_sentence_begins_like_the_magic(void **state)
{
	struct sl_sentence s;

	(void)state;
	assert_int_equal(
	    sl_sentence_decode(SL_WIRE_MAGIC, SL_WIRE_MAGIC_LEN, &s, NULL),
	    -EPROTO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames_round_trip_at_every_cut),
	    cmocka_unit_test(oversize_is_refused_by_its_header),
	    cmocka_unit_test(numbers_keep_their_bytes),
	    cmocka_unit_test(no_sentence_begins_like_the_magic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
