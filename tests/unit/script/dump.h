/* SPDX-License-Identifier: Apache-2.0 */
/* Syntax trees as one line of text, for tables of tests. */
#ifndef SL_TEST_SCRIPT_DUMP_H
#define SL_TEST_SCRIPT_DUMP_H

#include <script/ast.h>
#include <script/keyword.h>

#include <stdarg.h>
#include <stdio.h>

struct dump {
	char text[4096];
	size_t len;
};

static inline void SL_PRINTF(2, 3)
    dump_add(struct dump *d, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(d->text + d->len, sizeof(d->text) - d->len, fmt, ap);
	va_end(ap);
	d->len = SL_MIN(d->len + (size_t)n, sizeof(d->text) - 1);
}

static inline void dump_statements(struct dump *, const struct sl_statement *);

static inline void
dump_node(struct dump *d, const struct sl_node *n)
{
	static const char *const ops[] = {"", "or", "and", "=", "!=", "<", ">",
	    "<=", ">=", "~", "in", ",", ".", "|", "^", "&", "<<", ">>", "+",
	    "-", "*", "/", "%", "->", "!", "neg", "bitnot"};
	const struct sl_node *k;

	if (n->key) {
		dump_node(d, n->key);
		dump_add(d, "=>");
	}
	switch (n->kind) {
	case SL_NODE_TEXT:
		dump_add(d, "%s", n->text);
		break;
	case SL_NODE_STRING:
		dump_add(d, "'%s'", n->text);
		break;
	case SL_NODE_RAW:
		dump_add(d, "raw'%s'", n->text);
		break;
	case SL_NODE_VAR:
		dump_add(d, "$%s", n->text);
		break;
	case SL_NODE_RUN:
		dump_add(d, "[");
		dump_statements(d, n->body);
		dump_add(d, "]");
		break;
	case SL_NODE_BLOCK:
		dump_add(d, "{");
		dump_statements(d, n->body);
		dump_add(d, "}");
		break;
	case SL_NODE_JOIN:
	case SL_NODE_ARRAY:
		dump_add(d, n->kind == SL_NODE_JOIN ? "join(" : "array(");
		for (k = n->first; k; k = k->next) {
			dump_node(d, k);
			dump_add(d, k->next ? " " : "");
		}
		dump_add(d, ")");
		break;
	case SL_NODE_OP:
		dump_add(d, "(%s ", ops[n->op]);
		dump_node(d, n->kid[0]);
		if (n->kid[1]) {
			dump_add(d, " ");
			dump_node(d, n->kid[1]);
		}
		dump_add(d, ")");
	}
}

static inline void
dump_statements(struct dump *d, const struct sl_statement *st)
{
	for (; st; st = st->next) {
		if (st->keyword)
			dump_add(d, ":%s ", st->keyword->name);
		for (const struct sl_part *p = st->items; p; p = p->next) {
			if (p->name)
				dump_add(d, "%s=", p->name);
			dump_node(d, p->value);
			dump_add(d, p->next || st->has_where ? " " : "");
		}
		if (st->block) {
			dump_add(d, st->items ? " " : "");
			dump_node(d, st->block);
		}
		if (st->has_where)
			dump_add(d, "where");
		if (st->where) {
			dump_add(d, " ");
			dump_node(d, st->where);
		}
		dump_add(d, st->next ? "; " : "");
	}
}

#endif
