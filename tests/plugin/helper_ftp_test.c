/* SPDX-License-Identifier: Apache-2.0 */
/* helpers/ftp: what control connections say, and what is made of it. */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define CLIENT	    "192.168.88.10:40000"
#define CLIENT_SEEN "198.51.100.1:50000"
#define SERVER	    "203.0.113.5:21"
#define SERVER_IN   "10.0.0.5:21"

/* What the sides of every session begin with. */
#define LOGIN                                                                  \
	{SL_REPLY, "220 ready\r\n"}, {SL_ORIG, "USER a\r\n"},                  \
	{                                                                      \
		SL_REPLY, "230 in\r\n"                                         \
	}

/* Expectations: a server's, of a client behind source translation; a client's,
 * of a server behind destination translation; and the same untranslated. */
#define ACTIVE(at, seen)  "expect data tcp reply " at " seen " seen
#define PASSIVE(at, seen) "expect data tcp orig " at " seen " seen
#define PORT_PAIR	  " pair 2\n"
#define PASV_PAIR	  " pair 1\n"

struct at {
	const char *name;
	struct conversation c;
	struct conversation_turn turns[10];
};

#define UNTRANSLATED                                                           \
	{                                                                      \
		.helper = "ftp", .client = CLIENT, .server = SERVER            \
	}
#define SRCNAT                                                                 \
	{                                                                      \
		.helper = "ftp", .client = CLIENT, .client_seen = CLIENT_SEEN, \
		.server = SERVER, .id_shift = 10000                            \
	}
#define DSTNAT                                                                 \
	{                                                                      \
		.helper = "ftp", .client = CLIENT, .server = SERVER_IN,        \
		.server_seen = SERVER, .id_shift = -1000                       \
	}
#define BOTH                                                                   \
	{                                                                      \
		.helper = "ftp", .client = CLIENT, .client_seen = CLIENT_SEEN, \
		.server = SERVER_IN, .server_seen = SERVER, .id_shift = 10000  \
	}
#define SIX                                                                    \
	{                                                                      \
		.helper = "ftp", .client = "[2001:db8:1::10]:40000",           \
		.server = "[2001:db8:2::5]:21"                                 \
	}
#define SIX_BOTH                                                               \
	{                                                                      \
		.helper = "ftp", .client = "[2001:db8:1::10]:40000",           \
		.client_seen = "[2001:db8:ffff:ffff:ffff:ffff:ffff:1]:40000",  \
		.server = "[fd00::5]:21", .server_seen = "[2001:db8:2::5]:21", \
		.id_shift = -8000                                              \
	}

static void
play(const struct at *tests, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct conversation c = tests[i].c;

		c.turns = tests[i].turns;
		print_message("%s\n", tests[i].name);
		conversation_play(&c);
	}
}
#define PLAY(tests) play(tests, sizeof(tests) / sizeof((tests)[0]))

