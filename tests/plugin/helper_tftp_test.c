/* SPDX-License-Identifier: Apache-2.0 */
/* TFTP: requests, and what looks like one. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define RRQ "\0\1"
#define WRQ "\0\2"

#define PLAIN                                                                  \
	"expect transfer udp reply 192.168.88.10:2000 seen "                   \
	"192.168.88.10:2000 privileged\ncount transfers\n"

static void
play(const struct conversation_turn *turns)
{
	conversation_play(&(struct conversation){
	    .helper = "tftp",
	    .client = "192.168.88.10:2000",
	    .server = "198.51.100.2:69",
	    .turns = turns,
	});
}

static void
requests(void **state)
{
	static const struct conversation_turn read[] = {
	    {SL_ORIG, BYTES(RRQ "boot.img\0octet\0"), .asks = PLAIN},
	    {0},
	};
	static const struct conversation_turn write[] = {
	    {SL_ORIG, BYTES(WRQ "x\0NetASCII\0"), .asks = PLAIN},
	    {0},
	};
	static const struct conversation_turn with_options[] = {
	    {SL_ORIG, BYTES(RRQ "a b\0octet\0blksize\0001432\0tsize\0000\0"),
		.asks = PLAIN},
	    {0},
	};

	(void)state;
	play(read);
	play(write);
	play(with_options);
}

static void
others(void **state)
{
#define BAD .asks = "count malformed-requests\n"
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(RRQ), BAD},
	    {SL_ORIG, BYTES(RRQ "boot.img"), BAD},
	    {SL_ORIG, BYTES(RRQ "boot.img\0"), BAD},
	    {SL_ORIG, BYTES(RRQ "boot.img\0octet"), BAD},
	    {SL_ORIG, BYTES(RRQ "boot.img\0octets\0"), BAD},
	    {SL_ORIG, BYTES(RRQ "\0octet\0"), BAD},
	    {SL_ORIG, BYTES("\0\3\0\1data\0octet\0")},
	    {SL_ORIG, BYTES("\0\4\0\1")},
	    {SL_ORIG, BYTES("\1\1boot.img\0octet\0")},
	    {SL_ORIG, BYTES("\0")},
	    /* a server asks nothing */
	    {SL_REPLY, BYTES(RRQ "boot.img\0octet\0")},
	    {0},
	};
#undef BAD

	(void)state;
	play(turns);
}

/* The port that answers come to is the one that the question came from, however
 * it was changed. */
static void
translated(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(RRQ "boot.img\0octet\0"),
		.asks = "expect transfer udp reply 192.168.88.10:1000 seen "
			"203.0.113.1:30001 privileged\ncount transfers\n"},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "tftp",
	    .client = "192.168.88.10:1000",
	    .client_seen = "203.0.113.1:30001",
	    .server = "10.0.0.5:69",
	    .server_seen = "203.0.113.5:7069",
	    .id_shift = 7,
	    .turns = turns,
	});
}

static void
six(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(RRQ "boot.img\0octet\0"),
		.asks = "expect transfer udp reply [2001:db8::10]:2000 seen "
			"[2001:db8::10]:2000 privileged\ncount transfers\n"},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "tftp",
	    .client = "[2001:db8::10]:2000",
	    .server = "[2001:db8:2::2]:69",
	    .turns = turns,
	});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests),
	    cmocka_unit_test(others),
	    cmocka_unit_test(translated),
	    cmocka_unit_test(six),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
