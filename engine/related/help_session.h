/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered of a helped connection.
 *
 * What it is.  Per worker a hash table, connection -> session: the helper (which
 *   version), its private area, what it expects, and of TCP the two streams.
 * Life cycle.  begun by the first datagram, or when a TCP handshake is complete
 *   (related.c) -> quiet, if the helper wants no more of it -> ended with its
 *   connection (conn/watch, bit SL_CONN_HELPED), or when there is nothing left to
 *   follow.
 * Who writes, who reads.  The owner of the connection.
 * Ordering.    None.
 * Bounds.      SL_HELP_SESSIONS_MAX a worker; at most half of them for connections that
 *   nobody has answered yet and nobody expected.  One that finds no room goes on without helper, counted.
 */
#ifndef SL_RELATED_HELP_SESSION_H
#define SL_RELATED_HELP_SESSION_H

#include <conn/conn.h>
#include <related/expecting.h>
#include <related/helpers.h>
#include <related/store.h>
#include <related/stream.h>

#define SL_HELP_SESSIONS_MAX	16384u
#define SL_HELP_SESSION_BUCKETS 4096u

struct sl_related;

struct sl_help_session {
	struct sl_help_session *next; /* of the same bucket */
	struct sl_conn *conn;
	struct sl_helper *helper;
	struct sl_expecting expecting;
	uint64_t keep_ns; /* the connection lives at least until then */
	bool quiet;	  /* data() is not called again */
	/* The segment between arrive() and leave(), and its number as its
	 * sender has it. */
	const struct sl_pkt *arrived;
	uint32_t arrived_seq;
	struct sl_stream stream[SL_DIRS];
	SL_ALIGNED(8) uint8_t priv[SL_HELP_PRIV_MAX];
};

struct sl_help_sessions {
	struct sl_help_session **buckets; /* [SL_HELP_SESSION_BUCKETS] */
	uint32_t n;
	struct sl_store store;
};

/* 0 or -ENOMEM.  => Role: main. */
int sl_help_sessions_init(struct sl_help_sessions *);
/* Ends what there is.  => Role: main, workers have stopped. */
void sl_help_sessions_fini(struct sl_related *);

/* NULL: none.  => Owner only. */
struct sl_help_session *sl_help_session_find(
    const struct sl_related *, const struct sl_conn *);

/* NULL, counted: no room.  => Owner only.  => In a read section. */
struct sl_help_session *sl_help_session_begin(
    struct sl_related *, struct sl_conn *, struct sl_helper *);

/* Gives back everything.  The connection keeps its bit.  => Owner only. */
void sl_help_session_end(struct sl_related *, struct sl_help_session *);

#endif
