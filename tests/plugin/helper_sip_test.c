/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIP on paper.  Messages are written with plain line ends, '#' where the length
 * of the body that follows belongs, and '~' before each message after the first
 * of a turn; dress() makes what goes over the wire of them.
 */
#include "conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <cmocka.h>

enum { TURNS_MAX = 16 };

static uint32_t
body_len(const char *headers)
{
	const char *end = headers + strcspn(headers, "~");
	const char *empty = strstr(headers, "\n\n");
	uint32_t n = 0;

	if (!empty || empty > end)
		return 0;
	for (const char *p = empty + 2; p < end; p++)
		n += *p == '\n' ? 2 : 1;
	return n;
}

static char *
dress(const char *text)
{
	char *wire = malloc(2 * strlen(text) + 64), *to = wire;

	assert_non_null(wire);
	for (const char *p = text; *p; p++) {
		if (*p == '#')
			to += sprintf(to, "%u", body_len(p));
		else if (*p == '\n')
			to += sprintf(to, "\r\n");
		else if (*p != '~')
			*to++ = *p;
	}
	*to = '\0';
	return wire;
}

static void
play(struct conversation c)
{
	struct conversation_turn turns[TURNS_MAX + 1] = {{0}};
	unsigned n = 0;

	for (; c.turns[n].in; n++) {
		assert_true(n < TURNS_MAX);
		turns[n] = c.turns[n];
		if (!turns[n].in_len)
			turns[n].in = dress(turns[n].in);
		if (turns[n].out && !turns[n].out_len)
			turns[n].out = dress(turns[n].out);
	}
	c.helper = "sip";
	c.turns = turns;
	if (c.l4proto == IPPROTO_TCP)
		conversation_play(&c);
	else
		conversation_play_whole(&c);
	for (unsigned i = 0; i < n; i++) {
		if (turns[i].in && turns[i].in_len == 0)
			free((void *)(uintptr_t)turns[i].in);
		if (turns[i].out && turns[i].out_len == 0)
			free((void *)(uintptr_t)turns[i].out);
	}
}

/* A phone behind masquerade, and its provider. */
#define PHONE                                                                  \
	.client = "192.168.88.10:5060", .client_seen = "203.0.113.1:1027",     \
	.server = "198.51.100.2:5060", .id_shift = 10

#define MESSAGE "keep 3600000\ncount messages\n"

