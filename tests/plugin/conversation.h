/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A paper router for helpers: plays a table of what two programs say to each
 * other through a helper's data(), translates as told, grants expectations by
 * the policy of include/sluice/helper.h, and compares what comes out.
 *
 * One conversation stands between a client and a server.  Each end has an
 * address of its own and one that the other end knows it by; where the two are
 * equal nothing is translated.
 *
 *      client = tuples[ORIG].src        client_seen = tuples[REPLY].dst
 *      server = tuples[REPLY].src       server_seen = tuples[ORIG].dst
 *
 * What the helper asked for is a text, a line each, in the order asked:
 *
 *      expect CLASS PROTOCOL OPENER AT seen SEEN [WORDS]
 *      expect CLASS PROTOCOL OPENER AT refused ERROR
 *      withdraw PAIR
 *      keep MILLISECONDS
 *      count COUNTER
 *
 * "expect data tcp reply 10.0.0.5:51210 seen 203.0.113.1:51217\n": PROTOCOL tcp,
 * udp or a number, OPENER orig or reply, ERROR as errno.h names it.  WORDS, in
 * this order: xIDS if above 1, keep, tied, third-party, privileged, even, "from
 * ADDRESS/BITS", "pair N", "for MILLISECONDS", "helper NAME".
 */
#ifndef TESTS_PLUGIN_CONVERSATION_H
#define TESTS_PLUGIN_CONVERSATION_H

#include <sluice/plugin.h>
#include <sluice/helper.h>

/* Bytes that may hold zeros, as the pair (text, length) of a turn. */
#define BYTES(s) s, sizeof(s) - 1

/* One datagram, or one segment. */
struct conversation_turn {
	enum sl_dir dir;
	const char *in;	 /* what its sender wrote */
	uint32_t in_len; /* 0: strlen(in) */
	/* What leaves for the receiver because of it, bytes held back before
	 * included; NULL: exactly 'in'. */
	const char *out;
	uint32_t out_len; /* 0: strlen(out) */
	const char *asks; /* NULL: nothing */
	enum sl_help
	    verdict;   /* what data() returns, SL_HELP_PASS if left out */
	uint8_t flags; /* SL_CALL_CUT, SL_CALL_LAST */
};

struct conversation {
	const char *helper; /* helpers/HELPER.so, and its name in there */
	const char *file;   /* another path; NULL */
	uint8_t l4proto;    /* 0: that of the helper's first port, else TCP */
	/* "192.0.2.1:1024" or "[2001:db8::1]:1024" */
	const char *client, *server;
	const char *client_seen, *server_seen; /* NULL: as they are */
	/* An expected connection's id, where translated, becomes id + shift. */
	int16_t id_shift;
	/* "192.168.88.0/24": the server is its broadcast address; NULL */
	const char *subnet;
	const char *options; /* "loose=yes"; words; NULL: defaults */
	const struct conversation_turn *turns; /* ended by one without 'in' */
};

/*
 * Plays it as the table says and fails the running CMocka test where something
 * else happens.  If every verdict is SL_HELP_PASS and the helper reads a
 * stream, plays it twice more, cut at every byte boundary of every turn (two
 * segments) and one byte at a time: the receivers must read the same in all, and
 * the same must be expected.
 */
void conversation_play(const struct conversation *c);

/* The same, without the cuts. */
void conversation_play_whole(const struct conversation *c);

/* Plays it and compares nothing: for what a sanitizer sees. */
void conversation_survive(const struct conversation *c);

#endif