static const struct at followed[] = {
    {"PORT, nothing translated", UNTRANSLATED,
	{LOGIN,
	    {SL_ORIG, "PORT 192,168,88,10,200,13\r\n",
		.asks = ACTIVE("192.168.88.10:51213", "192.168.88.10:51213")
		    PORT_PAIR},
	    {SL_REPLY, "200 ok\r\n"}, {0}}},
    {"PORT shrinks", SRCNAT,
	{LOGIN,
	    {SL_ORIG, "PORT 192,168,88,10,200,13\r\n",
		.out = "PORT 198,51,100,1,239,29\r\n",
		.asks = ACTIVE("192.168.88.10:51213", "198.51.100.1:61213")
		    PORT_PAIR},
	    {0}}},
    {"PORT without case, LF only, blanks", SRCNAT,
	{LOGIN,
	    {SL_ORIG, "port  192,168,88,10,7,208 \n",
		.out = "port  198,51,100,1,46,224 \n",
		.asks = ACTIVE("192.168.88.10:2000", "198.51.100.1:12000")
		    PORT_PAIR},
	    {0}}},
    {"PORT names the address that the server knows", SRCNAT,
	{LOGIN,
	    {SL_ORIG, "PORT 198,51,100,1,7,208\r\n",
		.out = "PORT 198,51,100,1,46,224\r\n",
		.asks = ACTIVE("192.168.88.10:2000", "198.51.100.1:12000")
		    PORT_PAIR},
	    {0}}},
    {"PASV grows", DSTNAT,
	{LOGIN, {SL_ORIG, "PASV\r\n"},
	    {SL_REPLY, "227 Entering Passive Mode (10,0,0,5,200,13).\r\n",
		.out = "227 Entering Passive Mode "
		       "(203,0,113,5,196,37).\r\n",
		.asks =
		    PASSIVE("10.0.0.5:51213", "203.0.113.5:50213") PASV_PAIR},
	    {0}}},
    {"PASV names the public address", DSTNAT,
	{LOGIN, {SL_ORIG, "PASV\r\n"},
	    {SL_REPLY, "227 203,0,113,5,200,13\r\n",
		.out = "227 203,0,113,5,196,37\r\n",
		.asks =
		    PASSIVE("10.0.0.5:51213", "203.0.113.5:50213") PASV_PAIR},
	    {0}}},
    {"227 without parentheses, after other digits and commas", BOTH,
	{LOGIN, {SL_ORIG, "pasv \r\n"},
	    {SL_REPLY, "227 2nd mode, 5: =10,0,0,5,4,1 ok\r\n",
		.out = "227 2nd mode, 5: =203,0,113,5,43,17 ok\r\n",
		.asks =
		    PASSIVE("10.0.0.5:1025", "203.0.113.5:11025") PASV_PAIR},
	    {0}}},
    {"227 at the end of many lines", BOTH,
	{LOGIN, {SL_ORIG, "PASV\r\n"},
	    {SL_REPLY,
		"227-first 10,0,0,5,4,4\r\n 227 10,0,0,5,4,4\r\n"
		"227 now 10,0,0,5,4,1\r\n",
		.out = "227-first 10,0,0,5,4,4\r\n 227 10,0,0,5,4,4\r\n"
		       "227 now 203,0,113,5,43,17\r\n",
		.asks =
		    PASSIVE("10.0.0.5:1025", "203.0.113.5:11025") PASV_PAIR},
	    {0}}},
    {"EPSV, forms of its command", DSTNAT,
	{LOGIN, {SL_ORIG, "EPSV 1\r\n"},
	    {SL_REPLY, "229 Extended (Passive) (|||51213|)\r\n",
		.asks = "count malformed-replies\n"},
	    {SL_ORIG, "EPSV\r\n"},
	    {SL_REPLY, "229 Extended Passive (|||51213|)\r\n",
		.out = "229 Extended Passive (|||50213|)\r\n",
		.asks =
		    PASSIVE("10.0.0.5:51213", "203.0.113.5:50213") PASV_PAIR},
	    {0}}},
    {"EPSV ALL is answered by 200, EPSV 2 of IPv6 shrinks", SIX_BOTH,
	{LOGIN, {SL_ORIG, "EPSV ALL\r\nEPSV 2\r\n"},
	    {SL_REPLY, "200 all\r\n229 ok (!!!10005!)\r\n",
		.out = "200 all\r\n229 ok (!!!2005!)\r\n",
		.asks = PASSIVE("[fd00::5]:10005", "[2001:db8:2::5]:2005")
		    PASV_PAIR},
	    {0}}},
    {"EPRT of IPv4", SRCNAT,
	{LOGIN,
	    {SL_ORIG, "EPRT |1|192.168.88.10|6275|\r\n",
		.out = "EPRT |1|198.51.100.1|16275|\r\n",
		.asks = ACTIVE("192.168.88.10:6275", "198.51.100.1:16275")
		    PORT_PAIR},
	    {0}}},
    {"EPRT of IPv6 grows", SIX_BOTH,
	{LOGIN,
	    {SL_ORIG, "EPRT !2!2001:DB8:1::10!51213!\r\n",
		.out = "EPRT !2!2001:db8:ffff:ffff:ffff:ffff:ffff:1"
		       "!43213!\r\n",
		.asks = ACTIVE("[2001:db8:1::10]:51213",
		    "[2001:db8:ffff:ffff:ffff:ffff:ffff:1]:"
		    "43213") PORT_PAIR},
	    {0}}},
    {"EPRT and EPSV of IPv6 as they are", SIX,
	{LOGIN,
	    {SL_ORIG, "EPRT |2|2001:0db8:1:0:0::10|51213|\r\nEPSV\r\n",
		.asks = ACTIVE("[2001:db8:1::10]:51213",
		    "[2001:db8:1::10]:51213") PORT_PAIR},
	    {SL_REPLY, "200 ok\r\n229 (|||4000|)\r\n",
		.asks = PASSIVE("[2001:db8:2::5]:4000", "[2001:db8:2::5]:4000")
		    PASV_PAIR},
	    {0}}},
    {"a command after Telnet's interrupt", SRCNAT,
	{LOGIN,
	    {SL_ORIG,
		"\xff\xf4\xff\xf2"
		"ABOR\r\n\xff\xfb\x06"
		"PORT 192,168,88,10,7,208\r\n",
		.out = "\xff\xf4\xff\xf2"
		       "ABOR\r\n\xff\xfb\x06"
		       "PORT 198,51,100,1,46,224\r\n",
		.asks = ACTIVE("192.168.88.10:2000", "198.51.100.1:12000")
		    PORT_PAIR},
	    {0}}},
    {"commands sent ahead find their answers", DSTNAT,
	{{SL_REPLY, "120 soon\r\n"}, {SL_REPLY, "220-a\r\n220 b\r\n"},
	    {SL_ORIG, "USER a\r\nPASS b\r\nPASV\r\nRETR x\r\nPASV\r\n"
		      "EPSV\r\nNOOP\r\n"},
	    {SL_REPLY,
		"331 ok\r\n230-many\r\n227 10,0,0,5,4,1\r\n230 ok\r\n"
		"227 10,0,0,5,8,0\r\n150 a\r\n226 b\r\n500 no\r\n"
		"229 (|||5000|)\r\n200 ok\r\n",
		.out = "331 ok\r\n230-many\r\n227 10,0,0,5,4,1\r\n230 ok\r\n"
		       "227 203,0,113,5,4,24\r\n150 a\r\n226 b\r\n500 no\r\n"
		       "229 (|||4000|)\r\n200 ok\r\n",
		.asks = PASSIVE("10.0.0.5:2048", "203.0.113.5:1048") PASV_PAIR
		"withdraw 1\n" PASSIVE("10.0.0.5:5000", "203.0.113.5:4000")
		    PASV_PAIR},
	    {0}}},
    {"a PORT ends the one before; one sent ahead does not", SRCNAT,
	{LOGIN,
	    {SL_ORIG, "PORT 192,168,88,10,7,208\r\n",
		.out = "PORT 198,51,100,1,46,224\r\n",
		.asks = ACTIVE("192.168.88.10:2000", "198.51.100.1:12000")
		    PORT_PAIR},
	    {SL_REPLY, "200 ok\r\n"},
	    {SL_ORIG,
		"PORT 192,168,88,10,7,209\r\nRETR a\r\n"
		"PORT 192,168,88,10,7,210\r\n",
		.out = "PORT 198,51,100,1,46,225\r\nRETR a\r\n"
		       "PORT 198,51,100,1,46,226\r\n",
		.asks = "withdraw 2\n" ACTIVE("192.168.88.10:2001",
		    "198.51.100.1:12001") PORT_PAIR ACTIVE("192.168.88.10:2002",
		    "198.51.100.1:12002") PORT_PAIR},
	    {0}}},
    {"a reply too many does not take the place of 227", DSTNAT,
	{{SL_REPLY, "220 a\r\n220 b\r\n"}, {SL_ORIG, "USER a\r\nPASV\r\n"},
	    {SL_REPLY, "230 in\r\n230 really\r\n227 10,0,0,5,8,0\r\n",
		.out = "230 in\r\n230 really\r\n227 203,0,113,5,4,24\r\n",
		.asks = PASSIVE("10.0.0.5:2048", "203.0.113.5:1048") PASV_PAIR},
	    {0}}},
    {"loose: a third party, a low port",
	{.helper = "ftp",
	    .client = CLIENT,
	    .server = SERVER,
	    .options = "loose=yes"},
	{LOGIN,
	    {SL_ORIG, "PORT 192,0,2,9,0,20\r\n",
		.asks = ACTIVE("192.0.2.9:20",
		    "192.0.2.9:20") " third-party privileged" PORT_PAIR},
	    {0}}},
};

