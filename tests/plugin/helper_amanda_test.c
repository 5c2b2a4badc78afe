/* SPDX-License-Identifier: Apache-2.0 */
/* Amanda: answers that name ports, and answers that should not. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define HEAD  "Amanda 2.6 REP HANDLE 000-40D5CB80 SEQ 1180000000\n"
#define TAIL  "\nOPTIONS features=ffff;\n"
#define KEPT  "keep 300000\n"
#define BAD   KEPT "count malformed-answers\n"
#define COUNT "count streams\n"

#define EXPECT(port, seen)                                                     \
	"expect stream tcp orig 10.0.0.5:" port " seen " seen "\n" COUNT

static void
plain(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "Amanda 2.6 REQ HANDLE 000 SEQ 1\nSERVICE sendbackup\n"
		      "CONNECT DATA 50000\n"},
	    {SL_REPLY, HEAD "CONNECT DATA 50000 MESG 50001 INDEX 0" TAIL,
		.asks = KEPT EXPECT("50000", "10.0.0.5:50000")
		    EXPECT("50001", "10.0.0.5:50001")},
	    {SL_REPLY, "Amanda 2.6 ACK HANDLE 000 SEQ 1\n", .asks = KEPT},
	    {SL_REPLY, HEAD "CONNECT CTL 50003 DATA 999\n\n",
		.asks = KEPT "expect stream tcp orig 10.0.0.5:999 refused "
			     "EACCES\ncount refused-streams\n"},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "amanda",
	    .client = "192.168.88.10:700",
	    .server = "10.0.0.5:10080",
	    .turns = turns,
	});
}

/* The host that is backed up is known by another address and other ports. */
static void
translated(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_REPLY, HEAD "CONNECT DATA 9999 MESG 50001 INDEX 50002" TAIL,
		.out = HEAD "CONNECT DATA 11999 MESG 52001 INDEX 52002" TAIL,
		.asks = KEPT EXPECT("9999", "203.0.113.5:11999") EXPECT("50001",
		    "203.0.113.5:52001") EXPECT("50002", "203.0.113.5:52002")},
	    {SL_REPLY, HEAD "CONNECT STATE 50003 DATA 50004" TAIL,
		.out = HEAD "CONNECT STATE 52003 DATA 50004" TAIL,
		.asks = KEPT EXPECT("50003",
		    "203.0.113.5:52003") "expect stream tcp orig "
					 "10.0.0.5:50004 refused ENOBUFS\n"
					 "count refused-streams\n"},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "amanda",
	    .client = "192.168.88.10:700",
	    .server = "10.0.0.5:10080",
	    .server_seen = "203.0.113.5:10080",
	    .id_shift = 2000,
	    .turns = turns,
	});
}

static void
malformed(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_REPLY, "CONNECT DATA 50000\n", .asks = KEPT},
	    {SL_REPLY, HEAD "OPTIONS CONNECT DATA 50000\n", .asks = KEPT},
	    {SL_REPLY, HEAD "CONNECT DATA 50000", .asks = KEPT},
	    {SL_REPLY, HEAD "CONNECT DATA" TAIL, .asks = BAD},
	    {SL_REPLY, HEAD "CONNECT DATA 65536" TAIL, .asks = BAD},
	    {SL_REPLY, HEAD "CONNECT DATA 4294967296" TAIL, .asks = BAD},
	    {SL_REPLY, HEAD "CONNECT DATA 5000x" TAIL, .asks = BAD},
	    {SL_REPLY, HEAD "CONNECT DATA -1" TAIL, .asks = BAD},
	    {SL_REPLY, "\n", .asks = KEPT},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "amanda",
	    .client = "[2001:db8::1]:700",
	    .server = "[2001:db8::5]:10080",
	    .turns = turns,
	});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain),
	    cmocka_unit_test(translated),
	    cmocka_unit_test(malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
