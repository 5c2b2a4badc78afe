/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The RouterOS API door: one connection, several commands at a time.
 *
 * What it is.  The session's thread reads sentences; each command runs in a
 *   thread of its own, so that /cancel and further commands are heard while a
 *   listen or a long print runs.  Commands that end by themselves run one
 *   after the other in the order sent, tagged or not; streaming ones (listen,
 *   follow, interval) run beside them.
 * Life cycle.  serve -> (sentence -> call -> replies -> joined)* -> /quit,
 *   end of input or an error: calls are cancelled and joined.
 * Who writes.  The reader makes calls, a call marks itself done; under the
 *   connection's mutex.
 * Who reads.   A call looks at its own 'cancelled' (relaxed).
 * Ordering.    Sentences are sent whole; see channel.h.
 * Bounds.      SL_API_CALLS commands at a time.  When all are taken the
 *   reader waits for one to end, or refuses if all of them stream.
 *
 * Login.  The socket's peer is known to the kernel and was checked by the
 * server, so commands are served without login, and /login succeeds with any
 * name and password, in the form of today and (with a challenge) of before
 * 6.43.
 */
#ifndef SL_DOOR_API_H
#define SL_DOOR_API_H

#include <door/channel.h>
#include <menu/model.h>

#define SL_API_CALLS 16

/* Serves the connection until it ends.  0 when the client left or quit,
 * -EPROTO or -EMSGSIZE for malformed bytes, -ETIMEDOUT, -ENOMEM.
 * => Role: any.  => May sleep. */
int sl_api_serve(struct sl_channel *channel, struct sl_model *model);

/* Queues "!fatal why". */
void sl_api_refuse(struct sl_channel *channel, const char *why);

#endif
