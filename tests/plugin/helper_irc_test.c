/* SPDX-License-Identifier: Apache-2.0 */
/* IRC: DCC offers as clients write them, and as nobody should. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* 192.168.88.10 is 3232258058, 203.0.113.1 is 3405803777 */
#define NICK                                                                   \
	{                                                                      \
		SL_ORIG, "NICK bob\r\nUSER bob 0 * :Bob\r\n"                   \
	}
#define WELCOME                                                                \
	{                                                                      \
		SL_REPLY, ":irc 001 bob :Welcome\r\n"                          \
	}
#define FROM_ANY " from 0.0.0.0/0\n"
#define OFFERED	 "count offers\n"

static void
play(const struct conversation_turn *turns)
{
	conversation_play(&(struct conversation){
	    .helper = "irc",
	    .client = "192.168.88.10:40000",
	    .server = "198.51.100.2:6667",
	    .turns = turns,
	});
}

/* As play(), masqueraded; ports are raised by 'shift'. */
static void
play_behind(const struct conversation_turn *turns, int16_t shift)
{
	conversation_play(&(struct conversation){
	    .helper = "irc",
	    .client = "192.168.88.10:40000",
	    .client_seen = "203.0.113.1:50000",
	    .server = "198.51.100.2:6667",
	    .id_shift = shift,
	    .turns = turns,
	});
}

#define EXPECT(port, seen)                                                     \
	"expect dcc tcp reply 192.168.88.10:" port " seen " seen FROM_ANY

static void
offers_untranslated(void **state)
{
	static const struct conversation_turn turns[] = {
	    NICK,
	    WELCOME,
	    {SL_ORIG, "PRIVMSG anna :\1DCC SEND a.txt 3232258058 5000 12\1\r\n",
		.asks = EXPECT("5000", "192.168.88.10:5000") OFFERED},
	    {SL_ORIG, "PRIVMSG anna :\1DCC CHAT chat 3232258058 5001\1\r\n",
		.asks = EXPECT("5001", "192.168.88.10:5001") OFFERED},
	    {0},
	};

	(void)state;
	play(turns);
}

static void
offers_translated(void **state)
{
	static const struct conversation_turn turns[] = {
	    NICK,
	    {SL_ORIG, "PRIVMSG anna :\1DCC SEND a.txt 3232258058 5000 12\1\r\n",
		.out = "PRIVMSG anna :\1DCC SEND a.txt 3405803777 5000 "
		       "12\1\r\n",
		.asks = EXPECT("5000", "203.0.113.1:5000") OFFERED},
	    {SL_ORIG,
		":bob PRIVMSG anna :\1DCC SEND \"a b.txt\" 3232258058 5001 12"
		"\1\n",
		.out = ":bob PRIVMSG anna :\1DCC SEND \"a b.txt\" 3405803777 "
		       "5001 12\1\n",
		.asks = EXPECT("5001", "203.0.113.1:5001") OFFERED},
	    {SL_ORIG,
		"@label=1 privmsg anna :\1dcc chat chat 3232258058 5002\1\r\n",
		.out = "@label=1 privmsg anna :\1dcc chat chat 3405803777 "
		       "5002\1\r\n",
		.asks = EXPECT("5002", "203.0.113.1:5002") OFFERED},
	    {SL_ORIG, "NOTICE anna \1DCC TSEND f 3232258058 5003 1 T\1\r\n",
		.out = "NOTICE anna \1DCC TSEND f 3405803777 5003 1 T\1\r\n",
		.asks = EXPECT("5003", "203.0.113.1:5003") OFFERED},
	    /* without its end, which clients forgive */
	    {SL_ORIG, "PRIVMSG anna :\1DCC SCHAT chat 3232258058 5004\r\n",
		.out = "PRIVMSG anna :\1DCC SCHAT chat 3405803777 5004\r\n",
		.asks = EXPECT("5004", "203.0.113.1:5004") OFFERED},
	    /* a client that knows its public address */
	    {SL_ORIG, "PRIVMSG anna :\1DCC CHAT chat 3405803777 5005\1\r\n",
		.asks = EXPECT("5005", "203.0.113.1:5005") OFFERED},
	    /* two in one segment, text between */
	    {SL_ORIG,
		"PRIVMSG a :\1DCC CHAT chat 3232258058 5006\1\r\nPING x\r\n"
		"PRIVMSG b :\1DCC CHAT chat 3232258058 5007\1\r\n",
		.out =
		    "PRIVMSG a :\1DCC CHAT chat 3405803777 5006\1\r\nPING x\r\n"
		    "PRIVMSG b :\1DCC CHAT chat 3405803777 5007\1\r\n",
		.asks = EXPECT("5006", "203.0.113.1:5006")
		    OFFERED EXPECT("5007", "203.0.113.1:5007") OFFERED},
	    /* more than a client may have open */
	    {SL_ORIG, "PRIVMSG a :\1DCC CHAT chat 3232258058 5008\1\r\n",
		.asks = "expect dcc tcp reply 192.168.88.10:5008 refused "
			"ENOBUFS\ncount refused-offers\n"},
	    {0},
	};

	(void)state;
	play_behind(turns, 0);
}