static void
connections_are_expected(void **state)
{
	(void)state;
	PLAY(followed);
}

#define TOLD(text, what)                                                       \
	{                                                                      \
		SL_ORIG, text "\r\n", .asks = "count " what "\n"               \
	}
#define BAD(text) TOLD(text, "malformed-commands")
#define ACCESS(at)                                                             \
	"expect data tcp reply " at " refused EACCES\ncount refused\n"

static const struct at untouched[] = {
    {"the bounce: another host, a low port", SRCNAT,
	{LOGIN,
	    {SL_ORIG, "PORT 192,168,88,11,8,0\r\n",
		.asks = ACCESS("192.168.88.11:2048")},
	    {SL_ORIG, "PORT 192,168,88,10,0,25\r\n",
		.asks = ACCESS("192.168.88.10:25")},
	    {SL_ORIG, "EPRT |1|203.0.113.5|2048|\r\n",
		.asks = ACCESS("203.0.113.5:2048")},
	    {0}}},
    {"PORT that is none", SRCNAT,
	{LOGIN, BAD("PORT"), BAD("PORT 192,168,88,10,8"),
	    BAD("PORT 192,168,88,10,8,256"), BAD("PORT 192,168,88,10,8,0,0"),
	    BAD("PORT 4294967488,168,88,10,8,0"), {0}}},
    {"PORT that is none, more", SRCNAT,
	{LOGIN, BAD("PORT 192.168.88.10,8,0"), BAD("PORT 192,168,88,10,8,0x"),
	    BAD("PORT (192,168,88,10,8,0)"),
	    {SL_ORIG, "PORT192,168,88,10,8,0\r\n"},
	    {SL_ORIG, "XPORT 192,168,88,10,8,0\r\n"},
	    {SL_ORIG, " PORT 192,168,88,10,8,0\r\n"}, {0}}},
    {"EPRT that is none", SRCNAT,
	{LOGIN, BAD("EPRT |2|192.168.88.10|6275|"),
	    BAD("EPRT |1|192.168.88.10|65536|"),
	    BAD("EPRT |1|192.168.88.10|6275"),
	    BAD("EPRT |1|192.168.88.10!6275|"),
	    BAD("EPRT |1|192.168.88.10x|6275|"),
	    BAD("EPRT |2|2001:db8::1|6275|"), {0}}},
    {"IPv4's own on IPv6", SIX,
	{LOGIN, BAD("PORT 192,168,88,10,8,0"), {SL_ORIG, "PASV\r\n"},
	    {SL_REPLY, "227 (10,0,0,5,8,0)\r\n",
		.asks = "count malformed-replies\n"},
	    {0}}},
    {"long addresses are not followed", SRCNAT,
	{LOGIN, {SL_ORIG, "LPRT 4,4,192,168,88,10,2,8,0\r\n"},
	    {SL_ORIG, "LPSV\r\n"},
	    {SL_REPLY,
		"228 Entering Long Passive Mode (4,4,203,0,113,5,2,8,0)\r\n"},
	    {0}}},
    {"replies that nobody asked for", DSTNAT,
	{LOGIN,
	    {SL_REPLY, "227 (10,0,0,5,8,0)\r\n",
		.asks = "count unasked-replies\n"},
	    {SL_ORIG, "EPSV\r\n"},
	    {SL_REPLY, "227 (10,0,0,5,8,0)\r\n",
		.asks = "count unasked-replies\n"},
	    {SL_REPLY, "550 no\r\n"},
	    {SL_REPLY, "229 (|||2048|)\r\n", .asks = "count unasked-replies\n"},
	    {0}}},
    {"227 that is none", DSTNAT,
	{LOGIN, {SL_ORIG, "PASV\r\nPASV\r\nPASV\r\n"},
	    {SL_REPLY, "227 10,0,0,5,8,0,1\r\n",
		.asks = "count malformed-replies\n"},
	    {SL_REPLY, "227 1, 10,0,0,5,8,0\r\n",
		.asks = "count malformed-replies\n"},
	    {SL_REPLY, "227 10,0,0,5,8,0x\r\n",
		.out = "227 203,0,113,5,4,24x\r\n",
		.asks = PASSIVE("10.0.0.5:2048", "203.0.113.5:1048") PASV_PAIR},
	    {0}}},
    {"227 of another host", DSTNAT,
	{LOGIN, {SL_ORIG, "PASV\r\n"},
	    {SL_REPLY, "227 (10,0,0,6,8,0)\r\n",
		.asks = "expect data tcp orig 10.0.0.6:2048 refused EACCES\n"
			"count refused\n"},
	    {0}}},
    {"a server's PORT", DSTNAT,
	{LOGIN, {SL_REPLY, "PORT 10,0,0,5,8,0\r\n"},
	    {SL_REPLY, "200 PORT 10,0,0,5,8,0\r\n"}, {0}}},
    {"nothing is believed before 220", SRCNAT,
	{{SL_REPLY, "120 wait\r\n"}, {SL_ORIG, "USER a\r\n"},
	    {SL_ORIG, "PORT 192,168,88,10,8,0\r\n"}, {SL_REPLY, "421 no\r\n"},
	    {SL_ORIG, "PORT 192,168,88,10,8,0\r\n"}, {0}}},
    {"nine PORT sent ahead", SRCNAT,
	{LOGIN, {SL_ORIG, "NOOP\r\n"},
	    {SL_ORIG,
		"PORT 192,168,88,10,4,1\r\nPORT 192,168,88,10,4,2\r\n"
		"PORT 192,168,88,10,4,3\r\nPORT 192,168,88,10,4,4\r\n",
		.out = "PORT 198,51,100,1,43,17\r\n"
		       "PORT 198,51,100,1,43,18\r\n"
		       "PORT 198,51,100,1,43,19\r\n"
		       "PORT 198,51,100,1,43,20\r\n",
		.asks = ACTIVE("192.168.88.10:1025",
		    "198.51.100.1:11025") PORT_PAIR ACTIVE("192.168.88.10:1026",
		    "198.51.100.1:11026") PORT_PAIR ACTIVE("192.168.88.10:1027",
		    "198.51.100.1:11027") PORT_PAIR ACTIVE("192.168.88.10:1028",
		    "198.51.100.1:11028") PORT_PAIR},
	    {SL_ORIG,
		"PORT 192,168,88,10,4,5\r\nPORT 192,168,88,10,4,6\r\n"
		"PORT 192,168,88,10,4,7\r\nPORT 192,168,88,10,4,8\r\n",
		.out = "PORT 198,51,100,1,43,21\r\n"
		       "PORT 198,51,100,1,43,22\r\n"
		       "PORT 198,51,100,1,43,23\r\n"
		       "PORT 198,51,100,1,43,24\r\n",
		.asks = ACTIVE("192.168.88.10:1029",
		    "198.51.100.1:11029") PORT_PAIR ACTIVE("192.168.88.10:1030",
		    "198.51.100.1:11030") PORT_PAIR ACTIVE("192.168.88.10:1031",
		    "198.51.100.1:11031") PORT_PAIR ACTIVE("192.168.88.10:1032",
		    "198.51.100.1:11032") PORT_PAIR},
	    {SL_ORIG, "PORT 192,168,88,10,4,9\r\n",
		.asks = "expect data tcp reply 192.168.88.10:1033 "
			"refused ENOBUFS\ncount refused\n"},
	    {0}}},
};

