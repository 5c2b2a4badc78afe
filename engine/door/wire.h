/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol between the sluice client and the shell door: everything the
 * client knows of the engine.
 *
 * One UNIX socket serves this and the RouterOS API.  A shell client opens with
 * the four bytes of SL_WIRE_MAGIC; its first byte is a reserved control byte
 * of the API, so no API client can start like that.  Then both sides send
 * frames: a type byte, a 32-bit big-endian payload length, the payload.
 *
 *   client -> server
 *     RUN       u8 flags, u16 width, command text (any number of lines);
 *               width 0: do not wrap
 *     COMPLETE  u32 cursor, text
 *     CANCEL    empty; interrupts the running command, else ignored
 *   server -> client
 *     PROMPT    text; once at start, then after every STATUS
 *     OUTPUT    bytes to print as they are
 *     STATUS    u8 flags, u32 line, u32 column of the text (0: elsewhere, as
 *               the error text then says), error text; ends a RUN.  With
 *               MORE nothing was run: the text waits for further lines, to be
 *               sent again with them
 *     WORDS     u32 start, then for each word: a byte that may follow it (blank,
 *               '=', or NUL: anything), word NUL, help NUL; answers a
 *               COMPLETE: the words may replace text[start..cursor)
 *     FATAL     text; the server closes the connection
 *
 * A client sends the next RUN or COMPLETE after the answer to the last one.
 * Text is bytes; the protocol does not care for their encoding.
 */
#ifndef SL_DOOR_WIRE_H
#define SL_DOOR_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define SL_WIRE_MAGIC	     "\xf8SL1"
#define SL_WIRE_MAGIC_LEN    4u
#define SL_WIRE_HEADER_LEN   5u
#define SL_WIRE_RUN_LEN	     3u /* before the text */
#define SL_WIRE_COMPLETE_LEN 4u
#define SL_WIRE_STATUS_LEN   9u
#define SL_WIRE_WORDS_LEN    4u
/* A whole router export pasted into stdin is one RUN. */
#define SL_WIRE_REQUEST_MAX (8u * 1024 * 1024)
#define SL_WIRE_REPLY_MAX   (64u * 1024)
#define SL_WIRE_SOCKET	    "/run/sluice/sluice.sock"

enum sl_wire_type {
	SL_WIRE_RUN = 'R',
	SL_WIRE_COMPLETE = 'C',
	SL_WIRE_CANCEL = 'X',
	SL_WIRE_PROMPT = 'P',
	SL_WIRE_OUTPUT = 'O',
	SL_WIRE_STATUS = 'S',
	SL_WIRE_WORDS = 'W',
	SL_WIRE_FATAL = 'F',
};

enum sl_wire_run_flags {
	SL_WIRE_JSON = 1,	 /* print answers as JSON */
	SL_WIRE_INTERACTIVE = 2, /* a person is typing, line by line */
};

enum sl_wire_status_flags {
	SL_WIRE_OK = 1,
	SL_WIRE_QUIT = 2, /* the command was /quit; the server closes */
	SL_WIRE_MORE = 4,
};

struct sl_wire_frame {
	uint8_t type;
	uint32_t len;
	const uint8_t *payload;
};

static inline void
sl_wire_put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
sl_wire_put32(uint8_t *p, uint32_t v)
{
	sl_wire_put16(p, (uint16_t)(v >> 16));
	sl_wire_put16(p + 2, (uint16_t)v);
}

static inline uint16_t
sl_wire_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
sl_wire_get32(const uint8_t *p)
{
	return (uint32_t)sl_wire_get16(p) << 16 | sl_wire_get16(p + 2);
}

static inline void
sl_wire_put_header(
    uint8_t out[SL_WIRE_HEADER_LEN], enum sl_wire_type type, uint32_t len)
{
	out[0] = (uint8_t)type;
	sl_wire_put32(out + 1, len);
}

/* Finds the frame at the start of 'len' bytes.  Returns 1 with 'frame' set
 * (pointing into 'bytes'), 0 while it is incomplete, -1 if its payload is
 * longer than 'max'. */
static inline int
sl_wire_get_frame(
    const uint8_t *bytes, size_t len, uint32_t max, struct sl_wire_frame *frame)
{
	if (len < SL_WIRE_HEADER_LEN)
		return 0;
	frame->type = bytes[0];
	frame->len = sl_wire_get32(bytes + 1);
	frame->payload = bytes + SL_WIRE_HEADER_LEN;
	if (frame->len > max)
		return -1;
	return len - SL_WIRE_HEADER_LEN >= frame->len;
}

#endif