static void
registers_over_udp(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		"REGISTER sip:198.51.100.2 SIP/2.0\n"
		"Via: SIP/2.0/UDP 192.168.88.10:5060;branch=z9hG4bK1;rport\n"
		"From: \"A\" <sip:a@198.51.100.2>;tag=1\n"
		"To: sip:a@198.51.100.2\n"
		"Contact: \"A, at home\" <sip:a@192.168.88.10:5060;ob>;q=1,\n"
		" <sip:a@192.0.2.7:5060>, <sip:a@192.168.88.10:5070>\n"
		"Call-ID: r1\nCSeq: 1 REGISTER\nExpires: 600\n"
		"Content-Length: 0\n\n",
		.out =
		    "REGISTER sip:198.51.100.2 SIP/2.0\n"
		    "Via: SIP/2.0/UDP 203.0.113.1:1027;branch=z9hG4bK1;rport\n"
		    "From: \"A\" <sip:a@198.51.100.2>;tag=1\n"
		    "To: sip:a@198.51.100.2\n"
		    "Contact: \"A, at home\" <sip:a@203.0.113.1:1027;ob>;q=1,\n"
		    " <sip:a@192.0.2.7:5060>, <sip:a@203.0.113.1:5080>\n"
		    "Call-ID: r1\nCSeq: 1 REGISTER\nExpires: 600\n"
		    "Content-Length: 0\n\n",
		.asks = "keep 3600000\n"
			"expect signalling udp reply 192.168.88.10:5060 seen "
			"203.0.113.1:1027 keep pair 1 for 600000 helper sip\n"
			"expect signalling udp reply 192.168.88.10:5070 seen "
			"203.0.113.1:5080 keep pair 2 for 600000 helper sip\n"
			"count messages\n"},
	    /* received and rport come back as the phone knows itself */
	    {SL_REPLY,
		"SIP/2.0 200 OK\n"
		"v: SIP/2.0/UDP "
		"203.0.113.1:1027;branch=z9hG4bK1;received=203.0.113.1;"
		"rport=1027\n"
		"f: \"A\" <sip:a@198.51.100.2>;tag=1\n"
		"t: sip:a@198.51.100.2;tag=2\n"
		"m: <sip:a@203.0.113.1:1027>;expires=600\n"
		"m: <sip:a@203.0.113.1:5080>;expires=600\n"
		"m: <sip:b@203.0.113.1:1028>;expires=600\n"
		"i: r1\nCSeq: 1 REGISTER\nl: 0\n\n",
		.out =
		    "SIP/2.0 200 OK\n"
		    "v: SIP/2.0/UDP "
		    "192.168.88.10:5060;branch=z9hG4bK1;received=192.168.88.10;"
		    "rport=5060\n"
		    "f: \"A\" <sip:a@198.51.100.2>;tag=1\n"
		    "t: sip:a@198.51.100.2;tag=2\n"
		    "m: <sip:a@192.168.88.10:5060>;expires=600\n"
		    "m: <sip:a@192.168.88.10:5070>;expires=600\n"
		    "m: <sip:b@203.0.113.1:1028>;expires=600\n"
		    "i: r1\nCSeq: 1 REGISTER\nl: 0\n\n",
		.asks = MESSAGE},
	    /* somebody calls */
	    {SL_REPLY,
		"INVITE sip:a@203.0.113.1:5080;ob SIP/2.0\n"
		"Via: SIP/2.0/UDP 198.51.100.2:5060;branch=z9hG4bK2\n"
		"From: sip:b@203.0.113.1;tag=3\nTo: <sip:a@203.0.113.1>\n"
		"Call-ID: c1\nCSeq: 1 INVITE\n\n",
		.out =
		    "INVITE sip:a@192.168.88.10:5070;ob SIP/2.0\n"
		    "Via: SIP/2.0/UDP 198.51.100.2:5060;branch=z9hG4bK2\n"
		    "From: sip:b@203.0.113.1;tag=3\nTo: <sip:a@192.168.88.10>\n"
		    "Call-ID: c1\nCSeq: 1 INVITE\n\n",
		.asks = MESSAGE},
	    {SL_ORIG,
		"REGISTER sip:198.51.100.2 SIP/2.0\n"
		"Via: SIP/2.0/UDP 192.168.88.10;branch=z9hG4bK4\n"
		"Contact: <sip:a@192.168.88.10:5070>;expires=0\n"
		"Call-ID: r1\nCSeq: 2 REGISTER\n\n",
		/* the host alone: its port is the connection's */
		.out = "REGISTER sip:198.51.100.2 SIP/2.0\n"
		       "Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bK4\n"
		       "Contact: <sip:a@203.0.113.1:5080>;expires=0\n"
		       "Call-ID: r1\nCSeq: 2 REGISTER\n\n",
		.asks = "keep 3600000\nwithdraw 2\ncount messages\n"},
	    {SL_ORIG,
		"REGISTER sip:198.51.100.2 SIP/2.0\n"
		"Contact: *\nExpires: 0\n"
		"Call-ID: r1\nCSeq: 3 REGISTER\n\n",
		.asks = "keep 3600000\nwithdraw 1\ncount messages\n"},
	    {SL_ORIG, "\n\n"},
	    {0},
	};

	(void)state;
	play((struct conversation){PHONE, .turns = turns});
}

#define INVITE_HEAD(via, contact)                                              \
	"INVITE sip:b@198.51.100.2 SIP/2.0\n"                                  \
	"Via: SIP/2.0/UDP " via ";branch=z9hG4bK1\n"                           \
	"From: <sip:a@198.51.100.2>;tag=1\nTo: <sip:b@198.51.100.2>\n"         \
	"Call-ID: c1\nCSeq: 1 INVITE\nContact: <sip:a@" contact ">\n"          \
	"Content-Type: application/sdp\nContent-Length: #\n\n"
#define INVITE_IN  INVITE_HEAD("192.168.88.10:5060", "192.168.88.10:5060")
#define INVITE_OUT INVITE_HEAD("203.0.113.1:1027", "203.0.113.1:1027")

#define ANSWER_HEAD(status, via)                                               \
	"SIP/2.0 " status "\nVia: SIP/2.0/UDP " via ";branch=z9hG4bK1\n"       \
	"From: <sip:a@198.51.100.2>;tag=1\n"                                   \
	"To: <sip:b@198.51.100.2>;tag=2\n"                                     \
	"Call-ID: c1\nCSeq: 1 INVITE\nContact: <sip:198.51.100.2>\n"           \
	"Content-Type: application/sdp\nContent-Length: #\n\n"
