/* SPDX-License-Identifier: Apache-2.0 */
/* RTSP: SETUP and its answers as players and servers write them, and as nobody
 * should. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define URI "rtsp://198.51.100.2/film"
#define SETUP(cseq, transport)                                                 \
	"SETUP " URI "/1 RTSP/1.0\r\nCSeq: " cseq "\r\nTransport: " transport  \
	"\r\n\r\n"
#define OK(cseq, transport)                                                    \
	"RTSP/1.0 200 OK\r\nCSeq: " cseq "\r\nTransport: " transport           \
	"\r\nSession: 77;timeout=60\r\n\r\n"
#define PAIR_OF(ports) "RTP/AVP;unicast;client_port=" ports
#define TEARDOWN(uri, id)                                                      \
	"TEARDOWN " uri " RTSP/1.0\r\nCSeq: 9\r\nSession: " id "\r\n\r\n"
/* of the client's port, of the server's */
#define TO_CLIENT(port, seen, words)                                           \
	"expect media udp reply 192.168.88.10:" port " seen " seen words "\n"
#define TO_SERVER(port, seen, words)                                           \
	"expect media udp orig 198.51.100.2:" port " seen " seen words "\n"
#define TWO(pair) " x2 keep even pair " pair
#define SETUPS	  "count setups\n"

static void
play(const struct conversation_turn *turns)
{
	conversation_play(&(struct conversation){
	    .helper = "rtsp",
	    .client = "192.168.88.10:40000",
	    .server = "198.51.100.2:554",
	    .turns = turns,
	});
}

/* As play(), masqueraded; ports are raised by 'shift'. */
static void
play_behind(const struct conversation_turn *turns, int16_t shift)
{
	conversation_play(&(struct conversation){
	    .helper = "rtsp",
	    .client = "192.168.88.10:40000",
	    .client_seen = "203.0.113.1:50000",
	    .server = "198.51.100.2:554",
	    .id_shift = shift,
	    .turns = turns,
	});
}

static void
untranslated(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"},
	    {SL_REPLY, "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"},
	    {SL_ORIG, SETUP("2", PAIR_OF("5000-5001")),
		.asks =
		    TO_CLIENT("5000", "192.168.88.10:5000", TWO("1")) SETUPS},
	    {SL_REPLY, OK("2", PAIR_OF("5000-5001") ";server_port=7000-7001"),
		.asks = TO_SERVER("7000", "198.51.100.2:7000", TWO("1"))},
	    /* one port, and an odd one */
	    {SL_ORIG,
		"SETUP " URI "/2 RTSP/1.0\r\nCSeq: 3\r\n"
		"Transport: RTP/AVP/UDP;unicast;client_port=5003\r\n\r\n",
		.asks = TO_CLIENT("5003", "192.168.88.10:5003", " keep pair 2")
		    SETUPS},
	    {SL_REPLY, OK("3", "RTP/AVP/UDP;unicast;client_port=5003")},
	    {SL_ORIG, SETUP("4", PAIR_OF("5005-5006")),
		.asks = TO_CLIENT(
		    "5005", "192.168.88.10:5005", " x2 keep pair 3") SETUPS},
	    {SL_ORIG, TEARDOWN(URI, "77"), .asks = "withdraw 1\nwithdraw 2\n"},
	    {SL_ORIG, TEARDOWN(URI, "77")},
	    {0},
	};

	(void)state;
	play(turns);
}

