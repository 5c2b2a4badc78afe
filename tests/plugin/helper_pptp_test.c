/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on a control connection, translated and not. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define Z4   "\0\0\0\0"
#define Z8   Z4 Z4
#define Z64  Z8 Z8 Z8 Z8 Z8 Z8 Z8 Z8
#define Z128 Z64 Z64

/* RFC 2637 §2, by the names and lengths it gives them. */
#define HEAD(len, type)		"\0" len "\0\1\x1a\x2b\x3c\x4d\0" type "\0\0"
#define START_REQUEST		HEAD("\x9c", "\1") "\1\0\0\0" Z128 Z8 Z4
#define START_REPLY		START_ANSWER("\1")
#define START_ANSWER(r)		HEAD("\x9c", "\2") "\1\0" r "\0" Z128 Z8 Z4
#define STOP_REQUEST		HEAD("\x10", "\3") "\1\0\0\0"
#define STOP_REPLY		HEAD("\x10", "\4") "\1\0\0\0"
#define ECHO_REQUEST		HEAD("\x10", "\5") Z4
#define ECHO_REPLY		HEAD("\x14", "\6") Z8
#define OUT_REQUEST(own)	HEAD("\xa8", "\7") own "\0\1" Z128 Z8 Z8 Z8
#define OUT_REPLY(own, peer, r) HEAD("\x20", "\x8") own peer r "\0" Z8 Z4 "\0\0"
#define IN_REQUEST(own)		HEAD("\xdc", "\x9") own "\0\1" Z128 Z64 Z8 Z4
#define IN_REPLY(own, peer, r)	HEAD("\x18", "\xa") own peer r "\0" Z4 "\0\0"
#define IN_CONNECTED(peer)	HEAD("\x1c", "\xb") peer Z8 Z4 "\0\0"
#define CLEAR(own)		HEAD("\x10", "\xc") own "\0\0"
#define DISCONNECT(own)		HEAD("\x94", "\xd") own "\1\0" Z128 Z4
#define WAN_ERROR(peer)		HEAD("\x28", "\xe") peer Z8 Z8 Z8 "\0\0"
#define LINK_INFO(peer)		HEAD("\x18", "\xf") peer Z8 "\0\0"

/* Ids are two bytes; translated, 256 more. */
#define SHIFT 256

#define TURN(d, m)                                                             \
	{                                                                      \
		SL_##d, BYTES(m)                                               \
	}
#define TURN_ASKS(d, m, a)                                                     \
	{                                                                      \
		SL_##d, BYTES(m), .asks = a                                    \
	}
#define TURN_OUT(d, m, o)                                                      \
	{                                                                      \
		SL_##d, BYTES(m), BYTES(o)                                     \
	}
#define TURN_ALL(d, m, o, a)                                                   \
	{                                                                      \
		SL_##d, BYTES(m), BYTES(o), .asks = a                          \
	}

#define HELLO TURN(ORIG, START_REQUEST), TURN(REPLY, START_REPLY)

#define PLAIN_CLIENT                                                           \
	.helper = "pptp", .client = "198.51.100.10:40000",                     \
	.server = "203.0.113.5:1723"