static void
the_rest_passes_untouched(void **state)
{
	(void)state;
	PLAY(untouched);
}

#define GONE(dir, text, what)                                                  \
	{                                                                      \
		dir, text, .asks = "count " what "\n",                         \
			   .verdict = SL_HELP_DETACH                           \
	}
#define AFTER(dir, text)                                                       \
	{                                                                      \
		dir, text, .verdict = SL_HELP_DETACH                           \
	}

static const struct at detached[] = {
    {"HTTP at the port", SRCNAT,
	{GONE(SL_ORIG, "POST / HTTP/1.1\r\n\r\nPORT 192,168,88,10,8,0\r\n",
	     "not-ftp"),
	    AFTER(SL_ORIG, "PORT 192,168,88,10,8,0\r\n"), {0}}},
    {"HTTP after a greeting", SRCNAT,
	{{SL_REPLY, "220 hello\r\n"}, GONE(SL_ORIG, "GET / HT", "not-ftp"),
	    AFTER(SL_ORIG, "PORT 192,168,88,10,8,0\r\n"), {0}}},
    {"HTTP with a method of the attacker's choice", SRCNAT,
	{{SL_REPLY, "220 hello\r\n"}, {SL_ORIG, "USER / HTTP/1.1\r\n"},
	    GONE(SL_ORIG, "Host: a\r\n", "not-ftp"), {0}}},
    {"TLS from the start", SRCNAT,
	{GONE(SL_ORIG, "\x16\x03\x01", "not-ftp"), {0}}},
    {"a server that is none", SRCNAT,
	{GONE(SL_REPLY, "HTTP/1.1 400 Bad Request\r\n", "not-ftp"), {0}}},
    {"a greeting that is none", SRCNAT,
	{GONE(SL_REPLY, "200 hello\r\n", "not-ftp"), {0}}},
    {"AUTH TLS", SRCNAT,
	{{SL_REPLY, "220 ready\r\n"}, {SL_ORIG, "AUTH TLS\r\n"},
	    GONE(SL_REPLY, "234 go on\r\n", "encrypted"),
	    AFTER(SL_ORIG, "PORT 192,168,88,10,8,0\r\n"), {0}}},
    {"AUTH SSL after USER", SRCNAT,
	{LOGIN, {SL_ORIG, "auth ssl\r\n"},
	    GONE(SL_REPLY, "234-go\r\n234 on\r\n", "encrypted"), {0}}},
    {"picked up in its middle, by the client", SRCNAT,
	{{SL_ORIG, "a\r\nPORT 192,168,88,10,8,0\r\n", .asks = "count not-ftp\n",
	     .verdict = SL_HELP_DETACH, .flags = SL_CALL_CUT},
	    {0}}},
    {"picked up in its middle, by the server", SRCNAT,
	{{SL_REPLY, "0 ok\r\n", .asks = "count not-ftp\n",
	     .verdict = SL_HELP_DETACH, .flags = SL_CALL_CUT},
	    {0}}},
};

