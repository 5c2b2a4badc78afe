/* SPDX-License-Identifier: Apache-2.0 */
/* A client of either door on the other end of a socket, for the tests. */
#ifndef CLIENT_H
#define CLIENT_H

#include <door/sentence.h>
#include <door/wire.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A test that hangs fails instead. */
static inline void
client_guard(int fd)
{
	struct timeval tv = {.tv_sec = 20};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

/* Exactly 'len' bytes; false at the end of the stream. */
static inline bool
client_read(int fd, void *to, size_t len)
{
	char *p = to;

	while (len) {
		ssize_t n = recv(fd, p, len, 0);

		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static inline void
client_write(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

/* --- API --- */

/* Sends the words of 'line', which are separated by newlines. */
static inline void
api_send(int fd, const char *line)
{
	struct sl_sentence_out out = {0};

	while (*line) {
		size_t len = strcspn(line, "\n");

		sl_sentence_word_bytes(&out, line, len);
		line += len + (line[len] != '\0');
	}
	sl_sentence_end(&out);
	client_write(fd, out.bytes, out.len);
	sl_sentence_out_free(&out);
}

/* Receives a sentence, its words joined by newlines; "(end)" when the server
 * closed.  The text lives until the next call. */
static inline const char *
api_receive(int fd)
{
	static char text[8192];
	size_t at = 0;

	for (;;) {
		uint8_t c[2];
		size_t len;

		if (!client_read(fd, c, 1))
			return "(end)";
		len = c[0];
		if (c[0] >= 0x80) {
			if (!client_read(fd, c + 1, 1))
				return "(end)";
			len = (c[0] & 0x3fu) << 8 | c[1];
		}
		if (!len) {
			text[at ? at - 1 : 0] = '\0';
			return text;
		}
		if (at + len + 1 > sizeof(text) ||
		    !client_read(fd, text + at, len))
			return "(end)";
		at += len;
		text[at++] = '\n';
	}
}

/* --- shell --- */

struct shell_answer {
	char output[8192]; /* the first bytes of it */
	size_t output_len; /* all of it */
	unsigned flags;
	unsigned line, column;
	char error[512];
	char prompt[256];
};

/* Type of the next frame, 0 at the end of the stream. */
static inline int
shell_frame(int fd, char *payload, size_t max, uint32_t *len)
{
	uint8_t header[SL_WIRE_HEADER_LEN];

	if (!client_read(fd, header, sizeof(header)))
		return 0;
	*len = sl_wire_get32(header + 1);
	if (*len >= max || !client_read(fd, payload, *len))
		return 0;
	payload[*len] = '\0';
	return header[0];
}

static inline void
shell_request(int fd, enum sl_wire_type type, const void *head, size_t head_len,
    const char *text)
{
	uint8_t header[SL_WIRE_HEADER_LEN];

	sl_wire_put_header(header, type, (uint32_t)(head_len + strlen(text)));
	client_write(fd, header, sizeof(header));
	client_write(fd, head, head_len);
	client_write(fd, text, strlen(text));
}

static inline void
shell_hello(int fd)
{
	client_write(fd, SL_WIRE_MAGIC, SL_WIRE_MAGIC_LEN);
}

static inline void
shell_send_run(int fd, unsigned flags, const char *text)
{
	uint8_t head[SL_WIRE_RUN_LEN] = {(uint8_t)flags, 0, 80};

	shell_request(fd, SL_WIRE_RUN, head, sizeof(head), text);
}

/* Collects frames up to the prompt; false if the server closed before. */
static inline bool
shell_collect(int fd, struct shell_answer *a)
{
	static char payload[SL_WIRE_REPLY_MAX + 1];
	uint32_t len;
	int type;

	*a = (struct shell_answer){0};
	while ((type = shell_frame(fd, payload, sizeof(payload), &len))) {
		if (type == SL_WIRE_OUTPUT) {
			size_t have =
			    SL_MIN(a->output_len, sizeof(a->output) - 1);

			memcpy(a->output + have, payload,
			    SL_MIN(len, sizeof(a->output) - 1 - have));
			a->output_len += len;
		} else if (type == SL_WIRE_STATUS) {
			a->flags = (uint8_t)payload[0];
			a->line = sl_wire_get32((uint8_t *)payload + 1);
			a->column = sl_wire_get32((uint8_t *)payload + 5);
			snprintf(a->error, sizeof(a->error), "%.500s",
			    payload + SL_WIRE_STATUS_LEN);
			if (a->flags & SL_WIRE_QUIT)
				return true;
		} else if (type == SL_WIRE_PROMPT) {
			snprintf(
			    a->prompt, sizeof(a->prompt), "%.250s", payload);
			return true;
		} else if (type == SL_WIRE_FATAL) {
			snprintf(a->error, sizeof(a->error), "%.500s", payload);
			return false;
		}
	}
	return false;
}

#endif
