/* SPDX-License-Identifier: Apache-2.0 */
/* The chunks of an SCTP packet (RFC 9260 §3). */
#ifndef SCTP_CHUNK_H
#define SCTP_CHUNK_H

#include <sluice/types.h>

enum { SCTP_HEADER = 12, SCTP_CHUNK_HEADER = 4 };

enum chunk_type {
	CHUNK_DATA = 0,
	CHUNK_INIT = 1,
	CHUNK_INIT_ACK = 2,
	CHUNK_HEARTBEAT = 4,
	CHUNK_HEARTBEAT_ACK = 5,
	CHUNK_ABORT = 6,
	CHUNK_SHUTDOWN = 7,
	CHUNK_SHUTDOWN_ACK = 8,
	CHUNK_COOKIE_ECHO = 10,
	CHUNK_COOKIE_ACK = 11,
	CHUNK_SHUTDOWN_COMPLETE = 14,
};

struct chunk {
	uint8_t type, flags;
	const uint8_t *value;
	uint32_t len; /* of the value */
};

struct chunks {
	const uint8_t *at;
	uint32_t left;
};

void sctp_chunks_start(struct chunks *, const struct sl_span *l4);

/* 1: the next chunk; 0: that was all; -1: one that does not fit. */
int sctp_chunks_next(struct chunks *, struct chunk *out);

#endif