#define ANSWER_IN(status)  ANSWER_HEAD(status, "203.0.113.1:1027")
#define ANSWER_OUT(status) ANSWER_HEAD(status, "192.168.88.10:5060")

static void
calls_and_hangs_up(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		INVITE_IN "v=0\no=a 1 1 IN IP4 192.168.88.10\ns=-\n"
			  "c=IN IP4 192.168.88.10\nt=0 0\n"
			  "m=audio 4000 RTP/AVP 0 8\na=rtcp:4001\n"
			  "m=video 4002 RTP/AVP 31\na=rtcp:4010\n"
			  "m=image 4004 udptl t38\n"
			  "m=message 9 TCP/MSRP *\n"
			  "m=text 0 RTP/AVP 98\n",
		.out = INVITE_OUT "v=0\no=a 1 1 IN IP4 203.0.113.1\ns=-\n"
				  "c=IN IP4 203.0.113.1\nt=0 0\n"
				  "m=audio 4010 RTP/AVP 0 8\na=rtcp:4011\n"
				  "m=video 4012 RTP/AVP 31\na=rtcp:4020\n"
				  "m=image 4014 udptl t38\n"
				  "m=message 9 TCP/MSRP *\n"
				  "m=text 0 RTP/AVP 98\n",
		.asks =
		    "keep 3600000\n"
		    "expect media udp reply 192.168.88.10:4000 seen "
		    "203.0.113.1:4010 x2 keep even pair 1 for 3600000\n"
		    "expect media udp reply 192.168.88.10:4002 seen "
		    "203.0.113.1:4012 keep pair 1 for 3600000\n"
		    "expect media udp reply 192.168.88.10:4010 seen "
		    "203.0.113.1:4020 keep pair 1 for 3600000\n"
		    "expect media udp reply 192.168.88.10:4004 seen "
		    "203.0.113.1:4014 keep pair 1 for 3600000\n"
		    "expect media tcp reply 192.168.88.10:9 refused EACCES\n"
		    "count refused-addresses\n"
		    "count messages\n"},
	    {SL_REPLY,
		ANSWER_IN("183 Session Progress") "v=0\n"
						  "c=IN IP4 198.51.100.2\n"
						  "m=audio 6001 RTP/AVP 0\n",
		.out = ANSWER_OUT(
		    "183 Session Progress") "v=0\n"
					    "c=IN IP4 198.51.100.2\n"
					    "m=audio 6001 RTP/AVP 0\n",
		.asks = "keep 3600000\n"
			"expect media udp orig 198.51.100.2:6001 seen "
			"198.51.100.2:6001 x2 keep pair 2 for 3600000\n"
			"count messages\n"},
	    /* said again: renewed */
	    {SL_REPLY,
		ANSWER_IN("200 OK") "v=0\nc=IN IP4 198.51.100.2\n"
				    "m=audio 6001 RTP/AVP 0\n",
		.out = ANSWER_OUT("200 OK") "v=0\nc=IN IP4 198.51.100.2\n"
					    "m=audio 6001 RTP/AVP 0\n",
		.asks = "keep 3600000\n"
			"expect media udp orig 198.51.100.2:6001 seen "
			"198.51.100.2:6001 x2 keep pair 2 for 3600000\n"
			"count messages\n"},
	    /* hold, the old way: nothing new, nothing withdrawn */
	    {SL_ORIG,
		INVITE_IN "v=0\nc=IN IP4 0.0.0.0\nm=audio 4000 RTP/AVP 0\n",
		.out = INVITE_OUT
		"v=0\nc=IN IP4 0.0.0.0\nm=audio 4000 RTP/AVP 0\n",
		.asks = MESSAGE},
	    /* another port, of the same pair */
	    {SL_ORIG,
		INVITE_IN "v=0\nm=audio 4008 RTP/AVP 0\n"
			  "c=IN IP4 192.168.88.10\na=sendonly\n",
		.out = INVITE_OUT "v=0\nm=audio 4018 RTP/AVP 0\n"
				  "c=IN IP4 203.0.113.1\na=sendonly\n",
		.asks = "keep 3600000\n"
			"expect media udp reply 192.168.88.10:4008 seen "
			"203.0.113.1:4018 x2 keep even pair 1 for 3600000\n"
			"count messages\n"},
	    {SL_REPLY,
		"BYE sip:a@203.0.113.1:1027 SIP/2.0\nCall-ID: c1\n"
		"CSeq: 7 BYE\nContent-Length: 0\n\n",
		.out = "BYE sip:a@192.168.88.10:5060 SIP/2.0\nCall-ID: c1\n"
		       "CSeq: 7 BYE\nContent-Length: 0\n\n",
		.asks = "keep 3600000\nwithdraw 1\nwithdraw 2\n"
			"count messages\n"},
	    {0},
	};

	(void)state;
	play((struct conversation){PHONE, .turns = turns});
}