/* The port changed: the rest of the talk is about the changed one. */
static void
resumes(void **state)
{
	static const struct conversation_turn turns[] = {
	    NICK,
	    /* nothing is known of this port yet */
	    {SL_REPLY, ":anna PRIVMSG bob :\1DCC RESUME f 15000 9\1\r\n"},
	    {SL_ORIG, "PRIVMSG anna :\1DCC SEND f 3232258058 5000 12\1\r\n",
		.out = "PRIVMSG anna :\1DCC SEND f 3405803777 15000 12\1\r\n",
		.asks = EXPECT("5000", "203.0.113.1:15000") OFFERED},
	    {SL_REPLY, ":anna PRIVMSG bob :\1DCC RESUME f 15000 9\1\r\n",
		.out = ":anna PRIVMSG bob :\1DCC RESUME f 5000 9\1\r\n",
		.asks = "count resumed\n"},
	    {SL_ORIG, "PRIVMSG anna :\1DCC ACCEPT f 5000 9\1\r\n",
		.out = "PRIVMSG anna :\1DCC ACCEPT f 15000 9\1\r\n",
		.asks = "count resumed\n"},
	    /* another's port, and the words of the other direction */
	    {SL_REPLY, ":anna PRIVMSG bob :\1DCC RESUME f 15001 9\1\r\n"},
	    {SL_REPLY, ":anna PRIVMSG bob :\1DCC ACCEPT f 15000 9\1\r\n"},
	    {SL_ORIG, "PRIVMSG anna :\1DCC RESUME f 5000 9\1\r\n"},
	    {SL_ORIG, "PRIVMSG anna :\1DCC ACCEPT f 5001 9\1\r\n"},
	    {0},
	};

	(void)state;
	play_behind(turns, 10000);
}

