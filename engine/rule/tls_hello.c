/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/tls_hello.h>

#include <sluice/types.h>

#include <string.h>

#define RECORD_HEADER	 5
#define RECORD_MAX	 16384 /* RFC 8446 §5.1 */
#define HANDSHAKE_HEADER 4
#define HANDSHAKE	 22 /* content type */
#define CLIENT_HELLO	 1
#define RANDOM_LEN	 32
#define SESSION_ID_MAX	 32
#define SERVER_NAME	 0 /* extension */
#define HOST_NAME	 0

void
sl_tls_hello_start(struct sl_tls_hello *h)
{
	if (h->n_beyond)
		memset(h->beyond, 0, sizeof(h->beyond));
	h->state = SL_TLS_MORE;
	h->have = h->n_beyond = h->read = h->record_left = h->message = 0;
	h->host[0] = '\0';
}

/* Reading: each takes from the front of a span, or fails. */

static bool
take(struct sl_span *from, uint32_t len, struct sl_span *out)
{
	if (from->len < len)
		return false;
	*out = (struct sl_span){from->data, len};
	from->data += len;
	from->len -= len;
	return true;
}

static bool
take_number(struct sl_span *from, unsigned bytes, uint32_t *n)
{
	struct sl_span s;

	if (!take(from, bytes, &s))
		return false;
	for (*n = 0; s.len; s.len--)
		*n = *n << 8 | *s.data++;
	return true;
}

/* What a length of so many bytes precedes. */
static bool
take_vector(struct sl_span *from, unsigned bytes, struct sl_span *out)
{
	uint32_t len;

	return take_number(from, bytes, &len) && take(from, len, out);
}

static bool
is_host_name(struct sl_span name)
{
	if (!name.len || name.len > SL_TLS_HOST_MAX)
		return false;
	for (uint32_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] > '~')
			return false;
	return true;
}

/* The list of the server_name extension. */
static bool
read_names(struct sl_tls_hello *h, struct sl_span extension)
{
	struct sl_span list, name;
	uint32_t type;

	if (!take_vector(&extension, 2, &list) || extension.len || !list.len)
		return false;
	while (list.len) {
		if (!take_number(&list, 1, &type) ||
		    !take_vector(&list, 2, &name))
			return false;
		if (type != HOST_NAME || h->host[0])
			continue;
		if (!is_host_name(name))
			return false;
		memcpy(h->host, name.data, name.len);
		h->host[name.len] = '\0';
	}
	return true;
}

static bool
read_extensions(struct sl_tls_hello *h, struct sl_span body)
{
	struct sl_span extensions, one;
	uint32_t type;

	if (!body.len)
		return true; /* TLS 1.2 without any */
	if (!take_vector(&body, 2, &extensions) || body.len)
		return false;
	while (extensions.len)
		if (!take_number(&extensions, 2, &type) ||
		    !take_vector(&extensions, 2, &one) ||
		    (type == SERVER_NAME && !read_names(h, one)))
			return false;
	return true;
}

static bool
read_hello(struct sl_tls_hello *h)
{
	struct sl_span body = {
	    h->bytes + HANDSHAKE_HEADER, h->message - HANDSHAKE_HEADER};
	struct sl_span skipped, session, suites, compressions;
	uint32_t version;

	return take_number(&body, 2, &version) && version >> 8 == 3 &&
	       take(&body, RANDOM_LEN, &skipped) &&
	       take_vector(&body, 1, &session) &&
	       session.len <= SESSION_ID_MAX &&
	       take_vector(&body, 2, &suites) && suites.len &&
	       suites.len % 2 == 0 && take_vector(&body, 1, &compressions) &&
	       compressions.len && read_extensions(h, body);
}

/* Taking the message out of its records. */

/* The header of a record, as far as it is there. */
static enum sl_tls_hello_state
open_record(struct sl_tls_hello *h)
{
	const uint8_t *p = h->bytes + h->read;
	uint32_t len, have = h->have - h->read;

	if ((have > 0 && p[0] != HANDSHAKE) || (have > 1 && p[1] != 3))
		return SL_TLS_NOT;
	if (have < RECORD_HEADER)
		return SL_TLS_MORE;
	len = (uint32_t)p[3] << 8 | p[4];
	if (!len || len > RECORD_MAX)
		return SL_TLS_NOT;
	h->read += RECORD_HEADER;
	h->record_left = len;
	return SL_TLS_MORE;
}

/* Bytes that the message has in all, its header included; 0: not known yet. */
static uint32_t
message_len(const struct sl_tls_hello *h)
{
	const uint8_t *p = h->bytes;

	if (h->message < HANDSHAKE_HEADER)
		return 0;
	return HANDSHAKE_HEADER +
	       ((uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
}

/* Moves what is there of the record to the end of the message, at most as much
 * as the message lacks. */
static enum sl_tls_hello_state
take_record(struct sl_tls_hello *h)
{
	uint32_t whole = message_len(h);
	uint32_t lacks = (whole ? whole : HANDSHAKE_HEADER) - h->message;
	uint32_t n = SL_MIN(SL_MIN(h->record_left, h->have - h->read), lacks);

	memmove(h->bytes + h->message, h->bytes + h->read, n);
	h->message += n;
	h->read += n;
	h->record_left -= n;
	if (h->message && h->bytes[0] != CLIENT_HELLO)
		return SL_TLS_NOT;
	whole = message_len(h);
	if (whole > SL_TLS_HELLO_MAX)
		return SL_TLS_NOT;
	if (!whole || h->message < whole)
		return SL_TLS_MORE;
	return read_hello(h) ? SL_TLS_HELLO : SL_TLS_NOT;
}

static enum sl_tls_hello_state
read_stream(struct sl_tls_hello *h)
{
	enum sl_tls_hello_state state = SL_TLS_MORE;
	uint32_t before;

	do {
		before = h->read;
		state = h->record_left ? take_record(h) : open_record(h);
	} while (state == SL_TLS_MORE && h->read > before);
	if (state == SL_TLS_MORE && h->have == SL_TLS_HELLO_MAX)
		return SL_TLS_NOT;
	return state;
}

/* Putting the stream together. */

static bool
has_beyond(const struct sl_tls_hello *h, uint32_t at)
{
	return (h->beyond[at / 64] >> (at % 64) & 1) != 0;
}

/* Behind a gap, or in front of bytes that are. */
static void
place(struct sl_tls_hello *h, uint32_t off, const uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		uint32_t at = off + i;

		if (has_beyond(h, at))
			continue;
		h->bytes[at] = bytes[i];
		h->beyond[at / 64] |= 1ull << (at % 64);
		h->n_beyond++;
	}
	while (h->have < SL_TLS_HELLO_MAX && has_beyond(h, h->have))
		h->have++;
}

enum sl_tls_hello_state
sl_tls_hello_add(
    struct sl_tls_hello *h, uint32_t off, const uint8_t *bytes, uint32_t len)
{
	uint32_t known = h->have > off ? h->have - off : 0;

	if (h->state != SL_TLS_MORE || off >= SL_TLS_HELLO_MAX)
		return h->state;
	len = SL_MIN(len, SL_TLS_HELLO_MAX - off);
	if (known >= len)
		return h->state;
	off += known;
	bytes += known;
	len -= known;
	if (off == h->have && !h->n_beyond) {
		memcpy(h->bytes + off, bytes, len);
		h->have += len;
	} else {
		place(h, off, bytes, len);
	}
	h->state = read_stream(h);
	return h->state;
}