/* Refused, cancelled; and with descriptions that expect nothing. */
static void
calls_that_fail(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		INVITE_IN "v=0\nc=IN IP4 192.168.88.10\n"
			  "m=audio 4000 RTP/AVP 0\n",
		.out = INVITE_OUT "v=0\nc=IN IP4 203.0.113.1\n"
				  "m=audio 4010 RTP/AVP 0\n",
		.asks = "keep 3600000\n"
			"expect media udp reply 192.168.88.10:4000 seen "
			"203.0.113.1:4010 x2 keep even pair 1 for 3600000\n"
			"count messages\n"},
	    {SL_REPLY,
		ANSWER_IN("486 Busy Here") "v=0\nc=IN IP4 198.51.100.2\n"
					   "m=audio 6000 RTP/AVP 0\n",
		.out =
		    ANSWER_OUT("486 Busy Here") "v=0\nc=IN IP4 198.51.100.2\n"
						"m=audio 6000 RTP/AVP 0\n",
		.asks = "keep 3600000\nwithdraw 1\ncount messages\n"},
	    /* another's address, and a port that nobody may open */
	    {SL_ORIG,
		INVITE_IN "v=0\nc=IN IP4 192.168.88.11\n"
			  "m=audio 4000 RTP/AVP 0\n"
			  "m=audio 22 RTP/AVP 0\nc=IN IP4 192.168.88.10\n",
		.out =
		    INVITE_OUT "v=0\nc=IN IP4 192.168.88.11\n"
			       "m=audio 4000 RTP/AVP 0\n"
			       "m=audio 22 RTP/AVP 0\nc=IN IP4 203.0.113.1\n",
		.asks = "keep 3600000\ncount media-of-others\n"
			"expect media udp reply 192.168.88.10:22 refused "
			"EACCES\ncount refused-addresses\ncount messages\n"},
	    {SL_ORIG,
		"CANCEL sip:b@198.51.100.2 SIP/2.0\nCall-ID: c1\n"
		"CSeq: 1 CANCEL\n\n",
		.asks = "keep 3600000\nwithdraw 2\ncount messages\n"},
	    {0},
	};

	(void)state;
	play((struct conversation){PHONE, .turns = turns});
}

/* sip-direct-media=no: whatever is announced, from anywhere. */
static void
media_of_others(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		INVITE_IN "v=0\nc=IN IP4 192.168.88.11\n"
			  "m=audio 4000 RTP/AVP 0\n",
		.out = INVITE_OUT "v=0\nc=IN IP4 203.0.113.1\n"
				  "m=audio 4010 RTP/AVP 0\n",
		.asks = "keep 120000\n"
			"expect media udp reply 192.168.88.11:4000 seen "
			"203.0.113.1:4010 x2 keep third-party even from "
			"0.0.0.0/0 pair 1 for 120000\ncount messages\n"},
	    {0},
	};

	(void)state;
	play((struct conversation){PHONE,
	    .options = "sip-direct-media=no sip-timeout=2m", .turns = turns});
}

