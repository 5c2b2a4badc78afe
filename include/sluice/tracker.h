/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A protocol tracker: what the engine must know of one transport protocol to
 * follow its connections.  Pure functions over a small private area, plus data
 * (layout, timeouts, reasons, states) that NAT and FastTrack use without ever
 * calling the plugin.
 *
 * Threads: every function is called by the worker that owns the connection
 * (key() by any worker).  None may block, allocate, log, or keep a pointer
 * past its return.  Per-connection state is 'priv' and nothing else.
 */
#ifndef SLUICE_TRACKER_H
#define SLUICE_TRACKER_H

#include <sluice/packet.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SL_TRACK_PRIV_MAX 48   /* bytes inside each connection */
#define SL_TIMEOUTS_MAX	  16   /* rows in ops->timeouts */
#define SL_REASONS_MAX	  32   /* rows in ops->reasons */
#define SL_STATES_MAX	  16   /* rows in ops->states */
#define SL_NONE		  0xff /* sl_l4_layout: no such field */

/* Which checksum the L4 header carries. */
enum sl_csum_flags {
	SL_CSUM_PSEUDO = 1 << 0,	  /* covers the IP pseudo-header */
	SL_CSUM_ZERO_MEANS_NONE = 1 << 1, /* IPv4 UDP */
	SL_CSUM_CRC32C = 1 << 2		  /* SCTP: not incremental */
};

/* How the ids of a protocol identify its packets. */
enum sl_l4_flags {
	/* A packet carries the receiver's id only, at dst_off; src_off is
	 * SL_NONE and key() leaves src_id 0 (GRE call ids).  The two directions
	 * of a connection then have ids of their own, which only a helper can
	 * tell; without one, each direction is a connection by itself.
	 * dst_off may lie behind min_len: a packet that ends before it has no
	 * id.  key() may tell kinds of packets that have no receiver's id apart
	 * by equal src_id and dst_id, which stand for both directions.  The
	 * first four bytes of priv are the engine's. */
	SL_L4_RECEIVER_ID = 1 << 0
};

/* Where NAT and FastTrack find what they rewrite.  Offsets from the start of
 * the L4 header.  A translation writes only the ids that change: the source
 * id at src_off, the destination id at dst_off (an ICMP query has one id, so
 * both name the same field). */
struct sl_l4_layout {
	uint8_t src_off, dst_off;    /* of the 16-bit ids; SL_NONE: no ids */
	uint8_t csum_off;	     /* of the 16-bit checksum; SL_NONE */
	uint8_t csum_flags;	     /* enum sl_csum_flags */
	uint8_t slow_off, slow_mask; /* l4[slow_off] & slow_mask: leave the
				      * fast path; slow_mask 0: never */
	uint8_t min_len;	     /* shortest legal header */
	uint8_t flags;		     /* enum sl_l4_flags */
};

/* What key() found. */
enum sl_key {
	SL_KEY_TUPLE,	  /* *tuple is filled */
	SL_KEY_ERROR,	  /* an ICMP error: the packet it quotes decides */
	SL_KEY_UNTRACKED, /* legal, and deliberately without state (ND, MLD) */
	SL_KEY_INVALID	  /* *reason says why */
};

/* What open() and update() decided. */
enum sl_track_result {
	SL_TRACK_VALID,	  /* belongs; *out holds timeout and state */
	SL_TRACK_INVALID, /* does not belong; out->reason; nothing changes */
	SL_TRACK_RESTART, /* a new connection takes over this tuple: the engine
			   * drops the old entry and calls open() */
	SL_TRACK_IGNORE	  /* let it pass unjudged as part of the connection;
			   * state and timeout stay as they are */
};

/* Filled by open() and update(); zeroed by the engine before each call, except
 * that 'state' and 'timeout' start as the connection has them. */
struct sl_track_out {
	uint8_t timeout; /* index into ops->timeouts */
	uint8_t state;	 /* index into ops->states; 0 if there are none */
	uint8_t reason;	 /* index into ops->reasons, when invalid */
	uint8_t
	    assured; /* 1: from now on do not evict when the table is full */
	uint8_t fast_ok; /* 1: FastTrack may carry this connection now */
};

/* Circumstances of a call. */
struct sl_track_ctx {
	uint32_t size;
	uint8_t loose;	    /* pick up connections in the middle */
	uint8_t liberal;    /* out-of-window is not invalid, except a RST */
	uint8_t seen_reply; /* update(): a reply was seen before this packet */
	uint8_t unseen;	    /* 1: packets of this connection were carried past
			     * the tracker (FastTrack): what it remembers of
			     * sequence numbers may be old, let it relearn */
	const uint32_t *timeout_ms; /* in force, indexed like ops->timeouts */
	const void *options;	    /* the plugin's option struct, or NULL */
};

struct sl_timeout {
	const char *name; /* as in /ip firewall connection tracking */
	uint32_t default_ms;
	const char *help;
};

struct sl_tracker_ops {
	uint32_t size;	  /* sizeof(struct sl_tracker_ops) as built */
	uint8_t l4proto;  /* IPPROTO_*; with 'generic': any other */
	uint8_t generic;  /* 1: the fallback for protocols without tracker */
	uint8_t families; /* bit 0: IPv4, bit 1: IPv6 */
	uint8_t reserved;
	uint16_t priv_size; /* <= SL_TRACK_PRIV_MAX; zeroed at open() */
	uint16_t reserved2;
	const char *name; /* "tcp": what print shows as protocol */
	struct sl_l4_layout layout;
	const struct sl_timeout *timeouts; /* ended by { NULL } */
	const char *const *reasons;	   /* NULL-ended; why invalid */
	const char *const *states; /* NULL-ended tcp-state names; NULL */

	/* Names the direction the packet belongs to.  The engine has filled
	 * addresses, l4proto, family and zone of *tuple; the tracker adds the
	 * ids.  For a quoted packet only the first 8 bytes of L4 are sure. */
	enum sl_key (*key)(const struct sl_pkt_view *pkt,
	    struct sl_tuple *tuple, uint8_t *reason);

	/* The first packet of a connection.  INVALID: no connection. */
	enum sl_track_result (*open)(const struct sl_track_ctx *ctx,
	    const struct sl_pkt_view *pkt, void *priv,
	    struct sl_track_out *out);

	/* Every later packet. */
	enum sl_track_result (*update)(const struct sl_track_ctx *ctx,
	    const struct sl_pkt_view *pkt, enum sl_dir dir, void *priv,
	    struct sl_track_out *out);

	/* Optional: is it plausible that this connection sent the quoted packet
	 * in direction 'dir'?  (RFC 5927: sequence number in flight.)  Absent:
	 * every quoted packet is. */
	bool (*quoted)(const struct sl_track_ctx *ctx,
	    const struct sl_pkt_view *pkt, enum sl_dir dir, const void *priv);

	/* Optional: a payload edit made the stream of 'dir' longer by 'delta'
	 * bytes.  The engine shows sequence numbers of 'dir', and what
	 * acknowledges them, as the receiver of 'dir' has them; so only the
	 * segment just edited needs the correction. */
	void (*seq_shift)(void *priv, enum sl_dir dir, int32_t delta);

	/* Since ABI 1.1.  Raise it when priv gets another meaning: after a
	 * reload, connections go on with the new plugin only if size and
	 * version are the same, and so are protocol, layout, states and the
	 * names of timeouts; else they finish on the old one. */
	uint16_t priv_version;
	uint16_t reserved3[3];
};

#ifdef __cplusplus
}
#endif
#endif