static void
translated(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		SETUP("2", "RTP/AVP;unicast;destination=192.168.88.10;"
			   "client_port=5000-5001;mode=\"PLAY,RECORD\""),
		.out = SETUP("2", "RTP/AVP;unicast;destination=203.0.113.1;"
				  "client_port=15000-15001;"
				  "mode=\"PLAY,RECORD\""),
		.asks =
		    TO_CLIENT("5000", "203.0.113.1:15000", TWO("1")) SETUPS},
	    /* nobody asked that */
	    {SL_REPLY, OK("3", PAIR_OF("15000-15001"))},
	    {SL_REPLY, "RTSP/1.0 100 Continue\r\nCSeq: 2\r\n\r\n"},
	    {SL_REPLY,
		OK("2", "RTP/AVP;unicast;destination=203.0.113.1;"
			"source=198.51.100.2;client_port=15000-15001;"
			"server_port=7000-7001;ssrc=1234ABCD"),
		.out = OK("2", "RTP/AVP;unicast;destination=192.168.88.10;"
			       "source=198.51.100.2;client_port=5000-5001;"
			       "server_port=7000-7001;ssrc=1234ABCD"),
		.asks = TO_SERVER("7000", "198.51.100.2:7000", TWO("1"))},
	    /* answered already */
	    {SL_REPLY, OK("2", PAIR_OF("15000-15001"))},
	    /* folded, blanks, and as the client is known */
	    {SL_ORIG,
		"SETUP " URI "/2 RTSP/1.0\r\ncseq:3\r\ntransport :\r\n"
		" RTP/AVP ; unicast ;\r\n\tdestination = 203.0.113.1;"
		" client_port = 5002-5003\r\n\r\n",
		.out = "SETUP " URI "/2 RTSP/1.0\r\ncseq:3\r\ntransport :\r\n"
		       " RTP/AVP ; unicast ;\r\n\tdestination = 203.0.113.1;"
		       " client_port = 15002-15003\r\n\r\n",
		.asks =
		    TO_CLIENT("5002", "203.0.113.1:15002", TWO("2")) SETUPS},
	    {SL_REPLY,
		OK("3", "RTP/AVP/UDP;client_port=15002;server_port=7002"),
		.out = OK("3", "RTP/AVP/UDP;client_port=5002;server_port=7002"),
		.asks = TO_SERVER("7002", "198.51.100.2:7002", " keep pair 2")},
	    /* one of the streams */
	    {SL_ORIG, TEARDOWN(URI "/2", "77"), .asks = "withdraw 2\n"},
	    {SL_ORIG, TEARDOWN(URI "/1", "76")},
	    {SL_ORIG, TEARDOWN(URI "/1", "77"), .asks = "withdraw 1\n"},
	    {0},
	};

	(void)state;
	play_behind(turns, 10000);
}

/* The server is behind the router. */
static void
server_translated(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		SETUP("2", "RTP/AVP;unicast;source=203.0.113.9;"
			   "client_port=5000-5001"),
		.out = SETUP("2", "RTP/AVP;unicast;source=198.51.100.2;"
				  "client_port=5000-5001"),
		.asks =
		    TO_CLIENT("5000", "192.168.88.10:5000", TWO("1")) SETUPS},
	    {SL_REPLY,
		OK("2", PAIR_OF("5000-5001") ";source=198.51.100.2;"
					     "server_port=7000-7001"),
		.out = OK("2", PAIR_OF("5000-5001") ";source=203.0.113.9;"
						    "server_port=8000-8001"),
		.asks = TO_SERVER("7000", "203.0.113.9:8000", TWO("1"))},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "rtsp",
	    .client = "192.168.88.10:40000",
	    .server = "198.51.100.2:554",
	    .server_seen = "203.0.113.9:554",
	    .id_shift = 1000,
	    .turns = turns,
	});
}

static void
several_transports(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		SETUP("2", PAIR_OF("5000-5001") ",RTP/AVP/TCP;unicast;"
						"interleaved=0-1, " PAIR_OF(
						    "5002-5003")),
		.out = SETUP("2",
		    PAIR_OF("15000-15001") ",RTP/AVP/TCP;unicast;"
					   "interleaved=0-1, " PAIR_OF(
					       "15002-15003")),
		.asks = TO_CLIENT("5000", "203.0.113.1:15000", TWO("1"))
		    TO_CLIENT("5002", "203.0.113.1:15002", TWO("2")) SETUPS},
	    {SL_REPLY, OK("2", PAIR_OF("15002-15003")),
		.out = OK("2", PAIR_OF("5002-5003")), .asks = "withdraw 1\n"},
	    /* within the connection after all */
	    {SL_ORIG,
		SETUP("3", PAIR_OF("5004-5005") ",RTP/AVP/TCP;interleaved=0-1"),
		.out = SETUP(
		    "3", PAIR_OF("15004-15005") ",RTP/AVP/TCP;interleaved=0-1"),
		.asks =
		    TO_CLIENT("5004", "203.0.113.1:15004", TWO("3")) SETUPS},
	    {SL_REPLY, OK("3", "RTP/AVP/TCP;unicast;interleaved=0-1"),
		.asks = "withdraw 3\n"},
	    /* more than are followed */
	    {SL_ORIG,
		SETUP("4", PAIR_OF("6000") "," PAIR_OF("6001") "," PAIR_OF(
			       "6002") "," PAIR_OF("6003") "," PAIR_OF("6004")),
		.out = SETUP(
		    "4", PAIR_OF("16000") "," PAIR_OF("16001") "," PAIR_OF(
			     "16002") "," PAIR_OF("16003") "," PAIR_OF("6004")),
		.asks = TO_CLIENT("6000", "203.0.113.1:16000", " keep pair 4")
		    TO_CLIENT("6001", "203.0.113.1:16001",
			" keep pair 5") TO_CLIENT("6002", "203.0.113.1:16002",
			" keep pair 6") TO_CLIENT("6003", "203.0.113.1:16003",
			" keep pair 7") "count too-many-transports\n" SETUPS},
	    {0},
	};

	(void)state;
	play_behind(turns, 10000);
}