/* TCP: two messages in a segment, blanks between, a Contact to listen at. */
static void
stream_of_messages(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		"\n\nREGISTER sip:198.51.100.2 SIP/2.0\n"
		"Via: SIP/2.0/TCP 192.168.88.10:5060;branch=z9hG4bK1\n"
		"Contact: <sip:a@192.168.88.10:5060;transport=TCP>\n"
		"Call-ID: r1\nCSeq: 1 REGISTER\nContent-Length: 0\n\n"
		"\n\n~" INVITE_HEAD("192.168.88.10:5060",
		    "192.168.88.10:5060") "v=0\nc=IN IP4 192.168.88.10\n"
					  "m=audio 4000 RTP/AVP 0\n"
					  "~\n\n",
		.out = "\n\nREGISTER sip:198.51.100.2 SIP/2.0\n"
		       "Via: SIP/2.0/TCP 203.0.113.1:5060;branch=z9hG4bK1\n"
		       "Contact: <sip:a@203.0.113.1:5070;transport=TCP>\n"
		       "Call-ID: r1\nCSeq: 1 REGISTER\nContent-Length: 0\n\n"
		       "\n\n~" INVITE_HEAD("203.0.113.1:5070",
			   "203.0.113.1:5070") "v=0\nc=IN IP4 203.0.113.1\n"
					       "m=audio 4010 RTP/AVP 0\n"
					       "~\n\n",
		.asks = "expect signalling tcp reply 192.168.88.10:5060 seen "
			"203.0.113.1:5070 keep pair 1 for 3600000 helper sip\n"
			"count messages\n"
			"expect signalling tcp reply 192.168.88.10:5060 seen "
			"203.0.113.1:5070 keep pair 1 for 3600000 helper sip\n"
			"expect media udp reply 192.168.88.10:4000 seen "
			"203.0.113.1:4010 x2 keep even pair 2 for 3600000\n"
			"count messages\n"},
	    {SL_REPLY,
		"SIP/2.0 200 OK\n"
		"Via: SIP/2.0/TCP 203.0.113.1:5060;branch=z9hG4bK1\n"
		"Contact: <sip:a@203.0.113.1:5070;transport=TCP>\n"
		"Call-ID: r1\nCSeq: 1 REGISTER\nContent-Length:\n 0\n\n",
		.out = "SIP/2.0 200 OK\n"
		       "Via: SIP/2.0/TCP 192.168.88.10:5060;branch=z9hG4bK1\n"
		       "Contact: <sip:a@192.168.88.10:5060;transport=TCP>\n"
		       "Call-ID: r1\nCSeq: 1 REGISTER\nContent-Length:\n 0\n\n",
		.asks = "count messages\n"},
	    {0},
	};

	(void)state;
	play((struct conversation){.client = "192.168.88.10:41000",
	    .client_seen = "203.0.113.1:41000",
	    .server = "198.51.100.2:5060",
	    .l4proto = IPPROTO_TCP,
	    .id_shift = 10,
	    .turns = turns});
}

/* A server behind dst-nat, IPv6 spelled in several ways. */
static void
server_behind_dstnat_v6(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG,
		"INVITE sips:b@[2001:DB8::1]:5061 SIP/2.0\n"
		"Via: SIP/2.0/UDP [2001:db8:9::9]:5060\n"
		"To: <sip:b@[2001:db8:0::1]>\n"
		"Route: <sip:[2001:db8::1]:5061;lr>\n"
		"Call-ID: c6\nCSeq: 1 INVITE\n"
		"Content-Type: application/sdp;x=y\nContent-Length: #\n\n"
		"v=0\no=- 1 1 IN IP6 2001:db8:9::9\n"
		"c=IN IP6 2001:db8:9:0:0::9\nm=audio 4000/2 RTP/SAVP 0\n",
		.out =
		    "INVITE sips:b@[fd00::5]:5062 SIP/2.0\n"
		    "Via: SIP/2.0/UDP [2001:db8:9::9]:5060\n"
		    "To: <sip:b@[fd00::5]>\n"
		    "Route: <sip:[fd00::5]:5062;lr>\n"
		    "Call-ID: c6\nCSeq: 1 INVITE\n"
		    "Content-Type: application/sdp;x=y\nContent-Length: #\n\n"
		    "v=0\no=- 1 1 IN IP6 2001:db8:9::9\n"
		    "c=IN IP6 2001:db8:9:0:0::9\nm=audio 4000/2 RTP/SAVP 0\n",
		.asks = "keep 3600000\n"
			"expect media udp reply [2001:db8:9::9]:4000 seen "
			"[2001:db8:9::9]:4000 x4 keep even pair 1 for "
			"3600000\ncount messages\n"},
	    {SL_REPLY,
		"SIP/2.0 200 OK\nVia: SIP/2.0/UDP [2001:db8:9::9]:5060\n"
		"Record-Route: <sip:[fd00::5]:5062;lr>\n"
		"To: <sip:b@[fd00::5]>;tag=1\nContact: sip:[fd00::5]:5062\n"
		"Call-ID: c6\nCSeq: 1 INVITE\n"
		"Content-Type: application/sdp\nContent-Length: #\n\n"
		"v=0\nc=IN IP6 fd00::5\nm=audio 6000 RTP/SAVP 0\n",
		.out = "SIP/2.0 200 OK\nVia: SIP/2.0/UDP [2001:db8:9::9]:5060\n"
		       "Record-Route: <sip:[2001:db8::1]:5061;lr>\n"
		       "To: <sip:b@[2001:db8::1]>;tag=1\n"
		       "Contact: sip:[2001:db8::1]:5061\n"
		       "Call-ID: c6\nCSeq: 1 INVITE\n"
		       "Content-Type: application/sdp\nContent-Length: #\n\n"
		       "v=0\nc=IN IP6 2001:db8::1\nm=audio 6010 RTP/SAVP 0\n",
		.asks = "keep 3600000\n"
			"expect media udp orig [fd00::5]:6000 seen "
			"[2001:db8::1]:6010 x2 keep even pair 2 for 3600000\n"
			"count messages\n"},
	    {0},
	};

	(void)state;
	play((struct conversation){.client = "[2001:db8:9::9]:5060",
	    .server = "[fd00::5]:5062",
	    .server_seen = "[2001:db8::1]:5061",
	    .id_shift = 10,
	    .turns = turns});
}

