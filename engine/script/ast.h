/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parser makes of a script.  All of it lives in one arena and dies
 * with the statement; nothing in it changes after parsing.
 */
#ifndef SL_SCRIPT_AST_H
#define SL_SCRIPT_AST_H

#include <script/lex.h>

enum sl_node_kind {
	SL_NODE_TEXT,	/* a bare word; whoever uses it gives it a type */
	SL_NODE_STRING, /* a quoted one, escapes decoded */
	SL_NODE_JOIN,	/* 'first' and its successors, glued together */
	SL_NODE_VAR,	/* $text */
	SL_NODE_RUN,	/* [ body ]: the value of the last command */
	SL_NODE_BLOCK,	/* { body } of a construct */
	SL_NODE_RAW,	/* { text } handed to a menu, unread */
	SL_NODE_ARRAY,	/* { first; ... } */
	SL_NODE_OP,	/* 'op' over kid[0] and, if binary, kid[1] */
};

struct sl_statement;

struct sl_node {
	enum sl_node_kind kind;
	enum sl_op op;
	struct sl_spot at;
	const char *text; /* NUL-terminated */
	size_t len;
	struct sl_node *kid[2];
	struct sl_node *first; /* JOIN, ARRAY */
	struct sl_node *next;  /* in the list of a JOIN or ARRAY */
	struct sl_node *key;   /* of an ARRAY's element; NULL: none */
	struct sl_statement *body;
};

/* NAME=value, or a value alone. */
struct sl_part {
	struct sl_part *next;
	struct sl_spot at;
	const char *name; /* NULL: positional */
	struct sl_node *value;
};

struct sl_keyword;

struct sl_statement {
	struct sl_statement *next;
	struct sl_spot at;
	const struct sl_keyword *keyword; /* ":if"; NULL: a menu's command */
	struct sl_part *items;		  /* path words, verb, arguments */
	bool has_where;
	struct sl_spot where_at;
	struct sl_node *where; /* NULL: no condition */
	struct sl_node *block; /* { ... }, bare or behind a path */
};

#endif