/* Asked ahead, answered in another order, refused, asked again. */
static void
pipelined(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		SETUP("2", PAIR_OF("5000-5001"))
		    SETUP("3", PAIR_OF("5002-5003")),
		.out = SETUP("2", PAIR_OF("15000-15001"))
		    SETUP("3", PAIR_OF("15002-15003")),
		.asks = TO_CLIENT("5000", "203.0.113.1:15000", TWO("1"))
		    SETUPS TO_CLIENT("5002", "203.0.113.1:15002", TWO("2"))
			SETUPS},
	    {SL_REPLY,
		OK("3",
		    PAIR_OF("15002-15003")) "RTSP/1.0 401 "
					    "Unauthorized\r\nCSeq: 2\r\n\r\n",
		.out = OK("3",
		    PAIR_OF("5002-5003")) "RTSP/1.0 401 Unauthorized\r\nCSeq: "
					  "2\r\n\r\n",
		.asks = "withdraw 1\n"},
	    {SL_ORIG, SETUP("4", PAIR_OF("5000-5001")),
		.out = SETUP("4", PAIR_OF("15000-15001")),
		.asks =
		    TO_CLIENT("5000", "203.0.113.1:15000", TWO("3")) SETUPS},
	    /* ports that nobody offered */
	    {SL_REPLY, OK("4", PAIR_OF("5000-5001")),
		.asks = "count unknown-ports\nwithdraw 3\n"},
	    /* the same stream at other ports: the earlier ones are over */
	    {SL_ORIG, SETUP("5", PAIR_OF("5004-5005")),
		.out = SETUP("5", PAIR_OF("15004-15005")),
		.asks =
		    TO_CLIENT("5004", "203.0.113.1:15004", TWO("4")) SETUPS},
	    {SL_REPLY, "RTSP/1.0 200 OK\r\nCSeq: 5\r\nSession: 77\r\n\r\n"},
	    {SL_ORIG, SETUP("6", PAIR_OF("5006-5007")),
		.out = SETUP("6", PAIR_OF("15006-15007")),
		.asks =
		    TO_CLIENT("5006", "203.0.113.1:15006", TWO("5")) SETUPS},
	    {SL_REPLY, OK("6", PAIR_OF("15006-15007")),
		.out = OK("6", PAIR_OF("5006-5007")),
		.asks = "withdraw 4\nwithdraw 2\n"},
	    {0},
	};

	(void)state;
	play_behind(turns, 10000);
}

/* Every row of this many SETUPs is remembered, and the oldest makes room. */
static void
more_than_is_remembered(void **state)
{
	static const struct conversation_turn turns[] = {
#define ASK(port, pair)                                                        \
	{SL_ORIG, SETUP("1", PAIR_OF(port)),                                   \
	    .asks = TO_CLIENT(port, "192.168.88.10:" port, " keep pair " pair) \
		SETUPS}
	    ASK("5000", "1"),
	    ASK("5001", "2"),
	    ASK("5002", "3"),
	    ASK("5003", "4"),
	    ASK("5004", "5"),
	    ASK("5005", "6"),
	    ASK("5006", "7"),
	    ASK("5007", "8"),
	    ASK("5008", "9"),
	    ASK("5009", "10"),
	    ASK("5009", "10"),
	    {SL_ORIG, SETUP("2", PAIR_OF("5010")),
		.asks = "withdraw 1\n" TO_CLIENT(
		    "5010", "192.168.88.10:5010", " keep pair 11") SETUPS},
	    {0},
#undef ASK
	};

	(void)state;
	play(turns);
}

