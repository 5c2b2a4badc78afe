/* SPDX-License-Identifier: Apache-2.0 */
/* NetBIOS names: questions to all hosts, to one, and what is none. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
play(const struct conversation_turn *turns, const char *server,
    const char *subnet)
{
	conversation_play(&(struct conversation){
	    .helper = "netbios-ns",
	    .client = "192.168.88.1:137",
	    .server = server,
	    .subnet = subnet,
	    .turns = turns,
	});
}

#define QUESTION "\x12\x34\x01\x10\0\1\0\0\0\0\0\0name"

static void
to_all(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(QUESTION),
		.asks = "expect answer udp reply 192.168.88.1:137 seen "
			"192.168.88.1:137 keep privileged from "
			"192.168.88.0/24\nkeep 3000\ncount questions\n"},
	    {SL_REPLY, BYTES(QUESTION)},
	    {0},
	};

	(void)state;
	play(turns, "192.168.88.255:137", "192.168.88.0/24");
}

static void
to_one(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(QUESTION)},
	    {0},
	};

	(void)state;
	play(turns, "192.168.88.7:137", NULL);
}

static void
no_question(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES("\x12\x34\x85\x10\0\1\0\0\0\0\0\0name")},
	    {SL_ORIG, BYTES("\x12\x34\x01\x10\0\1\0\0\0\0\0")},
	    {0},
	};

	(void)state;
	play(turns, "192.168.88.255:137", "192.168.88.0/24");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(to_all),
	    cmocka_unit_test(to_one),
	    cmocka_unit_test(no_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
