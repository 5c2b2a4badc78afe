/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conversation file: what two programs say to each other, with places for the
 * addresses and ports that a router between them changes.  include/README.md
 * tells the format to authors.
 */
#ifndef SL_CHECK_TALK_H
#define SL_CHECK_TALK_H

#include <base/error.h>
#include <sluice/types.h>

#define SL_TALK_STEPS  512
#define SL_TALK_PIECES 4096
#define SL_TALK_BYTES  (128 * 1024)
#define SL_TALK_NAME   16
#define SL_TALK_IDS    256 /* ids announced in one talk */

/* A part of what is said. */
enum sl_talk_place {
	SL_TALK_LITERAL,
	SL_TALK_ADDR,	 /* {addr}    the speaker's address */
	SL_TALK_HOST,	 /* {host}    the same, in brackets if IPv6 */
	SL_TALK_ADDR_B,	 /* {addr.b}  the same, in bytes */
	SL_TALK_ADDR_10, /* {addr.10} the same, as one decimal number */
	SL_TALK_SELF,	 /* {self}    the speaker's port */
	SL_TALK_PEER,	 /* {peer}    the listener's address, in brackets if
			  * IPv6 */
	SL_TALK_PORT,	 /* {port N}   an id that the speaker announces */
	SL_TALK_PORT_B,	 /* {port.b N} the same, in two bytes */
	SL_TALK_COMMAS,	 /* {commas N} both, as FTP writes them */
	SL_TALK_FAMILY,	 /* {family}  4 or 6 */
	SL_TALK_AF,	 /* {af}      1 or 2, as RFC 2428 numbers families */
	SL_TALK_BODY,	 /* {body}    number of bytes after the empty line */
	SL_TALK_PLACES
};

struct sl_talk_piece {
	uint8_t place;	   /* enum sl_talk_place */
	uint16_t id;	   /* of PORT, PORT_B, COMMAS */
	uint32_t off, len; /* of LITERAL, in bytes */
};

enum sl_talk_kind {
	SL_TALK_SAYS,	 /* side says pieces */
	SL_TALK_OPENS,	 /* side opens what the other announced as 'id' */
	SL_TALK_BLOCKED, /* the same, and must not come through */
};

struct sl_talk_step {
	uint8_t kind;	 /* enum sl_talk_kind */
	uint8_t side;	 /* SL_ORIG: client, SL_REPLY: server */
	uint8_t l4proto; /* of OPENS and BLOCKED */
	uint16_t id;	 /* 0: the other's port of the conversation itself */
	uint32_t line;	 /* in the file */
	uint32_t piece, n_pieces;
};

struct sl_talk {
	const char *file;
	char helper[SL_TALK_NAME]; /* empty: the plugin's first */
	uint8_t l4proto;	   /* 0: as the helper's first port */
	uint16_t port;
	uint8_t families; /* bit 0: IPv4, bit 1: IPv6 */
	uint32_t n_steps, n_pieces, n_bytes;
	struct sl_talk_step steps[SL_TALK_STEPS];
	struct sl_talk_piece pieces[SL_TALK_PIECES];
	uint8_t bytes[SL_TALK_BYTES];
};

/* NULL, and 'err' with file, line and what is wrong.  => Role: main. */
struct sl_talk *sl_talk_read(const char *file, struct sl_err *err);
/* The same, of text in memory; 'file' is for messages. */
struct sl_talk *sl_talk_parse(
    const char *file, const char *text, size_t len, struct sl_err *err);
void sl_talk_free(struct sl_talk *);

const char *sl_talk_side_name(uint8_t side);

#endif