static void
left_alone(void **state)
{
#define MALFORMED .asks = "count malformed-offers\n"
#define FOREIGN	  .asks = "count foreign-addresses\n"
	static const struct conversation_turn turns[] = {
	    NICK,
	    /* from the server's side: anybody wrote it */
	    {SL_REPLY,
		":anna PRIVMSG bob :\1DCC SEND f 3232258058 5000 1\1\r\n"},
	    {SL_REPLY,
		":anna PRIVMSG bob :\1DCC SEND f 3325256706 5000 1\1\r\n"},
	    /* of others */
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258059 5000 1\1\r\n",
		FOREIGN},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 2130706433 5000 1\1\r\n",
		FOREIGN},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 0 5000 1\1\r\n", FOREIGN},
	    /* privileged */
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258058 22 1\1\r\n",
		.asks = "expect dcc tcp reply 192.168.88.10:22 refused "
			"EACCES\ncount refused-offers\n"},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258058 1023 1\1\r\n",
		.asks = "expect dcc tcp reply 192.168.88.10:1023 refused "
			"EACCES\ncount refused-offers\n"},
	    /* the other side is to listen */
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258058 0 1 77\1\r\n"},
	    /* numbers that are none */
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258058 65536 1\1\r\n",
		MALFORMED},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 4294967296 5000 1\1\r\n",
		MALFORMED},
	    /* 192.168.88.10 and 2^32, 2^64 more */
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 7527225354 5000 1\1\r\n",
		MALFORMED},
	    {SL_ORIG,
		"PRIVMSG a :\1DCC SEND f 18446744076941809674 5000 1\1\r\n",
		MALFORMED},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258058 70536 1\1\r\n",
		MALFORMED},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f -1062709238 5000 1\1\r\n",
		MALFORMED},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 192.168.88.10 5000 1\1\r\n",
		MALFORMED},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258058 5000x\1\r\n",
		MALFORMED},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258058\1\r\n", MALFORMED},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND \"f 3232258058 5000 1\1\r\n",
		MALFORMED},
	    {SL_ORIG, "PRIVMSG a :\1DCC CHAT chat\1\r\n", MALFORMED},
	    /* no offers */
	    {SL_ORIG, "PRIVMSG a :DCC SEND f 3232258058 5000 1\r\n"},
	    {SL_ORIG, "PRIVMSG a :\1DCC SSEND f 3232258058 5000 1\1\r\n"},
	    {SL_ORIG, "PRIVMSG a :\1PING 3232258058 5000\1\r\n"},
	    {SL_ORIG, "TOPIC a :\1DCC SEND f 3232258058 5000 1\1\r\n"},
	    {SL_ORIG, "PRIVMSG :\1DCC SEND f 3232258058 5000 1\1\r\n"},
	    {SL_ORIG, "PRIVMSG a :\1DCC\1\r\n"},
	    {SL_ORIG, "PRIVMSG a :\1DCC \1\r\n"},
	    {SL_ORIG, "PRIVMSG a :\1\r\n"},
	    {SL_ORIG, "\r\n@\r\n:\r\n@ :\r\nNOTICE\r\n"},
	    {0},
	};
#undef MALFORMED
#undef FOREIGN

	(void)state;
	play(turns);
}

static void
six(void **state)
{
	static const struct conversation_turn turns[] = {
	    NICK,
	    {SL_ORIG, "PRIVMSG a :\1DCC CHAT chat 2001:db8::10 5000\1\r\n",
		.out = "PRIVMSG a :\1DCC CHAT chat 2001:db8:1:2:3:4:5:6 "
		       "5000\1\r\n",
		.asks = "expect dcc tcp reply [2001:db8::10]:5000 seen "
			"[2001:db8:1:2:3:4:5:6]:5000 from [::]/0\n" OFFERED},
	    {SL_ORIG, "PRIVMSG a :\1DCC CHAT chat 2001:db8::11 5000\1\r\n",
		.asks = "count foreign-addresses\n"},
	    {SL_ORIG, "PRIVMSG a :\1DCC CHAT chat 3232258058 5000\1\r\n",
		.asks = "count malformed-offers\n"},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "irc",
	    .client = "[2001:db8::10]:40000",
	    .client_seen = "[2001:db8:1:2:3:4:5:6]:50000",
	    .server = "[2001:db8:2::2]:6667",
	    .turns = turns,
	});
}

#define OFFER "PRIVMSG a :\1DCC SEND f 3232258058 5000 1\1\r\n"

