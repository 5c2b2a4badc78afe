/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of commands: words, strings, variables, arrays.
 */
#include <script/parse.h>

#include <errno.h>
#include <string.h>

struct sl_node *
sl_parse_new_text(struct sl_parse *p, const struct sl_token *tok)
{
	struct sl_node *n = sl_parse_new_node(p, SL_NODE_TEXT, tok->at);

	if (!n)
		return NULL;
	n->len = tok->len;
	n->text = sl_arena_copy(p->arena, tok->text, tok->len);
	return n->text ? n : sl_parse_no_memory(p);
}

struct sl_node *
sl_parse_variable(struct sl_parse *p, struct sl_spot open)
{
	struct sl_node *n = sl_parse_new_node(p, SL_NODE_VAR, open);
	const char *name;

	if (!n)
		return NULL;
	n->len = sl_lex_variable(&p->lex, &name);
	if (!n->len)
		return sl_parse_fail(p, open, "expected variable name");
	n->text = sl_arena_copy(p->arena, name, n->len);
	return n->text ? n : sl_parse_no_memory(p);
}

/* A '$' inside a string, not consumed. */
static struct sl_node *
parse_embedded(struct sl_parse *p)
{
	struct sl_spot at = p->lex.at;
	int c;

	sl_lex_take(&p->lex);
	c = sl_lex_byte(&p->lex);
	if (c != '(' && c != '[')
		return sl_parse_variable(p, at);
	sl_lex_take(&p->lex);
	return c == '(' ? sl_parse_paren(p, at) : sl_parse_run(p, at);
}

/* The next piece of a string: text, or what a '$' stands for. */
static struct sl_node *
parse_piece(struct sl_parse *p, bool multiline)
{
	struct sl_node *n;
	const char *text;
	int rc;

	if (sl_lex_is_variable(&p->lex))
		return parse_embedded(p);
	n = sl_parse_new_node(p, SL_NODE_STRING, p->lex.at);
	if (!n)
		return NULL;
	rc = sl_lex_literal(&p->lex, multiline, &text, &n->len);
	if (rc == -EINVAL)
		return sl_parse_fail(p, p->lex.at, "syntax error");
	n->text = rc ? NULL : sl_arena_copy(p->arena, text, n->len);
	return n->text ? n : sl_parse_no_memory(p);
}

static struct sl_node *
close_string(struct sl_parse *p, struct sl_node *join)
{
	if (join->first && !join->first->next &&
	    join->first->kind == SL_NODE_STRING) {
		join->first->at = join->at;
		return join->first;
	}
	if (!join->first) {
		join->kind = SL_NODE_STRING;
		join->text = sl_arena_copy(p->arena, "", 0);
	}
	return join->first || join->text ? join : sl_parse_no_memory(p);
}

struct sl_node *
sl_parse_string(struct sl_parse *p, struct sl_spot open)
{
	struct sl_node *join = sl_parse_new_node(p, SL_NODE_JOIN, open);
	struct sl_node **tail;
	bool multiline = false;
	int c;

	if (!join)
		return NULL;
	tail = &join->first;
	while ((c = sl_lex_byte(&p->lex)) != '"') {
		if (!multiline && (c == '\n' || c == '\r'))
			multiline = sl_lex_is_multiline(&p->lex);
		if (c < 0)
			return sl_parse_unclosed(p, '"', open);
		if (!multiline && (c == '\n' || c == '\r'))
			return sl_parse_fail(p, open, "missing closing quote");
		*tail = parse_piece(p, multiline);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	}
	sl_lex_take(&p->lex);
	return close_string(p, join);
}

/* KEY= before an element of an array. */
static bool
parse_key(struct sl_parse *p, struct sl_node **key)
{
	struct sl_lex before = p->lex;
	struct sl_token tok = sl_lex_next(&p->lex, SL_LEX_ITEM);

	*key = NULL;
	if (tok.kind == SL_TOKEN_WORD && sl_lex_byte(&p->lex) == '=')
		*key = sl_parse_new_text(p, &tok);
	else if (tok.kind == SL_TOKEN_MARK && tok.mark == '"')
		*key = sl_parse_string(p, tok.at);
	if (p->err.code)
		return false;
	if (*key && sl_lex_byte(&p->lex) == '=') {
		sl_lex_take(&p->lex);
		return true;
	}
	*key = NULL;
	p->lex = before;
	return true;
}

static struct sl_node *
parse_element(struct sl_parse *p)
{
	struct sl_node *key, *n;
	struct sl_token tok;

	if (!parse_key(p, &key))
		return NULL;
	tok = sl_lex_peek(&p->lex, SL_LEX_VALUE);
	if (key && tok.kind == SL_TOKEN_WORD && tok.len == 3 &&
	    !memcmp(tok.text, "do=", 3))
		return sl_parse_fail(p, tok.at, "functions are not supported");
	n = sl_parse_value(p, SL_LEX_VALUE, SL_PARSE_ARRAY);
	if (n)
		n->key = key;
	return n;
}

