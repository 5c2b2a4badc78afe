/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ClientHello that a TLS connection opens with (RFC 8446 §4.1.2, §5.1), put
 * together from the segments of a TCP stream in any order, and the server name in
 * it (RFC 6066 §3).
 *
 * Of bytes that come twice the first count: they are what the receiver has seen.
 * A hello may be cut into records as well as into segments.  The stream is not a
 * hello as soon as one byte says so; every length inside is checked against the
 * one around it.
 */
#ifndef SL_RULE_TLS_HELLO_H
#define SL_RULE_TLS_HELLO_H

#include <base/compiler.h>

#define SL_TLS_HELLO_MAX                                                       \
	16384 /* bytes of the stream, record headers included */
#define SL_TLS_HOST_MAX 255

enum sl_tls_hello_state {
	SL_TLS_MORE, /* so far, it could be one */
	SL_TLS_HELLO,
	SL_TLS_NOT,
};

struct sl_tls_hello {
	enum sl_tls_hello_state state;
	uint32_t have;	      /* bytes from the start on, without a gap */
	uint32_t n_beyond;    /* bytes behind the first gap */
	uint32_t read;	      /* of 'have', taken out of their records */
	uint32_t record_left; /* bytes of the record at 'read' */
	uint32_t message;     /* bytes of the handshake message, at the front */
	char host[SL_TLS_HOST_MAX + 1];		/* "": it names none */
	uint64_t beyond[SL_TLS_HELLO_MAX / 64]; /* which bytes behind the gap */
	uint8_t bytes[SL_TLS_HELLO_MAX];
};

/* Empties it; the first time, 'beyond' and n_beyond must be zero. */
void sl_tls_hello_start(struct sl_tls_hello *);

/* Bytes of the stream from 'off' on.  Once it is known what the stream is, more
 * bytes change nothing; 'read' is then where the hello ends. */
enum sl_tls_hello_state sl_tls_hello_add(
    struct sl_tls_hello *, uint32_t off, const uint8_t *bytes, uint32_t len);

#endif
