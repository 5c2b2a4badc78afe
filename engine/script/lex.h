/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes in, tokens out: the lowest floor of the .rsc language.
 *
 * What a byte means depends on where it stands ('-' belongs to a property name
 * but subtracts after a number), so the parser says which kind of token it
 * expects.  Lines continued with '\' are joined here, below every token;
 * a token's place is that of its first byte in the file as it was written.
 *
 * A struct sl_lex is a cursor: copy it to look ahead, assign it to go back.
 */
#ifndef SL_SCRIPT_LEX_H
#define SL_SCRIPT_LEX_H

#include <base/error.h>

struct sl_arena;

struct sl_spot {
	uint32_t line, column; /* from 1; columns count bytes */
};

enum sl_token_kind {
	SL_TOKEN_END,  /* the input's end */
	SL_TOKEN_EOL,  /* a line's end or ';' */
	SL_TOKEN_WORD, /* text[0..len) */
	SL_TOKEN_MARK, /* one of { } [ ] ( ) = " $ : see 'mark' */
	SL_TOKEN_OP,   /* an operator: see 'mark', an sl_op */
	SL_TOKEN_BAD,  /* a byte that can start nothing, or no memory */
};

enum sl_op {
	SL_OP_NONE,
	SL_OP_OR,
	SL_OP_AND,
	SL_OP_EQ,
	SL_OP_NE,
	SL_OP_LT,
	SL_OP_GT,
	SL_OP_LE,
	SL_OP_GE,
	SL_OP_MATCH, /* binary ~ */
	SL_OP_IN,
	SL_OP_COMMA,
	SL_OP_CONCAT,
	SL_OP_BITOR,
	SL_OP_BITXOR,
	SL_OP_BITAND,
	SL_OP_SHL,
	SL_OP_SHR,
	SL_OP_ADD,
	SL_OP_SUB,
	SL_OP_MUL,
	SL_OP_DIV,
	SL_OP_MOD,
	SL_OP_ELEMENT, /* -> */
	SL_OP_NOT,     /* unary from here */
	SL_OP_NEG,
	SL_OP_BITNOT,
};

enum sl_lex_mode {
	SL_LEX_ITEM,	 /* a word of a command, or NAME of NAME=value */
	SL_LEX_VALUE,	 /* right behind NAME= */
	SL_LEX_OPERAND,	 /* in an expression, where a value is due */
	SL_LEX_OPERATOR, /* in an expression, behind a value */
	SL_LEX_COMPARED, /* in a where, right behind PROPERTY= */
};

struct sl_token {
	enum sl_token_kind kind;
	bool blank_before;
	uint8_t mark;
	struct sl_spot at;
	const char *text; /* not NUL-terminated; in the source or the arena */
	size_t len;
};

struct sl_lex {
	const char *text;
	size_t len, off;
	struct sl_spot at;
	struct sl_arena *arena; /* for words that were written on two lines */
};

void sl_lex_init(
    struct sl_lex *, const char *text, size_t len, struct sl_arena *);

/* The next token as 'mode' reads it; consumed. */
struct sl_token sl_lex_next(struct sl_lex *, enum sl_lex_mode mode);

/* The same, not consumed. */
struct sl_token sl_lex_peek(const struct sl_lex *, enum sl_lex_mode mode);

/* Moves to the next command: over blanks, line ends, ';' and comments. */
void sl_lex_skip_separators(struct sl_lex *);

/* The next byte after joining lines, or -1 at the end; not consumed, nor are
 * blanks before it.  In a string, escapes are still as written. */
int sl_lex_byte(const struct sl_lex *);

/* Consumes what sl_lex_byte() returned. */
int sl_lex_take(struct sl_lex *);

/* Consumes one byte as it is written: what follows a backslash. */
int sl_lex_take_raw(struct sl_lex *);

/* Reads literal text of a string up to its closing quote, an interpolated
 * '$', a bare line end (unless 'multiline') or the end, none of them consumed;
 * escapes are decoded.  Returns 0, -EINVAL (a bad escape or a NUL byte, which
 * the cursor then points at) or -ENOMEM. */
int sl_lex_literal(
    struct sl_lex *, bool multiline, const char **text, size_t *len);

/* Reads a variable's name behind '$' ("name" in quotes included); its length,
 * or 0 if there is none. */
size_t sl_lex_variable(struct sl_lex *, const char **name);

/* True if '$' at the cursor starts a variable, $( or $[. */
bool sl_lex_is_variable(const struct sl_lex *);

/* True if the string whose text starts at the cursor may hold bare line ends:
 * it closes with a quote that does not look like the opening one of another
 * string.  An unclosed quote would otherwise swallow the rest of the file. */
bool sl_lex_is_multiline(const struct sl_lex *);

/* Gives a statement up: moves to the end of its line, or to the '}' that
 * closes the block it stands in. */
void sl_lex_skip_statement(struct sl_lex *, bool in_block);

/* Moves behind the '}' that closes the '{' just consumed, whatever lies
 * between; -EINVAL if there is none. */
int sl_lex_skip_braces(struct sl_lex *);

#endif
