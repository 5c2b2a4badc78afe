/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP conversations as data: what goes by, and what the tracker must say.
 *
 * A step's 'want' is
 *   "established"      valid, and this state afterwards
 *   "established+"     and the connection is assured by now
 *   "established@unacked"   and tcp-unacked-timeout runs
 *   "~"                passes unjudged, nothing changes
 *   "!rst-not-exact"   invalid for this reason
 *   "^syn-sent"        a new connection takes over, in this state
 * Options: "w7" window scale, "s" SACK permitted, "k700-801" a SACK block.
 *
 * Sequence numbers are relative: the runner plays each conversation at several
 * bases, so that the numbers wrap in the middle.
 */
#ifndef SL_TEST_PLUGIN_TCP_TABLE_H
#define SL_TEST_PLUGIN_TCP_TABLE_H

#include <sluice/types.h>

struct step {
	const char *flags; /* of "SAFRPU"; NULL ends the conversation */
	enum sl_dir dir;
	uint32_t seq, ack, len, win;
	const char *options, *want;
};

enum talk_flag {
	TALK_STRICT = 1,  /* loose-tcp-tracking=no */
	TALK_LIBERAL = 2, /* liberal-tcp-tracking=yes */
	TALK_UNSEEN = 4,  /* FastTracked */
	TALK_NO_BASE = 8, /* has absolute numbers */
};

#define TALK_STEPS 20

struct talk {
	const char *name;
	unsigned flags;
	struct step steps[TALK_STEPS];
};

#define WIN 1000

#define STEP(d, f, s, a, n, w, o, x)                                           \
	{                                                                      \
		.flags = f, .dir = d, .seq = s, .ack = a, .len = n, .win = w,  \
		.options = o, .want = x                                        \
	}

/* client's and server's segment; ..W with window, ..X with options */
#define C(f, s, a, n, x)     STEP(SL_ORIG, f, s, a, n, WIN, "", x)
#define S(f, s, a, n, x)     STEP(SL_REPLY, f, s, a, n, WIN, "", x)
#define CW(f, s, a, n, w, x) STEP(SL_ORIG, f, s, a, n, w, "", x)
#define SW(f, s, a, n, w, x) STEP(SL_REPLY, f, s, a, n, w, "", x)
#define CX(f, s, a, n, o, x) STEP(SL_ORIG, f, s, a, n, WIN, o, x)
#define SX(f, s, a, n, o, x) STEP(SL_REPLY, f, s, a, n, WIN, o, x)

/* Client starts at 100, server at 500. */
#define HANDSHAKE                                                              \
	C("S", 100, 0, 0, "syn-sent"), S("SA", 500, 101, 0, "syn-received"),   \
	    C("A", 101, 501, 0, "established+")

#define HANDSHAKE_WITH(options)                                                \
	CX("S", 100, 0, 0, options, "syn-sent"),                               \
	    SX("SA", 500, 101, 0, options, "syn-received"),                    \
	    C("A", 101, 501, 0, "established+")

extern const struct talk talks_open[], talks_close[], talks_reset[],
    talks_reuse[], talks_window[], talks_loose[];

#endif