struct sl_node *
sl_parse_array(struct sl_parse *p, struct sl_spot open)
{
	struct sl_node *n = sl_parse_new_node(p, SL_NODE_ARRAY, open);
	struct sl_node **tail;
	int c;

	if (!n || !sl_parse_enter(p, open))
		return NULL;
	tail = &n->first;
	for (;;) {
		sl_lex_skip_separators(&p->lex);
		c = sl_lex_byte(&p->lex);
		if (c < 0)
			return sl_parse_unclosed(p, '{', open);
		if (c == '}')
			break;
		*tail = parse_element(p);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	}
	sl_lex_take(&p->lex);
	p->depth--;
	return n;
}

/* { ... } as an argument of a menu's command: text nobody reads here. */
static struct sl_node *
parse_raw(struct sl_parse *p, struct sl_spot open)
{
	struct sl_node *n = sl_parse_new_node(p, SL_NODE_RAW, open);
	size_t from = p->lex.off;

	if (!n)
		return NULL;
	if (sl_lex_skip_braces(&p->lex))
		return sl_parse_unclosed(p, '{', open);
	n->len = p->lex.off - 1 - from;
	n->text = sl_arena_copy(p->arena, p->lex.text + from, n->len);
	return n->text ? n : sl_parse_no_memory(p);
}

struct sl_node *
sl_parse_marked(struct sl_parse *p, const struct sl_token *tok)
{
	switch (tok->mark) {
	case '"':
		return sl_parse_string(p, tok->at);
	case '$':
		return sl_parse_variable(p, tok->at);
	case '[':
		return sl_parse_run(p, tok->at);
	case '(':
		return sl_parse_paren(p, tok->at);
	default:
		return sl_parse_fail(p, tok->at, "syntax error");
	}
}

struct sl_node *
sl_parse_elements(struct sl_parse *p, struct sl_node *of)
{
	for (;;) {
		struct sl_token tok = sl_lex_peek(&p->lex, SL_LEX_OPERATOR);
		struct sl_node *n;

		if (tok.kind != SL_TOKEN_OP || tok.mark != SL_OP_ELEMENT ||
		    tok.blank_before)
			return of;
		if (++p->terms > SL_PARSE_TERMS)
			return sl_parse_fail(p, tok.at, "expression too long");
		n = sl_parse_new_node(p, SL_NODE_OP, tok.at);
		if (!n)
			return NULL;
		sl_lex_next(&p->lex, SL_LEX_OPERATOR);
		tok = sl_lex_next(&p->lex, SL_LEX_OPERAND);
		n->op = SL_OP_ELEMENT;
		n->kid[0] = of;
		if (tok.kind == SL_TOKEN_WORD)
			n->kid[1] = sl_parse_new_text(p, &tok);
		else if (tok.kind == SL_TOKEN_MARK)
			n->kid[1] = sl_parse_marked(p, &tok);
		else
			sl_parse_fail(p, tok.at, "syntax error");
		if (!n->kid[1])
			return NULL;
		of = n;
	}
}

/* Text or a variable goes on with what touches it: net-$i, !"a b". */
static struct sl_node *
parse_rest(struct sl_parse *p, struct sl_node *head, enum sl_lex_mode mode)
{
	struct sl_node *join = NULL, **tail = NULL;

	for (;;) {
		struct sl_lex before = p->lex;
		struct sl_token tok = sl_lex_next(&p->lex, mode);
		struct sl_node *piece;

		if (tok.blank_before ||
		    (tok.kind != SL_TOKEN_WORD &&
			(tok.kind != SL_TOKEN_MARK ||
			    (tok.mark != '$' && tok.mark != '"')))) {
			p->lex = before;
			return join ? join : head;
		}
		p->lex = before;
		if (!join) {
			join = sl_parse_new_node(p, SL_NODE_JOIN, head->at);
			if (!join)
				return NULL;
			join->first = head;
			tail = &head->next;
		}
		sl_lex_next(&p->lex, mode);
		if (tok.kind == SL_TOKEN_WORD) {
			piece = sl_parse_new_text(p, &tok);
		} else if (tok.mark == '"') {
			*tail = sl_parse_string(p, tok.at);
			return *tail ? join : NULL;
		} else {
			p->lex = before;
			piece = parse_embedded(p);
		}
		if (!piece)
			return NULL;
		*tail = piece;
		tail = &piece->next;
	}
}

struct sl_node *
sl_parse_value(
    struct sl_parse *p, enum sl_lex_mode mode, enum sl_parse_brace brace)
{
	struct sl_token tok = sl_lex_next(&p->lex, mode);
	struct sl_node *n;

	if (tok.kind == SL_TOKEN_WORD) {
		n = sl_parse_new_text(p, &tok);
		return n ? parse_rest(p, n, mode) : NULL;
	}
	if (tok.kind != SL_TOKEN_MARK)
		return sl_parse_fail(p, tok.at, "syntax error");
	if (tok.mark == '{') {
		if (brace == SL_PARSE_BLOCK)
			return sl_parse_block(p, tok.at);
		return brace == SL_PARSE_RAW ? parse_raw(p, tok.at)
					     : sl_parse_array(p, tok.at);
	}
	if (tok.mark == '=' || tok.mark == ')')
		return sl_parse_fail(p, tok.at, "expected end of command");
	n = sl_parse_marked(p, &tok);
	if (n && tok.mark != '"')
		n = sl_parse_elements(p, n);
	return n && n->kind == SL_NODE_VAR ? parse_rest(p, n, mode) : n;
}