/* A client behind masquerade: its ids change, the server's stay. */
static void
client_behind_translation(void **state)
{
	static const struct conversation_turn turns[] = {
	    HELLO,
	    TURN_ALL(ORIG, OUT_REQUEST("\0\1"), OUT_REQUEST("\1\1"),
		"expect call 47 reply 192.168.88.10:1 seen 198.51.100.1:257 "
		"tied privileged pair 1\ncount calls\n"),
	    TURN_ALL(REPLY, OUT_REPLY("\0\5", "\1\1", "\1"),
		OUT_REPLY("\0\5", "\0\1", "\1"),
		"expect call 47 orig 203.0.113.5:5 seen 203.0.113.5:5 "
		"tied privileged pair 1\n"),
	    TURN(ORIG, LINK_INFO("\0\5")),
	    TURN_OUT(REPLY, WAN_ERROR("\1\1"), WAN_ERROR("\0\1")),
	    /* another call, two messages at once */
	    TURN_ALL(ORIG, ECHO_REQUEST OUT_REQUEST("\xff\0"),
		ECHO_REQUEST OUT_REQUEST("\0\0"),
		"expect call 47 reply 192.168.88.10:65280 seen "
		"198.51.100.1:0 tied privileged pair 2\ncount calls\n"),
	    TURN_ALL(REPLY, ECHO_REPLY OUT_REPLY("\0\6", "\0\0", "\1"),
		ECHO_REPLY OUT_REPLY("\0\6", "\xff\0", "\1"),
		"expect call 47 orig 203.0.113.5:6 seen 203.0.113.5:6 "
		"tied privileged pair 2\n"),
	    /* the first one ends, each side saying so */
	    TURN_ALL(ORIG, CLEAR("\0\1"), CLEAR("\1\1"), "withdraw 1\n"),
	    TURN(REPLY, DISCONNECT("\0\5")),
	    TURN_ASKS(REPLY, DISCONNECT("\0\5"), "count unknown-calls\n"),
	    /* the second one with the connection */
	    TURN_ASKS(ORIG, STOP_REQUEST, "withdraw 2\n"),
	    TURN(REPLY, STOP_REPLY),
	    TURN(REPLY, DISCONNECT("\0\6")),
	    TURN_ASKS(
		ORIG, OUT_REQUEST("\0\7"), "count out-of-state-messages\n"),
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "pptp",
	    .client = "192.168.88.10:40000",
	    .client_seen = "198.51.100.1:40000",
	    .server = "203.0.113.5:1723",
	    .id_shift = SHIFT,
	    .turns = turns,
	});
}

/* A server behind dst-nat: its ids change, the client's stay. */
static void
server_behind_translation(void **state)
{
	static const struct conversation_turn turns[] = {
	    HELLO,
	    TURN_ASKS(ORIG, OUT_REQUEST("\0\1"),
		"expect call 47 reply 203.0.113.9:1 seen 203.0.113.9:1 "
		"tied privileged pair 1\ncount calls\n"),
	    /* a server may begin with call 0 */
	    TURN_ALL(REPLY, OUT_REPLY("\0\0", "\0\1", "\1"),
		OUT_REPLY("\1\0", "\0\1", "\1"),
		"expect call 47 orig 192.168.88.5:0 seen 198.51.100.1:256 "
		"tied privileged pair 1\n"),
	    TURN_OUT(ORIG, LINK_INFO("\1\0"), LINK_INFO("\0\0")),
	    TURN(REPLY, WAN_ERROR("\0\1")),
	    TURN_ALL(
		REPLY, DISCONNECT("\0\0"), DISCONNECT("\1\0"), "withdraw 1\n"),
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "pptp",
	    .client = "203.0.113.9:40000",
	    .server = "192.168.88.5:1723",
	    .server_seen = "198.51.100.1:1723",
	    .id_shift = SHIFT,
	    .turns = turns,
	});
}

/* An access concentrator behind one translation announces a call to the network
 * server behind another one. */
static void
incoming_call_both_translated(void **state)
{
	static const struct conversation_turn turns[] = {
	    HELLO,
	    TURN_ALL(REPLY, IN_REQUEST("\0\1"), IN_REQUEST("\1\1"),
		"expect call 47 orig 10.0.0.5:1 seen 198.51.100.1:257 "
		"tied privileged pair 1\ncount calls\n"),
	    /* the other side may use the same number */
	    TURN_ALL(ORIG, IN_REPLY("\0\1", "\1\1", "\1"),
		IN_REPLY("\1\1", "\0\1", "\1"),
		"expect call 47 reply 192.168.88.10:1 seen "
		"203.0.113.1:257 tied privileged pair 1\n"),
	    TURN_OUT(REPLY, IN_CONNECTED("\1\1"), IN_CONNECTED("\0\1")),
	    TURN_OUT(ORIG, LINK_INFO("\1\1"), LINK_INFO("\0\1")),
	    TURN_OUT(REPLY, WAN_ERROR("\1\1"), WAN_ERROR("\0\1")),
	    TURN_ALL(
		REPLY, DISCONNECT("\0\1"), DISCONNECT("\1\1"), "withdraw 1\n"),
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "pptp",
	    .client = "192.168.88.10:40000",
	    .client_seen = "203.0.113.1:40000",
	    .server = "10.0.0.5:1723",
	    .server_seen = "198.51.100.1:1723",
	    .id_shift = SHIFT,
	    .turns = turns,
	});
}

