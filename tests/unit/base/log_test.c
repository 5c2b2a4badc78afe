/* SPDX-License-Identifier: Apache-2.0 */
#include <base/log.h>

#include <base/clock.h>
#include <base/counters.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint64_t last; /* seq of the newest line that a test has read */

static void
skip_to_end(void)
{
	struct sl_log_line line;

	while (sl_log_next(last, &line))
		last = line.seq;
}

static void
expect_line(const char *text)
{
	struct sl_log_line line;

	assert_true(sl_log_next(last, &line));
	assert_int_equal(line.seq, last + 1);
	assert_string_equal(line.text, text);
	last = line.seq;
}

static int
as_control(void **state)
{
	(void)state;
	sl_role_enter(SL_ROLE_CONTROL, 0, "control");
	skip_to_end();
	return 0;
}

static void
control_lines_are_there_at_once(void **state)
{
	struct sl_log_line line;

	(void)state;
	sl_log(SL_LOG_WARNING, "system", "%s %d", "number", 1);
	sl_log(SL_LOG_DEBUG, "route", "number 2");
	assert_true(sl_log_next(last, &line));
	assert_int_equal(line.level, SL_LOG_WARNING);
	assert_string_equal(line.topic, "system");
	assert_int_equal(line.wall_s, sl_clock_wall_s());
	expect_line("number 1");
	expect_line("number 2");
	assert_false(sl_log_next(last, &line));
}

static void
worker_lines_wait_for_the_drain_in_order(void **state)
{
	struct sl_log_line line;

	(void)state;
	for (uint16_t w = 0; w < 3; w++) {
		sl_role_enter(SL_ROLE_WORKER, w, "worker");
		for (int i = 0; i < 3; i++)
			sl_log(
			    SL_LOG_INFO, "firewall", "worker %u line %d", w, i);
	}
	as_control(NULL);
	assert_false(sl_log_next(last, &line));
	sl_log_drain();
	for (uint16_t w = 0; w < 3; w++) {
		for (int i = 0; i < 3; i++) {
			char text[40];

			snprintf(text, sizeof(text), "worker %u line %d", w, i);
			expect_line(text);
		}
	}
	assert_false(sl_log_next(last, &line));
}

static void
full_ring_counts_what_is_lost(void **state)
{
	uint64_t lost = sl_counter_sum(SL_COUNTER_LOG_LOST);
	struct sl_log_line line;
	unsigned kept = 0;
	char told[64];

	(void)state;
	sl_role_enter(SL_ROLE_WORKER, 1, "worker");
	for (int i = 0; i < SL_LOG_RING + 100; i++)
		sl_log(SL_LOG_INFO, "firewall", "%d", i);
	as_control(NULL);
	sl_log_drain();
	while (
	    sl_log_next(last, &line) && strcmp(line.topic, "firewall") == 0) {
		char text[16];

		snprintf(text, sizeof(text), "%u", kept++);
		assert_string_equal(line.text, text); /* the first ones stay */
		last = line.seq;
	}
	lost = sl_counter_sum(SL_COUNTER_LOG_LOST) - lost;
	assert_int_equal(kept + lost, SL_LOG_RING + 100);
	assert_true(kept >= SL_LOG_RING - 1);
	/* and somebody says so, once */
	snprintf(told, sizeof(told), "%u log lines were suppressed",
	    SL_LOG_RING + 100 - kept);
	expect_line(told);
	sl_log_drain();
	assert_false(sl_log_next(last, &line));
	/* drained slots serve again */
	sl_role_enter(SL_ROLE_WORKER, 1, "worker");
	sl_log(SL_LOG_INFO, "firewall", "again");
	as_control(NULL);
	sl_log_drain();
	expect_line("again");
}

static void
history_keeps_the_newest(void **state)
{
	struct sl_log_line line;
	char text[24];

	(void)state;
	for (int i = 0; i < SL_LOG_HISTORY + 10; i++)
		sl_log(SL_LOG_INFO, "system", "line %d", i);
	assert_true(sl_log_next(0, &line)); /* ten have gone */
	assert_string_equal(line.text, "line 10");
	snprintf(text, sizeof(text), "line %d", SL_LOG_HISTORY + 9);
	assert_true(sl_log_next(line.seq + SL_LOG_HISTORY - 2, &line));
	assert_string_equal(line.text, text);
	assert_false(sl_log_next(line.seq, &line));
	skip_to_end();
}

static void
long_text_is_cut(void **state)
{
	char text[2 * SL_LOG_TEXT];
	struct sl_log_line line;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	sl_log(SL_LOG_INFO, text, "%s", text);
	assert_true(sl_log_next(last, &line));
	assert_int_equal(strlen(line.text), SL_LOG_TEXT - 1);
	assert_int_equal(strlen(line.topic), sizeof(line.topic) - 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(control_lines_are_there_at_once, as_control),
	    cmocka_unit_test_setup(
		worker_lines_wait_for_the_drain_in_order, as_control),
	    cmocka_unit_test_setup(full_ring_counts_what_is_lost, as_control),
	    cmocka_unit_test_setup(history_keeps_the_newest, as_control),
	    cmocka_unit_test_setup(long_text_is_cut, as_control),
	};

	sl_clock_use_virtual(); /* or two lines may fall into two seconds */
	sl_log_set_stderr_level(SL_LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
