/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's socket, with bounded buffers in both directions.
 *
 * What it is.  A non-blocking stream socket, an input buffer and an output
 *   buffer of SL_CHANNEL_OUT bytes.
 * Life cycle.  init -> fill/send/flush -> fini.  After the first failure (the
 *   client left, or did not read for the write timeout) the channel is dead:
 *   every call returns the same error.
 * Who writes.  Any thread of the session sends; a send is all or nothing, so
 *   frames and sentences never mix.  The reader thread alone fills.
 * Who reads.   Any thread may ask sl_channel_error().
 * Ordering.    The mutex; it is held for moments, never over a wait.
 * Bounds.      A sender that finds the buffer full waits for the client, and
 *   gives the control lock back meanwhile if it holds it (so whatever it read
 *   under the lock may be gone on return).
 */
#ifndef SL_DOOR_CHANNEL_H
#define SL_DOOR_CHANNEL_H

#include <base/atomic.h>
#include <base/compiler.h>

#include <pthread.h>
#include <sys/types.h>

#define SL_CHANNEL_OUT (128u * 1024)

struct sl_channel {
	/* SL_CONST */
	int fd;
	int timeout_ms; /* a write may stand still so long */

	/* SL_SHARED: under 'lock' */
	pthread_mutex_t lock;
	uint8_t *out;
	size_t out_len, out_at, out_cap;

	/* SL_SHARED: 0, or the -errno the channel died of; relaxed */
	SL_ATOMIC(int) error;

	/* the reader thread's own */
	uint8_t *in;
	size_t in_len, in_cap;
};

/* Takes over 'fd'.  0 or -ENOMEM (the fd is then still the caller's). */
int sl_channel_init(struct sl_channel *channel, int fd, int timeout_ms);
/* Closes the socket.  No other thread may use the channel any more. */
void sl_channel_fini(struct sl_channel *channel);

/* Queues 'len' bytes.  0, -EPIPE (client is gone), -ETIMEDOUT (client does not
 * read), -ENOMEM.  => Role: any.  => May sleep. */
int sl_channel_send(struct sl_channel *channel, const void *bytes, size_t len);
/* Waits until all queued bytes are with the kernel.  => May sleep. */
int sl_channel_flush(struct sl_channel *channel);

/* Waits up to 'timeout_ms' (-1: for ever) for input and appends it to 'in', of
 * which it keeps at most 'max' bytes.  Returns the number of new bytes, 0 on
 * timeout, or the error.  Call it without the control lock, or with timeout 0.
 * => May sleep. */
ssize_t sl_channel_fill(struct sl_channel *channel, int timeout_ms, size_t max);
/* Drops the first 'n' bytes of 'in'. */
void sl_channel_consume(struct sl_channel *channel, size_t n);

/* Ends the conversation from any thread: waiting calls return. */
void sl_channel_cut(struct sl_channel *channel);
int sl_channel_error(struct sl_channel *channel);

#endif
