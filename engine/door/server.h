/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: who may connect, how many, and which door they get.
 *
 * What it is.  One listening UNIX socket, an accept thread, a thread per
 *   session.  A first byte that no API client can send opens the shell
 *   (wire.h), anything else the RouterOS API.
 * Life cycle.  start -> sessions come and go -> stop: listener closed, every
 *   session cancelled and joined, the socket file removed.
 * Who writes.  The accept thread fills slots, a session marks its own done;
 *   both under the mutex.
 * Who reads.   Anybody reads the counts (relaxed).
 * Ordering.    The mutex.  A session takes the control lock inside its turn,
 *   never the other way round.
 * Bounds.      sessions_max sessions; a few more threads tell the rest why
 *   they are refused, and beyond those a connection is closed unanswered.
 *
 * Who may: a peer whose uid is 0 or the daemon's own.  The kernel vouches for
 * it (SO_PEERCRED), so such a client needs no password, and an API login with
 * any name and password succeeds.  Everybody else is refused on either door.
 */
#ifndef SL_DOOR_SERVER_H
#define SL_DOOR_SERVER_H

#include <base/atomic.h>
#include <base/error.h>

#define SL_SERVER_SESSIONS	64
#define SL_SERVER_WRITE_TIMEOUT 30000 /* ms without progress */
#define SL_SERVER_HELLO_TIMEOUT 30000 /* ms until the first byte */

struct sl_model;
struct sl_server;

/* Zero means the default. */
struct sl_server_config {
	struct sl_model
	    *model;	  /* what the doors lead to; outlives the server */
	const char *path; /* of the socket; NULL: no listener (tests) */
	unsigned sessions_max;
	int write_timeout_ms;
};

struct sl_server_counts {
	SL_ATOMIC(uint64_t) accepted;
	SL_ATOMIC(uint64_t) refused;   /* over sessions_max */
	SL_ATOMIC(uint64_t) denied;    /* wrong uid */
	SL_ATOMIC(uint64_t) malformed; /* closed for bytes that make no sense */
	SL_ATOMIC(uint64_t) slow;      /* closed because they did not read */
};

/* Creates the socket's directory, replaces a socket file nobody serves, and
 * starts accepting.  NULL with 'err' filled; -EADDRINUSE if a live process
 * serves the path.  => Role: main. */
struct sl_server *sl_server_start(
    const struct sl_server_config *config, struct sl_err *err);

/* Ends every session and frees the server.  Lets go of the control lock
 * meanwhile if the caller holds it.  => Role: main or control.
 * => May sleep. */
void sl_server_stop(struct sl_server *server);

/* Serves a connected socket as if it had been accepted; takes the fd over.
 * 0, or -EMFILE when even the refusing threads are taken (fd closed). */
int sl_server_adopt(struct sl_server *server, int fd);

const struct sl_server_counts *sl_server_counts(const struct sl_server *);
/* Sessions being served now.  => Role: any. */
unsigned sl_server_sessions(struct sl_server *server);

#endif