#define MALFORMED(text)                                                        \
	{                                                                      \
		SL_ORIG, text, .asks = "count malformed-datagrams\n"           \
	}

static void
datagrams_that_are_none(void **state)
{
	static const struct conversation_turn turns[] = {
	    MALFORMED("GET / HTTP/1.1\n\n"),
	    MALFORMED("INVITE sip:b@198.51.100.2 SIP/3.0\n\n"),
	    MALFORMED("INVITE sip:b@198.51.100.2\n\n"),
	    MALFORMED("SIP/2.0 99 Low\n\n"),
	    MALFORMED("SIP/2.0 700 High\n\n"),
	    MALFORMED("INVITE sip:b@198.51.100.2 SIP/2.0\n"
		      "Contact: <sip:a@192.168.88.10>\n"),
	    MALFORMED("INVITE sip:b@198.51.100.2 SIP/2.0\n"
		      "Content-Length: 1\n\n"),
	    MALFORMED("INVITE sip:b@198.51.100.2 SIP/2.0\n"
		      "Content-Length: 0\nl: 1\n\n "),
	    MALFORMED("INVITE sip:b@198.51.100.2 SIP/2.0\n"
		      "Content-Length: 4294967296\n\n"),
	    MALFORMED("INVITE sip:b@198.51.100.2 SIP/2.0\n"
		      "Content-Length: -1\n\n"),
	    /* and messages with nothing in them that can be read */
	    {SL_ORIG,
		"INVITE sip:b@198.51.100.2 SIP/2.0\n"
		"Via\nVia: SIP/2.0\nVia: \nContact: \"open <sip:a@192.168.88."
		"10\nContact: <sip:a@192.168.88.10\nContact: sip:@\n"
		"Contact: <sip:a@192.168.88.10:99999>\n"
		"Contact: <sip:a@192.168.88.10.example>\n"
		"From: <>;tag\nTo: ,,,\nRoute: ;;;\nContact:\n\n",
		.asks = MESSAGE},
	    {SL_ORIG,
		INVITE_HEAD("x", "y") "v=0\nc=IN IP4\nc=IN IP6 ::1\n"
				      "o=\no=a b\nm=\nm=audio\n"
				      "m=audio x RTP/AVP 0\n"
				      "m=audio 70000 RTP/AVP 0\n"
				      "m=audio 4000\nm=audio 4000/0 RTP/AVP\n"
				      "m=audio 4000/99 RTP/AVP 0\n"
				      "a=rtcp:\na=rtcp:x\nc=",
		.asks = MESSAGE},
	    /* one medium too many, in a body without a length */
	    {SL_ORIG,
		"INVITE sip:b@198.51.100.2 SIP/2.0\nCall-ID: m\n"
		"Content-Type: application/sdp\n\nc=IN IP4 192.168.88.10\n"
		"m=a 4000 udp\nm=a 4000 udp\nm=a 4000 udp\nm=a 4000 udp\n"
		"m=a 4000 udp\nm=a 4000 udp\nm=a 4000 udp\nm=a 4000 udp\n"
		"m=a 4000 udp\n",
		.asks = "keep 3600000\ncount too-many-media\n"
			"count messages\n"},
	    {0},
	};

	(void)state;
	play((struct conversation){PHONE, .turns = turns});
}