/* A call that is refused, cleared before it is answered, or made again. */
static void
calls_that_fail(void **state)
{
	static const struct conversation_turn turns[] = {
	    HELLO,
	    TURN_ALL(ORIG, OUT_REQUEST("\0\1"), OUT_REQUEST("\1\1"),
		"expect call 47 reply 192.168.88.10:1 seen 198.51.100.1:257 "
		"tied privileged pair 1\ncount calls\n"),
	    TURN_ALL(REPLY, OUT_REPLY("\0\5", "\1\1", "\2"),
		OUT_REPLY("\0\5", "\0\1", "\2"), "withdraw 1\n"),
	    TURN_ALL(ORIG, OUT_REQUEST("\0\1"), OUT_REQUEST("\1\1"),
		"expect call 47 reply 192.168.88.10:1 seen 198.51.100.1:257 "
		"tied privileged pair 2\ncount calls\n"),
	    TURN_ALL(ORIG, OUT_REQUEST("\0\1"), OUT_REQUEST("\1\1"),
		"withdraw 2\n"
		"expect call 47 reply 192.168.88.10:1 seen 198.51.100.1:257 "
		"tied privileged pair 3\ncount calls\n"),
	    TURN_ALL(ORIG, CLEAR("\0\1"), CLEAR("\1\1"), "withdraw 3\n"),
	    /* too late: it was cleared */
	    TURN_ASKS(REPLY, OUT_REPLY("\0\5", "\1\1", "\1"),
		"count out-of-state-messages\n"),
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "pptp",
	    .client = "192.168.88.10:40000",
	    .client_seen = "198.51.100.1:40000",
	    .server = "203.0.113.5:1723",
	    .id_shift = SHIFT,
	    .turns = turns,
	});
}

/* What is not understood passes, and what follows is read again. */
static void
nonsense_passes(void **state)
{
	static const struct conversation_turn turns[] = {
	    HELLO,
	    TURN_ASKS(ORIG, HEAD("\x12", "\x10") "abcdef",
		"count unknown-messages\n"),
	    TURN_ASKS(ORIG, HEAD("\x10", "\0") Z4, "count unknown-messages\n"),
	    TURN_ASKS(ORIG,
		HEAD("\xa7", "\7") "\0\1\0\1" Z128 Z8 Z8 "\0\0\0"
				   "\0\0\0\0",
		"count bad-lengths\n"),
	    TURN_ASKS(ORIG, CLEAR("\0\1"), "count unknown-calls\n"),
	    TURN_ASKS(REPLY, OUT_REPLY("\0\5", "\0\1", "\1"),
		"count unknown-calls\n"),
	    TURN_ASKS(ORIG, START_REQUEST, "count out-of-state-messages\n"),
	    TURN_ASKS(ORIG, OUT_REQUEST("\0\1"),
		"expect call 47 reply 198.51.100.10:1 seen "
		"198.51.100.10:1 tied privileged pair 1\n"
		"count calls\n"),
	    TURN_ASKS(REPLY, OUT_REPLY("\0\1", "\0\1", "\1"),
		"expect call 47 orig 203.0.113.5:1 seen 203.0.113.5:1 "
		"tied privileged pair 1\n"),
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){PLAIN_CLIENT, .turns = turns});
}

/* Where the next message begins is not known any more: only a segment that begins
 * with a known one is believed. */
static void
lost_and_found(void **state)
{
	static const struct conversation_turn turns[] = {
	    HELLO,
	    TURN_ASKS(ORIG, "\0\x10\0\1\x1a\x2b\x3c\x4e" CLEAR("\0\1"),
		"count not-pptp\n"),
	    TURN(ORIG, HEAD("\x0b", "\5")),
	    TURN(ORIG, HEAD("\x12", "\x10") "abcdef"),
	    TURN(ORIG, "some of a message"),
	    TURN_ASKS(ORIG, OUT_REQUEST("\0\1"),
		"expect call 47 reply 198.51.100.10:1 seen "
		"198.51.100.10:1 tied privileged pair 1\n"
		"count calls\n"),
	    {SL_ORIG, BYTES("rest of some" CLEAR("\0\1")),
		.flags = SL_CALL_CUT},
	    TURN_ASKS(ORIG, CLEAR("\0\1"), "withdraw 1\n"),
	    {0},
	};

	(void)state;
	conversation_play_whole(
	    &(struct conversation){PLAIN_CLIENT, .turns = turns});
}