static void
what_is_not_ftp_is_let_go(void **state)
{
	(void)state;
	PLAY(detached);
}

#define HUNDRED                                                                \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct at cut[] = {
    {"AUTH that was refused", SRCNAT,
	{{SL_REPLY, "220 ready\r\n"}, {SL_ORIG, "AUTH TLS\r\n"},
	    {SL_REPLY, "502 no\r\n"}, {SL_REPLY, "234 unasked\r\n"},
	    {SL_ORIG, "PORT 192,168,88,10,7,208\r\n",
		.out = "PORT 198,51,100,1,46,224\r\n",
		.asks = ACTIVE("192.168.88.10:2000", "198.51.100.1:12000")
		    PORT_PAIR},
	    {0}}},
    {"only what may be an address is held back", SRCNAT,
	{LOGIN, {SL_ORIG, "PO", .out = BYTES("")},
	    {SL_ORIG, "RT 192,168,88,10", .out = BYTES("")},
	    {SL_ORIG, ",7,208\r\nRETR fi",
		.out = "PORT 198,51,100,1,46,224\r\nRETR fi",
		.asks = ACTIVE("192.168.88.10:2000", "198.51.100.1:12000")
		    PORT_PAIR},
	    {SL_ORIG, "le\r\n"}, {SL_REPLY, "2", .out = BYTES("")},
	    {SL_REPLY, "00 many words", .out = "200 many words"}, {0}}},
    {"a PORT longer than all that is held, then a good one", SRCNAT,
	{LOGIN,
	    {SL_ORIG, "PORT " HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED},
	    {SL_ORIG, "PORT 192,168,88,10,8,0\r\n"},
	    {SL_ORIG, "PORT 192,168,88,10,7,208\r\n",
		.out = "PORT 198,51,100,1,46,224\r\n",
		.asks = ACTIVE("192.168.88.10:2000", "198.51.100.1:12000")
		    PORT_PAIR},
	    {0}}},
    {"a 227 longer than all that is held answers nothing", DSTNAT,
	{LOGIN, {SL_ORIG, "PASV\r\n"},
	    {SL_REPLY, "227 " HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED},
	    {SL_REPLY, "\r\n227 10,0,0,5,8,0\r\n",
		.asks = "count unasked-replies\n"},
	    {0}}},
    {"the end without a line's end", SRCNAT,
	{LOGIN, {SL_ORIG, "PORT 192,168,88,10,8,0", .flags = SL_CALL_LAST},
	    {0}}},
};

static void
parts_of_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		struct conversation c = cut[i].c;

		c.turns = cut[i].turns;
		print_message("%s\n", cut[i].name);
		conversation_play_whole(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(connections_are_expected),
	    cmocka_unit_test(the_rest_passes_untouched),
	    cmocka_unit_test(what_is_not_ftp_is_let_go),
	    cmocka_unit_test(parts_of_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