static void
is_let_go(const char *first, const char *why)
{
	char asks[64];
	const struct conversation_turn turns[] = {
	    {SL_ORIG, first, .asks = asks, .verdict = SL_HELP_DETACH},
	    {SL_ORIG,
		"REGISTER sip:x SIP/2.0\nContact: <sip:a@192.168.88.10>\n"
		"Content-Length: 0\n\n",
		.verdict = SL_HELP_DETACH},
	    {0},
	};

	snprintf(asks, sizeof(asks), "count %s\n", why);
	play((struct conversation){
	    PHONE, .l4proto = IPPROTO_TCP, .turns = turns});
}

/* What a browser can be made to send to the port, and worse. */
static void
streams_that_are_none(void **state)
{
	static const char *const firsts[] = {
	    "POST / HTTP/1.1\nHost: x\n\n"
	    "REGISTER sip:x SIP/2.0\nContact: <sip:a@192.168.88.10>\n\n",
	    "POST http://198.51.100.2:5060/ HTTP/1.1\n",
	    "POST sip:x HTTP/1.1\n\n",
	    "\x16\x03\x01",
	    " INVITE",
	    "invite sip:b@198.51.100.2 SIP/2.0\n",
	    "INVITE sip:x SIP/2.0\nContent-Length: 9999999\n\n",
	    "INVITE sip:x SIP/2.0\nContent-Length: 1\nl: 2\n\n",
	    "AAAAAAAAAAAAAAAAAAAA",
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
		is_let_go(firsts[i], "streams-not-sip");
}

/* A body that cannot be held passes; what follows it is read. */
static void
body_too_long(void **state)
{
	static char long_one[70000], rest[40001];
	static const char head[] = "MESSAGE sip:b@198.51.100.2 SIP/2.0\r\n"
				   "From: <sip:a@192.168.88.10>\r\n"
				   "Content-Length: 50000\r\n\r\n";
	static const char next[] =
	    "BYE sip:b@198.51.100.2 SIP/2.0\nFrom: <sip:a@192.168.88.10>\n"
	    "Content-Length: 0\n\n";
	const struct conversation_turn turns[] = {
	    {SL_ORIG, long_one, .asks = "count messages-too-long\n"},
	    {SL_ORIG, rest},
	    {SL_ORIG, next,
		.out = "BYE sip:b@198.51.100.2 SIP/2.0\nFrom: "
		       "<sip:a@203.0.113.1>\n"
		       "Content-Length: 0\n\n",
		.asks = "count messages\n"},
	    {0},
	};
	size_t n = sizeof(head) - 1;
	struct conversation c = {
	    PHONE, .helper = "sip", .l4proto = IPPROTO_TCP, .turns = turns};
	struct conversation_turn wire[4];

	(void)state;
	memcpy(long_one, head, n);
	memset(long_one + n, 'x', 10000);
	memset(rest, 'y', sizeof(rest) - 1);
	memcpy(wire, turns, sizeof(wire));
	wire[1].in_len = 40000;
	wire[2].in = dress(next);
	wire[2].out = dress(turns[2].out);
	c.turns = wire;
	conversation_play_whole(&c);
	free((void *)(uintptr_t)wire[2].in);
	free((void *)(uintptr_t)wire[2].out);
}

static void
cut_streams_are_let_go(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_REPLY, "SIP/2.0 200 OK\nContent-Length: 0\n\n",
		.asks = "count streams-cut\n", .flags = SL_CALL_CUT,
		.verdict = SL_HELP_DETACH},
	    {0},
	};

	(void)state;
	play((struct conversation){
	    PHONE, .l4proto = IPPROTO_TCP, .turns = turns});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(registers_over_udp),
	    cmocka_unit_test(calls_and_hangs_up),
	    cmocka_unit_test(calls_that_fail),
	    cmocka_unit_test(media_of_others),
	    cmocka_unit_test(stream_of_messages),
	    cmocka_unit_test(server_behind_dstnat_v6),
	    cmocka_unit_test(datagrams_that_are_none),
	    cmocka_unit_test(streams_that_are_none),
	    cmocka_unit_test(body_too_long),
	    cmocka_unit_test(cut_streams_are_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