static void
left_alone(void **state)
{
#define ALONE(transport)                                                       \
	{                                                                      \
		SL_ORIG, SETUP("1", transport)                                 \
	}
#define COUNTED(counter, transport)                                            \
	{                                                                      \
		SL_ORIG, SETUP("1", transport), .asks = "count " counter "\n"  \
	}
#define MALFORMED(transport) COUNTED("malformed-transports", transport)
#define FOREIGN(addr)                                                          \
	COUNTED("foreign-addresses",                                           \
	    "RTP/AVP;unicast;destination=" addr ";client_port=5000-5001")
#define PRIVILEGED(port, words)                                                \
	{                                                                      \
		SL_ORIG, SETUP("1", PAIR_OF(port words)),                      \
		    .asks = "expect media udp reply 192.168.88.10:" port       \
			    " refused EACCES\ncount refused-ports\n"           \
	}
	static const struct conversation_turn turns[] = {
	    /* other ways than UDP to one receiver */
	    ALONE("RTP/AVP/TCP;unicast;interleaved=0-1"),
	    ALONE("RTP/AVP;unicast;interleaved=0-1;client_port=5000-5001"),
	    ALONE("RTP/AVP;multicast;client_port=5000-5001;port=3456-3457"),
	    ALONE("RTP/AVP/TCP;unicast;client_port=5000-5001"),
	    ALONE("RTP/SAVP;unicast;client_port=5000-5001"),
	    ALONE("x-real-rdt/udp;client_port=5000-5001"),
	    ALONE("RTP/AVP;unicast"),
	    ALONE("RTP/AVP;unicast;client_port="),
	    ALONE(""),
	    ALONE(",;=,"),
	    ALONE("\"" PAIR_OF("5000-5001")),
	    /* ports that are none */
	    MALFORMED(PAIR_OF("0")),
	    MALFORMED(PAIR_OF("0-1")),
	    MALFORMED(PAIR_OF("65536")),
	    MALFORMED(PAIR_OF("65535-65536")),
	    MALFORMED(PAIR_OF("70536-70537")),
	    MALFORMED(PAIR_OF("-5000")),
	    MALFORMED(PAIR_OF("5000-")),
	    MALFORMED(PAIR_OF("5000-5002")),
	    MALFORMED(PAIR_OF("5001-5000")),
	    MALFORMED(PAIR_OF("5000-65535")),
	    MALFORMED(PAIR_OF("5000x")),
	    MALFORMED(PAIR_OF("5000-5001-5002")),
	    MALFORMED(PAIR_OF("5000-5001;client_port=22-23")),
	    /* hosts that it is not */
	    FOREIGN("192.168.88.11"),
	    FOREIGN("127.0.0.1"),
	    FOREIGN("0.0.0.0"),
	    FOREIGN("224.2.0.1"),
	    FOREIGN("198.51.100.2"),
	    FOREIGN("192.168.88.100"),
	    FOREIGN("192.168.88.10.1"),
	    FOREIGN("film.example"),
	    FOREIGN("2001:db8::1"),
	    PRIVILEGED("22", ""),
	    PRIVILEGED("1022", "-1023"),
	    /* nothing that its answer could be found by */
	    {SL_ORIG,
		"SETUP " URI " RTSP/1.0\r\n"
		"Transport: " PAIR_OF("5000-5001") "\r\n\r\n",
		.asks = "count malformed-transports\n"},
	    /* another method, another direction */
	    {SL_ORIG, "PLAY " URI " RTSP/1.0\r\nCSeq: 1\r\n"
		      "Transport: " PAIR_OF("5000-5001") "\r\n\r\n"},
	    {SL_REPLY, SETUP("1", PAIR_OF("5000-5001"))},
	    {SL_REPLY, TEARDOWN(URI, "77")},
	    {SL_REPLY, OK("1", PAIR_OF("5000-5001") ";server_port=7000-7001")},
	    {SL_ORIG, OK("1", PAIR_OF("5000-5001") ";server_port=7000-7001")},
	    {0},
	};

	(void)state;
	play(turns);
}

