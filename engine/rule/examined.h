/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What matchers that look into the payload found out about a packet: each looks
 * once, however many rules of however many chains ask.
 *
 * What it is.  One record per worker: it walks one packet at a time.
 * Life cycle.  Emptied when the first rule asks about a packet; good until the
 *   worker turns to the next.
 * Who writes, who reads.  The worker.
 * Ordering.    None needed.
 * Bounds.      Fixed.
 */
#ifndef SL_RULE_EXAMINED_H
#define SL_RULE_EXAMINED_H

#include <packet/pkt.h>

#define SL_CONTENTS_MAX 4096 /* different values of content= */

struct sl_content;

struct sl_examined {
	const struct sl_content *content; /* what 'contents' is about */
	bool has_contents;		  /* any bit of 'contents' */
	bool l7_fed;			  /* to its connection's layer 7 */
	bool tls_read;			  /* 'tls_host' is known, */
	const struct sl_conn *tls_conn; /* for the packet with or without it */
	const char *tls_host;		/* NULL: not a hello */
	uint64_t contents[SL_CONTENTS_MAX / 64];
};

/* The record of this packet.  => Role: worker. */
struct sl_examined *sl_examined(struct sl_pkt *);

/* What the packet carries for an application: of TCP, UDP, UDP-Lite and ICMP
 * what follows their header.  Empty if there is none.  => Role: worker. */
struct sl_span sl_examined_payload(const struct sl_pkt *);

#endif
