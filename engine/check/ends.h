/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two hosts of a conversation, with a TCP of their own that sends segments as
 * badly as it is told to, and believes nothing that arrives.
 *
 * What it is.  The control connection between them, and of each side the stream it
 *   has received; everything that leaves the router is looked at here.
 * Life cycle.  sl_ends_open -> say, open -> sl_ends_close.
 * Who writes, who reads.  The main thread.
 * Ordering.    None.
 * Bounds.      SL_ENDS_BYTES a direction, SL_ENDS_ROUNDS repetitions.
 */
#ifndef SL_CHECK_ENDS_H
#define SL_CHECK_ENDS_H

#include <check/box.h>
#include <check/wire.h>

#define SL_ENDS_BYTES  (128u * 1024)
#define SL_ENDS_ROUNDS 64

/* How messages are sent. */
struct sl_manner {
	uint32_t cut;  /* the first segment of a message ends there; 0: whole */
	bool bytewise; /* every segment is one byte */
	bool twice;    /* every packet arrives twice */
	bool backwards; /* the segments of a message arrive last first */
	bool strange;	/* bytes were changed: only the router is judged */
};

struct sl_end {
	uint32_t una, nxt; /* sent: acknowledged, next */
	uint32_t rcv;	   /* received up to */
	uint32_t first;	   /* number of got[0] */
	uint8_t *got;	   /* what it received, SL_ENDS_BYTES */
	uint32_t n_got;
};

/* A packet that came through, of other than the conversation itself. */
struct sl_arrival {
	bool came;
	uint8_t side; /* of who got it */
	struct sl_wire seg;
};

struct sl_ends {
	struct sl_box *box;
	struct sl_words_names names;
	struct sl_manner manner;
	uint8_t l4proto;
	struct sl_end end[SL_DIRS];
	struct sl_arrival other;
	bool is_blocked; /* the connection itself did not come through */
};

/* 0; -ENOMEM.  And its opposite. */
int sl_ends_init(struct sl_ends *, struct sl_box *, struct sl_err *err);
void sl_ends_fini(struct sl_ends *);

/* Begins: of TCP the handshake.  -EINVAL and 'err': a packet that left was wrong,
 * or what should have come did not. */
int sl_ends_open(struct sl_ends *, struct sl_err *err);
/* 'side' says this; of TCP until all of it is acknowledged. */
int sl_ends_say(
    struct sl_ends *, uint8_t side, struct sl_span bytes, struct sl_err *err);
/* Both sides are done. */
int sl_ends_close(struct sl_ends *, struct sl_err *err);

/* A first packet of 'side' to 'dst' and back; whether it came through is in
 * ->other. */
int sl_ends_try(struct sl_ends *, uint8_t side, uint8_t l4proto, uint16_t port,
    struct sl_err *err);

#endif