/* A server that says what it should not. */
static void
answers_of_no_use(void **state)
{
#define ASK(pair)                                                              \
	{                                                                      \
		SL_ORIG, SETUP("1", PAIR_OF("5000")),                          \
		    .asks = TO_CLIENT("5000", "192.168.88.10:5000",            \
			" keep pair " pair) SETUPS                             \
	}
#define SERVER(words) OK("1", PAIR_OF("5000") ";" words)
	static const struct conversation_turn turns[] = {
	    ASK("1"),
	    {SL_REPLY, SERVER("server_port=7000-7002"),
		.asks = "count malformed-transports\n"},
	    ASK("1"),
	    {SL_REPLY, SERVER("source=198.51.100.3;server_port=7000"),
		.asks = "count foreign-addresses\n"},
	    ASK("1"),
	    {SL_REPLY, SERVER("server_port=53"),
		.asks = "expect media udp orig 198.51.100.2:53 refused EACCES\n"
			"count refused-ports\n"},
	    ASK("1"),
	    {SL_REPLY, SERVER("server_port=7000;server_port=7002"),
		.asks = "count malformed-transports\nwithdraw 1\n"},
	    {0},
	};
#undef ASK
#undef SERVER

	(void)state;
	play(turns);
}

#define HIDDEN SETUP("1", PAIR_OF("5000-5001"))

/* Bodies and frames are nobody's words. */
static void
bodies_and_frames(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES("ANNOUNCE " URI " RTSP/1.0\r\nCSeq: 1\r\n"
			    "Content-Length: 5\r\n\r\nSETUP\r\n")},
	    {SL_ORIG, BYTES("$\0\0\5SETUP$\1\0\0$\1\1\2")},
	    {SL_ORIG, "0123456789012345678901234567890123456789012345678901234"
		      "5678901234567890123456789012345678901234567890123456789"
		      "0123456789012345678901234567890123456789012345678901234"
		      "5678901234567890123456789012345678901234567890123456789"
		      "01234567890123456789012345678901234567"},
	    {SL_ORIG, SETUP("2", PAIR_OF("5000-5001")),
		.asks =
		    TO_CLIENT("5000", "192.168.88.10:5000", TWO("1")) SETUPS},
	    {SL_REPLY, BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n"
			     "Content-Length: 3\r\n\r\nv=0$\0\0\1R")},
	    {SL_REPLY, OK("2", PAIR_OF("5000-5001"))},
	    {0},
	};

	(void)state;
	play(turns);
}

/* What is in a body must not be read, be it cut where it may. */
static void
hidden_in_a_body(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "ANNOUNCE " URI " RTSP/1.0\r\nCSeq: 1\r\n"
		      "Content-Length: 104\r\n\r\n"},
	    {SL_ORIG, HIDDEN},
	    {SL_ORIG, "PLAY " URI " RTSP/1.0\r\nCSeq: 2\r\n\r\n"},
	    {0},
	};

	(void)state;
	_Static_assert(sizeof(HIDDEN) - 1 == 104, "Content-Length");
	play(turns);
}

/* Whoever does not begin as a client of RTSP does is none: a browser above all. */
static void
other_protocols(void **state)
{
	static const char *const first[] = {
	    "POST / HTTP/1.1\r\nContent-Length: 999\r\n\r\n" HIDDEN,
	    "SETUP / HTTP/1.1\r\n\r\n" HIDDEN,
	    "SETUP rtsp://a HTTP/1.1\r\n\r\n" HIDDEN, /* as to a proxy */
	    "OPTIONS * HTTP/1.1\r\n\r\n" HIDDEN,
	    "OPTIONS * RTSP/1.0 x\r\n\r\n" HIDDEN,
	    "\r\n" HIDDEN,
	    " " HIDDEN,
	    "$",
	    "RTSP/1.0 200 OK\r\n\r\n" HIDDEN,
	    "\x16\x03\x01\x02", /* TLS */
	    "setup rtsp:",
	    "SETUPSETUPSETUPSETUP",
	    "OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n" HIDDEN,
	    "OPTIONS * RTSP/1.0\r\nContent-Length: 4294967296\r\n\r\n" HIDDEN,
	    "OPTIONS * RTSP/1.0\r\nContent-Length: 1\r\n"
	    "Content-Length: 2\r\n\r\n" HIDDEN,
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		const struct conversation_turn turns[] = {
		    {SL_ORIG, first[i], .asks = "count streams-not-rtsp\n",
			.verdict = SL_HELP_DETACH},
		    {SL_ORIG, HIDDEN, .verdict = SL_HELP_DETACH},
		    {0},
		};

		play(turns);
	}
}