#define DETACHED(d, m)                                                         \
	{                                                                      \
		SL_##d, BYTES(m), .asks = "count not-pptp\n",                  \
				  .verdict = SL_HELP_DETACH                    \
	}

/* Connections to the port that do not begin as PPTP does. */
static void
others_are_let_go(void **state)
{
	static const struct conversation_turn talks[][4] = {
	    {DETACHED(ORIG, "GET / HTTP/1.1\r\n")},
	    {DETACHED(REPLY, START_REQUEST)},
	    {DETACHED(REPLY, START_REPLY)},
	    {DETACHED(ORIG, START_REPLY)},
	    {DETACHED(ORIG, OUT_REQUEST("\0\1"))},
	    {DETACHED(ORIG, HEAD("\x12", "\x10") "abcdef")},
	    {DETACHED(ORIG, HEAD("\x9b", "\1") Z128 Z8)},
	    {TURN(ORIG, START_REQUEST), DETACHED(REPLY, "220 mail\r\n")},
	    {TURN(ORIG, START_REQUEST), DETACHED(REPLY, ECHO_REPLY)},
	    {{SL_ORIG, BYTES(START_REQUEST), .flags = SL_CALL_CUT,
		.verdict = SL_HELP_DETACH}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(talks) / sizeof(talks[0]); i++)
		conversation_play_whole(
		    &(struct conversation){PLAIN_CLIENT, .turns = talks[i]});
}

/* No calls before the server has said yes. */
static void
calls_wait_for_the_server(void **state)
{
	static const struct conversation_turn turns[] = {
	    TURN(ORIG, START_REQUEST),
	    TURN_ASKS(
		ORIG, OUT_REQUEST("\0\1"), "count out-of-state-messages\n"),
	    TURN(REPLY, START_ANSWER("\2")),
	    TURN_ASKS(
		ORIG, OUT_REQUEST("\0\1"), "count out-of-state-messages\n"),
	    TURN(REPLY, START_REPLY),
	    TURN_ASKS(ORIG, OUT_REQUEST("\0\1"),
		"expect call 47 reply 198.51.100.10:1 seen "
		"198.51.100.10:1 tied privileged pair 1\n"
		"count calls\n"),
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){PLAIN_CLIENT, .turns = turns});
}

/* A control connection has room for so many calls. */
static void
too_many_calls(void **state)
{
	enum { CALLS = 16 };
	static const char request[] = OUT_REQUEST("\1\0");
	static char bytes[CALLS][sizeof(request)];
	static char asks[CALLS][128];
	struct conversation_turn turns[2 + CALLS + 4] = {HELLO};
	struct conversation_turn *turn = turns + 2;

	(void)state;
	for (int i = 0; i < CALLS; i++) {
		memcpy(bytes[i], request, sizeof(request));
		bytes[i][13] = (char)i;
		snprintf(asks[i], sizeof(asks[i]),
		    "expect call 47 reply 198.51.100.10:%d seen "
		    "198.51.100.10:%d tied privileged pair %d\n"
		    "count calls\n",
		    256 + i, 256 + i, 1 + i);
		*turn++ = (struct conversation_turn){.in = bytes[i],
		    .in_len = sizeof(request) - 1,
		    .asks = asks[i]};
	}
	*turn++ = (struct conversation_turn)TURN_ASKS(
	    ORIG, OUT_REQUEST("\2\0"), "count too-many-calls\n");
	*turn++ = (struct conversation_turn)TURN_ASKS(
	    ORIG, CLEAR("\1\3"), "withdraw 4\n");
	*turn++ = (struct conversation_turn)TURN_ASKS(ORIG, OUT_REQUEST("\2\0"),
	    "expect call 47 reply 198.51.100.10:512 seen 198.51.100.10:512 "
	    "tied privileged pair 17\ncount calls\n");
	*turn = (struct conversation_turn){0};
	conversation_play(&(struct conversation){PLAIN_CLIENT, .turns = turns});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(client_behind_translation),
	    cmocka_unit_test(server_behind_translation),
	    cmocka_unit_test(incoming_call_both_translated),
	    cmocka_unit_test(calls_that_fail),
	    cmocka_unit_test(nonsense_passes),
	    cmocka_unit_test(lost_and_found),
	    cmocka_unit_test(others_are_let_go),
	    cmocka_unit_test(calls_wait_for_the_server),
	    cmocka_unit_test(too_many_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
