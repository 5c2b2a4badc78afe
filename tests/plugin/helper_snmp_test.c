/* SPDX-License-Identifier: Apache-2.0 */
/* SNMP: questions to all hosts, to one, and what is none. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void
play(const struct conversation_turn *turns, const char *server,
    const char *subnet)
{
	conversation_play(&(struct conversation){
	    .helper = "snmp",
	    .client = "192.168.88.1:3000",
	    .server = server,
	    .subnet = subnet,
	    .turns = turns,
	});
}

#define QUESTION "\x30\x26\x02\x01\0\x04\x06public"

static void
to_all(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(QUESTION),
		.asks = "expect answer udp reply 192.168.88.1:3000 seen "
			"192.168.88.1:3000 keep privileged from "
			"192.168.88.0/24\nkeep 30000\ncount questions\n"},
	    {SL_REPLY, BYTES(QUESTION)},
	    {0},
	};

	(void)state;
	play(turns, "192.168.88.255:161", "192.168.88.0/24");
}

static void
to_one(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(QUESTION)},
	    {0},
	};

	(void)state;
	play(turns, "192.168.88.7:161", NULL);
}

static void
no_question(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "GET / HTTP/1.1"},
	    {0},
	};

	(void)state;
	play(turns, "192.168.88.255:161", "192.168.88.0/24");
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