/* Whoever does not begin as a client of IRC does is none: a browser, above all. */
static void
other_protocols(void **state)
{
	static const char *const first[] = {
	    "POST /" OFFER,
	    "POST / HTTP/1.1\r\n" OFFER,
	    OFFER,
	    "\r\n" OFFER,
	    "NICK / HTTP/1.1\r\n" OFFER, /* fetch(url, {method: "NICK"}) */
	    "USER http://a HTTP/1.1\r\n" OFFER,	    /* as to a proxy */
	    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc", /* TLS, no line ever */
	    "SSH-2.0-x",
	    "GET",
	    "NICKx",
	    " NICK a\r\n" OFFER,
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		const struct conversation_turn turns[] = {
		    {SL_ORIG, first[i], .asks = "count other-protocol\n",
			.verdict = SL_HELP_DETACH},
		    {SL_ORIG, "NICK bob\r\n" OFFER, .verdict = SL_HELP_DETACH},
		    {0},
		};

		play(turns);
	}
}

static void
begun_in_its_middle(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, OFFER, .asks = "count other-protocol\n",
		.verdict = SL_HELP_DETACH, .flags = SL_CALL_CUT},
	    {0},
	};
	static const struct conversation_turn overlong[] = {
	    NICK,
	    /* the rest of a line that was too long to see whole */
	    {SL_ORIG, OFFER, .flags = SL_CALL_CUT},
	    {SL_ORIG, OFFER,
		.asks = EXPECT("5000", "192.168.88.10:5000") OFFERED},
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 32322", .flags = SL_CALL_CUT},
	    {SL_ORIG, "58058 5000 1\1\r\n"},
	    {0},
	};

	(void)state;
	play(turns);
	play(overlong);
}

/* Longer than a line may be: it passes, and nothing of it counts. */
static void
overlong_line(void **state)
{
	static char line[6000];
	const struct conversation_turn turns[] = {
	    NICK,
	    {SL_ORIG, line},
	    {SL_ORIG, " :\1DCC SEND f 3232258058 5000 1\1\r\n"},
	    {SL_ORIG, OFFER,
		.asks = EXPECT("5000", "192.168.88.10:5000") OFFERED},
	    {0},
	};

	(void)state;
	memset(line, 'a', sizeof(line) - 1);
	memcpy(line, "PRIVMSG ", 8);
	conversation_play_whole(&(struct conversation){
	    .helper = "irc",
	    .client = "192.168.88.10:40000",
	    .server = "198.51.100.2:6667",
	    .turns = turns,
	});
}

static void
tls_begins(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, "STARTTLS\r\n"},
	    {SL_REPLY, ":irc 691 * :not today\r\n"},
	    {SL_REPLY, ":irc 670 * :nobody asked\r\n"},
	    {SL_ORIG, "STARTTLS\r\n"},
	    {SL_REPLY, ":irc NOTICE * :wait\r\n"},
	    {SL_REPLY, ":irc 670 * :go on\r\n", .asks = "count starttls\n",
		.verdict = SL_HELP_DETACH},
	    {SL_ORIG, "NICK bob\r\n" OFFER, .verdict = SL_HELP_DETACH},
	    {0},
	};

	(void)state;
	play(turns);
}

/* What is not whole when the stream ends goes as it is. */
static void
ends_within_a_line(void **state)
{
	static const struct conversation_turn turns[] = {
	    NICK,
	    {SL_ORIG, "PRIVMSG a :\1DCC SEND f 3232258058 50", .out = "",
		.out_len = 0},
	    {SL_ORIG, "00 1\1",
		.out = "PRIVMSG a :\1DCC SEND f 3232258058 "
		       "5000 1\1",
		.flags = SL_CALL_LAST},
	    {0},
	};

	(void)state;
	play(turns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(offers_untranslated),
	    cmocka_unit_test(offers_translated),
	    cmocka_unit_test(resumes),
	    cmocka_unit_test(left_alone),
	    cmocka_unit_test(six),
	    cmocka_unit_test(other_protocols),
	    cmocka_unit_test(begun_in_its_middle),
	    cmocka_unit_test(overlong_line),
	    cmocka_unit_test(tls_begins),
	    cmocka_unit_test(ends_within_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
