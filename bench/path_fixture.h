/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench/path.cc measures, in plain C: a router with the rules of a home
 * behind one address, between two ports in memory.  A round is PTB_ROUND
 * frames, half of them from either side, each of a random connection; frames
 * are made before the round and lie in memory as in a receive ring.
 */
#ifndef BENCH_PATH_FIXTURE_H
#define BENCH_PATH_FIXTURE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ptb_kind { PTB_TCP, PTB_UDP };

#define PTB_ROUND 1024

struct ptb;

/* Other connections than those of a browser. */
struct ptb_talk {
	uint16_t port;	    /* of the servers */
	uint32_t address;   /* that they know the clients by */
	const char *config; /* more of it, after the rest; NULL */
	/* Before anything else the server says this, and the client that; NULL */
	const char *greeting, *beginning;
	/* What client 'n' says again and again; returns its length, at most
	 * PTB_TEXT.  NULL: a few bytes. */
	uint32_t (*say)(uint32_t n, char *text);
};

#define PTB_TEXT 1400

/* As ptb_new(), with 'talk', which lives as long. */
struct ptb *ptb_new_talk(
    enum ptb_kind kind, uint32_t n, const struct ptb_talk *talk);

/* A router without connections, for up to 'n' of them; NULL, and a word on
 * stderr, if it cannot be made.  One at a time. */
struct ptb *ptb_new(enum ptb_kind kind, uint32_t n);
void ptb_free(struct ptb *);

/* Opens all connections and takes them to established.  False: some packet did
 * not come through. */
int ptb_establish(struct ptb *);

/* Makes a round of packets of established connections: data one way,
 * acknowledgements (or data) the other. */
void ptb_offer_established(struct ptb *);
/* The same number, half of them: what the clients say, and what acknowledges it. */
void ptb_offer_talk(struct ptb *);
void ptb_offer_acks(struct ptb *);
/* Makes PTB_ROUND / 2 packets that open the next connections; 0 when there are
 * no more. */
uint32_t ptb_offer_opening(struct ptb *);

/* Carries what was offered through; this is what is timed.  Returns the number
 * of frames that left. */
uint32_t ptb_run(struct ptb *);

#ifdef __cplusplus
}
#endif
#endif
