/* SPDX-License-Identifier: Apache-2.0 */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
play(const struct conversation_turn *turns, const char *options)
{
	conversation_play(&(struct conversation){
	    .helper = "skeleton",
	    .file = SKELETON,
	    .client = "192.168.88.10:40000",
	    .client_seen = "203.0.113.1:40000",
	    .server = "198.51.100.5:7007",
	    .id_shift = 7,
	    .options = options,
	    .turns = turns,
	});
}

static void
calls_are_expected(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "SKELETON 1\r\n"},
	    {SL_REPLY, "CALL 198.51.100.5 6000\r\n"},
	    {SL_ORIG, "call 192.168.88.10 5000\r\nCALLS\n",
		.out = "call 203.0.113.1 5007\r\nCALLS\n",
		.asks = "expect call tcp reply 192.168.88.10:5000 seen "
			"203.0.113.1:5007\n"
			"count bad-call\n"},
	    {SL_ORIG, "CALL 192.168.88.10 80\n",
		.asks = "expect call tcp reply 192.168.88.10:80 refused "
			"EACCES\n"
			"count call-refused\n"},
	    {SL_ORIG, "CALL 192.168.88.10 65536\n", .asks = "count bad-call\n"},
	    {SL_ORIG, "CALL 192.168.88.10 5000 x\n",
		.asks = "count bad-call\n"},
	    {0},
	};

	(void)state;
	play(turns, NULL);
}

static void
loose_asks_for_others(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "SKELETON 1\n"},
	    {SL_ORIG, "CALL 192.168.88.11 5000\n",
		.out = "CALL 203.0.113.1 5007\n",
		.asks = "expect call tcp reply 192.168.88.11:5000 seen "
			"203.0.113.1:5007 third-party\n"},
	    {0},
	};

	(void)state;
	play(turns, "loose=yes");
}

static void
other_protocols_are_left_alone(void **state)
{
	static const struct conversation_turn http[] = {
	    {SL_ORIG, "POST / HTTP/1.1\r\nCALL 192.168.88.10 5000\r\n",
		.verdict = SL_HELP_DETACH},
	    {0},
	};
	static const struct conversation_turn cut[] = {
	    {SL_ORIG, "SKELETON 1\r\nCALL 192.168.88.10 5000\r\n",
		.verdict = SL_HELP_DETACH, .flags = SL_CALL_CUT},
	    {0},
	};

	(void)state;
	play(http, NULL);
	play(cut, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls_are_expected),
	    cmocka_unit_test(loose_asks_for_others),
	    cmocka_unit_test(other_protocols_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
