/* SPDX-License-Identifier: Apache-2.0 */
/* The paper router itself, with a helper that does what it is told. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Behind source and destination translation, IPv4. */
static void
both_ends_translated(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "e 999\n. 1\n",
		.asks = "expect data tcp reply 192.168.88.10:999 "
			"refused EACCES\n"},
	    {SL_ORIG, "e 5000\n", .out = "e 15000\n",
		.asks = "expect data tcp reply 192.168.88.10:5000 seen "
			"203.0.113.1:15000\n"},
	    {SL_ORIG, "o 5000\n",
		.asks = "expect data tcp reply 192.168.88.11:5000 "
			"refused EACCES\n"},
	    {SL_REPLY, "c 1\nt 6000\nk 5\n", .out = "c 1\nt 16000\nk 5\n",
		.asks = "count other\n"
			"expect data tcp orig 10.0.0.5:6000 seen "
			"203.0.113.5:16000 x2 keep tied even from "
			"203.0.113.1/32 pair 7 for 1234 helper parrot\n"
			"keep 5\n"},
	    {SL_REPLY, "w 7\n", .asks = "withdraw 7\n"},
	    {SL_ORIG, "e 5001\ne 5002\n", .out = "e 15001\ne 5002\n",
		.asks = "expect data tcp reply 192.168.88.10:5001 seen "
			"203.0.113.1:15001\n"
			"expect data tcp reply 192.168.88.10:5002 "
			"refused ENOBUFS\n"},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "parrot",
	    .file = PARROT,
	    .client = "192.168.88.10:40000",
	    .client_seen = "203.0.113.1:50000",
	    .server = "10.0.0.5:7000",
	    .server_seen = "203.0.113.5:7000",
	    .id_shift = 10000,
	    .turns = turns,
	});
}

static void
nothing_translated_v6(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "e 5000\n",
		.asks = "expect data tcp reply [2001:db8::10]:5000 seen "
			"[2001:db8::10]:5000\n"},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "parrot",
	    .file = PARROT,
	    .client = "[2001:db8::10]:40000",
	    .server = "[2001:db8:1::5]:7000",
	    .id_shift = 10000,
	    .turns = turns,
	});
}

/* Held bytes leave with what completes them, are cut at hold_max, and pass when
 * nothing follows; a dropped call leaves nothing behind; a detached one no more
 * calls. */
static void
held_dropped_detached(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "e 50", .out = BYTES("")},
	    {SL_ORIG, "01\n", .out = "e 5001\n",
		.asks = "expect data tcp reply 192.0.2.1:5001 seen "
			"192.0.2.1:5001\n"},
	    {SL_ORIG, "e 5002\nx 0\n", .out = BYTES(""),
		.verdict = SL_HELP_DROP},
	    {SL_REPLY, ". 5678901234567890123456789012345678901234567890123456"
		       "7890123456789"},
	    {SL_REPLY, "c 0", .flags = SL_CALL_LAST},
	    {SL_ORIG, "d 0\n", .verdict = SL_HELP_DETACH},
	    {SL_ORIG, "e 5003\n", .verdict = SL_HELP_DETACH},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "parrot",
	    .file = PARROT,
	    .client = "192.0.2.1:40000",
	    .server = "198.51.100.1:7000",
	    .turns = turns,
	});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_ends_translated),
	    cmocka_unit_test(nothing_translated_v6),
	    cmocka_unit_test(held_dropped_detached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
