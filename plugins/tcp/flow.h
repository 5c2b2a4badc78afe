/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tracker remembers of a connection: the private area, packed into
 * SL_TRACK_PRIV_MAX bytes.  The state itself is the engine's (sl_track_out).
 */
#ifndef SL_TCP_FLOW_H
#define SL_TCP_FLOW_H

#include "segment.h"

#include <sluice/tracker.h>

enum side_flag {
	SIDE_SEEN = 1 << 0,    /* has sent a segment */
	SIDE_SCALE = 1 << 1,   /* offered window scaling */
	SIDE_SACK = 1 << 2,    /* offered selective acknowledgement */
	SIDE_UNACKED = 1 << 3, /* has data out that nobody acknowledged */
	SIDE_ACKED = 1 << 4,   /* has acknowledged something: max_ack is one */
	SIDE_FIN = 1 << 5,     /* has sent its FIN */
	SIDE_PICKED = 1 << 6,  /* joined in the middle: 'end' is a guess */
};

/* One end of the connection, from what it sent and was allowed to send. */
struct side {
	uint32_t end;	  /* highest sequence number sent, plus one */
	uint32_t max_end; /* the other side allows up to here */
	uint32_t max_win; /* largest window it ever offered, scaled */
	uint32_t max_ack; /* highest it acknowledged; until SIDE_ACKED: the
			   * first sequence number it sent */
};

/* A segment that was let through unjudged, because its receiver's answer will
 * tell whether it or this record is right. */
enum note {
	NOTE_NONE,
	NOTE_SYN, /* a new connection over one we believe open */
	NOTE_ACK, /* an unfitting acknowledgement in answer to a SYN */
};

struct note_syn {
	uint16_t win;
	uint8_t scale; /* TCP_NO_SCALE: not offered */
	uint8_t sack_ok;
};

struct flow {
	struct side side[SL_DIRS];
	uint32_t stamp;	   /* of the last plain segment; see window.c */
	uint32_t note_end; /* NOTE_SYN: its end */
	union {
		uint32_t ack;	     /* NOTE_ACK */
		struct note_syn syn; /* NOTE_SYN */
	} note;
	uint8_t flags[SL_DIRS]; /* enum side_flag */
	uint8_t scales;		/* one nibble a side */
	uint8_t noted : 2;	/* enum note */
	uint8_t note_dir : 1;
	uint8_t simultaneous : 1; /* both sent a SYN */
	uint8_t retrans : 2;	  /* same segment again, saturating */
};
_Static_assert(sizeof(struct flow) <= SL_TRACK_PRIV_MAX, "private area");

static inline uint8_t
flow_scale(const struct flow *f, enum sl_dir dir)
{
	return (f->scales >> (4 * dir)) & 15;
}

static inline void
flow_set_scale(struct flow *f, enum sl_dir dir, uint8_t scale)
{
	unsigned shift = 4 * (unsigned)dir;

	f->scales =
	    (uint8_t)((f->scales & ~(15u << shift)) | (unsigned)scale << shift);
}

static inline enum sl_dir
flow_other(enum sl_dir dir)
{
	return dir == SL_ORIG ? SL_REPLY : SL_ORIG;
}

#endif
