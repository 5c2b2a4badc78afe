/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text to syntax trees, one top-level command at a time.
 *
 * The parser knows the language, not the menus: which words are a path, which
 * the verb and which arguments is settled when the command runs.  It does know
 * that "where" and "find" are followed by an expression.
 *
 * After a mistake it goes on with the next command, inside blocks too, so that
 * one pass names every mistake of a file.
 */
#ifndef SL_SCRIPT_PARSE_H
#define SL_SCRIPT_PARSE_H

#include <base/arena.h>
#include <script/ast.h>

#define SL_PARSE_NESTING 64 /* blocks, brackets and parentheses in each other */
#define SL_PARSE_TERMS	 1000 /* operators of one command: bounds recursion */

struct sl_parse {
	struct sl_lex lex;
	struct sl_arena *arena;
	const char *file;    /* NULL: typed; else outlives the errors */
	struct sl_err err;   /* of the statement at hand */
	struct sl_err first; /* of the top-level statement */
	void (*report)(void *ctx, const struct sl_err *); /* or NULL */
	void *report_ctx;
	unsigned depth, terms;
	bool in_where;
	bool unclosed; /* the text ended inside braces */
	char open;     /* the mark whose missing end is the first mistake; 0 */
};

/* Prepares to read 'text', which must live as long as the trees do. */
void sl_parse_init(struct sl_parse *, const char *text, size_t len,
    const char *file, struct sl_arena *);

/* Reads the next command.  Returns 1 and the command; 0 at the end; -EINVAL
 * or -ENOMEM after a mistake, which went to report() and, if it is the first
 * of the text, to 'err'.  Calling again goes on behind it.
 * => Role: control. */
int sl_parse_next(
    struct sl_parse *, struct sl_statement **, struct sl_err *err);

/* The parts below are for the files of the parser. */

/* Records the first mistake of the current statement; returns NULL. */
void *sl_parse_fail(struct sl_parse *, struct sl_spot, const char *fmt, ...)
    SL_PRINTF(3, 4);
void *sl_parse_no_memory(struct sl_parse *);

/* The text ended inside of what 'mark' ('{', '[', '(' or '"') at 'open'
 * began. */
void *sl_parse_unclosed(struct sl_parse *, char mark, struct sl_spot open);

/* Enters a level of nesting; false if that is one too many. */
bool sl_parse_enter(struct sl_parse *, struct sl_spot);

struct sl_node *sl_parse_new_node(
    struct sl_parse *, enum sl_node_kind, struct sl_spot);

/* A TEXT node of a word. */
struct sl_node *sl_parse_new_text(struct sl_parse *, const struct sl_token *);

/* What '{' begins where a value is due. */
enum sl_parse_brace {
	SL_PARSE_ARRAY,
	SL_PARSE_BLOCK,
	SL_PARSE_RAW,
};

/* A value of a command; bare words end as 'mode' says. */
struct sl_node *sl_parse_value(
    struct sl_parse *, enum sl_lex_mode mode, enum sl_parse_brace);

/* What follows an opening mark at 'open', which is consumed. */
struct sl_node *sl_parse_string(struct sl_parse *, struct sl_spot open);
struct sl_node *sl_parse_array(struct sl_parse *, struct sl_spot open);
struct sl_node *sl_parse_run(struct sl_parse *, struct sl_spot open);
struct sl_node *sl_parse_block(struct sl_parse *, struct sl_spot open);
struct sl_node *sl_parse_paren(struct sl_parse *, struct sl_spot open);
struct sl_node *sl_parse_variable(struct sl_parse *, struct sl_spot open);

/* The node that 'tok', a mark other than '{' or a closing one, begins. */
struct sl_node *sl_parse_marked(struct sl_parse *, const struct sl_token *tok);

/* "->" and the index behind a value, if they are there. */
struct sl_node *sl_parse_elements(struct sl_parse *, struct sl_node *of);

/* A whole expression, up to whatever cannot go on with it. */
struct sl_node *sl_parse_expression(struct sl_parse *);

#endif