static void
server_of_another_protocol(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"},
	    {SL_REPLY, "HTTP/1.1 400 Bad Request\r\n\r\n",
		.asks = "count streams-not-rtsp\n", .verdict = SL_HELP_DETACH},
	    {SL_ORIG, HIDDEN, .verdict = SL_HELP_DETACH},
	    {0},
	};

	(void)state;
	play(turns);
}

static void
cut_and_last(void **state)
{
	static const struct conversation_turn cut[] = {
	    {SL_ORIG, HIDDEN, .asks = "count streams-cut\n",
		.verdict = SL_HELP_DETACH, .flags = SL_CALL_CUT},
	    {0},
	};
	static const struct conversation_turn last[] = {
	    {SL_ORIG,
		"SETUP " URI " RTSP/1.0\r\nTransport: ", .flags = SL_CALL_LAST},
	    {0},
	};

	(void)state;
	play(cut);
	play(last);
}

/* A head that never ends passes when it is too long to be held, and ends all. */
static void
endless_head(void **state)
{
	static char head[9000];
	const struct conversation_turn turns[] = {
	    {SL_ORIG, head},
	    {SL_ORIG, "\r\n\r\n" HIDDEN, .asks = "count streams-cut\n",
		.verdict = SL_HELP_DETACH},
	    {0},
	};

	(void)state;
	memset(head, 'a', sizeof(head) - 1);
	memcpy(head, "SETUP rtsp://a RTSP/1.0\r\n", 25);
	conversation_play_whole(&(struct conversation){
	    .helper = "rtsp",
	    .client = "192.168.88.10:40000",
	    .server = "198.51.100.2:554",
	    .turns = turns,
	});
}

/* As many as one call may write, and more. */
static void
many_in_one_segment(void **state)
{
	static char text[8000];
	const struct conversation_turn turns[] = {{SL_ORIG, text}, {0}};
	size_t n = 0;

	(void)state;
	while (n + sizeof(HIDDEN) < sizeof(text)) {
		memcpy(text + n, HIDDEN, sizeof(HIDDEN));
		n += sizeof(HIDDEN) - 1;
	}
	conversation_survive(&(struct conversation){
	    .helper = "rtsp",
	    .client = "192.168.88.10:40000",
	    .client_seen = "203.0.113.1:50000",
	    .server = "198.51.100.2:554",
	    .id_shift = 1000,
	    .turns = turns,
	});
}

static void
six(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		SETUP("2", "RTP/AVP;unicast;destination=[2001:db8::10];"
			   "client_port=5000-5001"),
		.out = SETUP("2", "RTP/AVP;unicast;destination=[2001:db8:1::1];"
				  "client_port=6000-6001"),
		.asks = "expect media udp reply [2001:db8::10]:5000 seen "
			"[2001:db8:1::1]:6000" TWO("1") "\n" SETUPS},
	    {SL_REPLY,
		OK("2", PAIR_OF("6000-6001") ";destination=2001:db8:1::1;"
					     "server_port=7000-7001"),
		.out = OK("2", PAIR_OF("5000-5001") ";destination=2001:db8::10;"
						    "server_port=7000-7001"),
		.asks = "expect media udp orig [2001:db8:2::2]:7000 seen "
			"[2001:db8:2::2]:7000" TWO("1") "\n"},
	    {SL_ORIG,
		SETUP("3", "RTP/AVP;unicast;destination=[2001:db8::11];"
			   "client_port=5002-5003"),
		.asks = "count foreign-addresses\n"},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "rtsp",
	    .client = "[2001:db8::10]:40000",
	    .client_seen = "[2001:db8:1::1]:50000",
	    .server = "[2001:db8:2::2]:554",
	    .id_shift = 1000,
	    .turns = turns,
	});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(untranslated),
	    cmocka_unit_test(translated),
	    cmocka_unit_test(server_translated),
	    cmocka_unit_test(several_transports),
	    cmocka_unit_test(pipelined),
	    cmocka_unit_test(more_than_is_remembered),
	    cmocka_unit_test(left_alone),
	    cmocka_unit_test(answers_of_no_use),
	    cmocka_unit_test(bodies_and_frames),
	    cmocka_unit_test(hidden_in_a_body),
	    cmocka_unit_test(other_protocols),
	    cmocka_unit_test(server_of_another_protocol),
	    cmocka_unit_test(cut_and_last),
	    cmocka_unit_test(endless_head),
	    cmocka_unit_test(many_in_one_segment),
	    cmocka_unit_test(six),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
