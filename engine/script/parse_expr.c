/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions: ( ... ), and everything behind where.
 */
#include <script/parse.h>

#include <string.h>

enum { PREC_OR = 1, PREC_AND, PREC_COMPARE };

static const uint8_t precedence[] = {
    [SL_OP_OR] = PREC_OR,
    [SL_OP_AND] = PREC_AND,
    [SL_OP_EQ] = PREC_COMPARE,
    [SL_OP_NE] = PREC_COMPARE,
    [SL_OP_LT] = PREC_COMPARE,
    [SL_OP_GT] = PREC_COMPARE,
    [SL_OP_LE] = PREC_COMPARE,
    [SL_OP_GE] = PREC_COMPARE,
    [SL_OP_MATCH] = PREC_COMPARE,
    [SL_OP_IN] = PREC_COMPARE,
    [SL_OP_COMMA] = 4,
    [SL_OP_CONCAT] = 5,
    [SL_OP_BITOR] = 6,
    [SL_OP_BITXOR] = 7,
    [SL_OP_BITAND] = 8,
    [SL_OP_SHL] = 9,
    [SL_OP_SHR] = 9,
    [SL_OP_ADD] = 10,
    [SL_OP_SUB] = 10,
    [SL_OP_MUL] = 11,
    [SL_OP_DIV] = 11,
    [SL_OP_MOD] = 11,
    [SL_OP_BITNOT] = 0,
};

static struct sl_node *parse_binary(struct sl_parse *, unsigned min);

static bool
word_is(const struct sl_token *tok, const char *text)
{
	return tok->kind == SL_TOKEN_WORD && tok->len == strlen(text) &&
	       !memcmp(tok->text, text, tok->len);
}

/* "!" takes a whole comparison: "!a=b" is not (a=b). */
static struct sl_node *
parse_unary(struct sl_parse *p, struct sl_spot at, enum sl_op op)
{
	struct sl_node *n = sl_parse_new_node(p, SL_NODE_OP, at);
	unsigned min = op == SL_OP_NOT ? PREC_COMPARE : precedence[SL_OP_MUL];

	if (!n || !sl_parse_enter(p, at))
		return NULL;
	n->op = op;
	n->kid[0] = parse_binary(p, op == SL_OP_NOT ? min : min + 1);
	p->depth--;
	return n->kid[0] ? n : NULL;
}

static void
fail_operand(struct sl_parse *p, const struct sl_token *tok)
{
	if (tok->kind == SL_TOKEN_END && !p->first.code && !p->err.code)
		p->open = '(';
	sl_parse_fail(p, tok->at,
	    p->in_where ? "missing value for where" : "syntax error");
}

static struct sl_node *
parse_operand(struct sl_parse *p)
{
	struct sl_token tok = sl_lex_next(&p->lex, SL_LEX_OPERAND);
	struct sl_node *n = NULL;

	if (word_is(&tok, "not"))
		return parse_unary(p, tok.at, SL_OP_NOT);
	if (tok.kind == SL_TOKEN_OP)
		return parse_unary(p, tok.at, (enum sl_op)tok.mark);
	if (tok.kind == SL_TOKEN_WORD)
		n = sl_parse_new_text(p, &tok);
	else if (tok.kind == SL_TOKEN_MARK && tok.mark == '{')
		n = sl_parse_array(p, tok.at);
	else if (tok.kind == SL_TOKEN_MARK)
		n = sl_parse_marked(p, &tok);
	else
		fail_operand(p, &tok);
	return n ? sl_parse_elements(p, n) : NULL;
}

/* The operator that 'tok' is; conditions that just follow each other, as in
 * "where a=b c=d", are joined by an AND that nobody wrote. */
static enum sl_op
operator_of(
    const struct sl_parse *p, const struct sl_token *tok, bool *unwritten)
{
	*unwritten = false;
	if (tok->kind == SL_TOKEN_OP && tok->mark != SL_OP_NOT)
		return (enum sl_op)tok->mark;
	if (word_is(tok, "and"))
		return SL_OP_AND;
	if (word_is(tok, "or"))
		return SL_OP_OR;
	if (word_is(tok, "in"))
		return SL_OP_IN;
	if (!p->in_where || tok->kind == SL_TOKEN_BAD)
		return SL_OP_NONE;
	if (tok->kind == SL_TOKEN_MARK && !strchr("\"$([", tok->mark))
		return SL_OP_NONE;
	*unwritten = tok->kind == SL_TOKEN_WORD || tok->kind == SL_TOKEN_OP ||
		     tok->kind == SL_TOKEN_MARK;
	return *unwritten ? SL_OP_AND : SL_OP_NONE;
}

/* Right of PROPERTY=, a bare word is a value as in commands, with all the
 * commas, dashes and slashes that it may have there. */
static struct sl_node *
parse_right(struct sl_parse *p, const struct sl_node *left, enum sl_op op)
{
	struct sl_lex before = p->lex;
	struct sl_token tok;

	if (!p->in_where || left->kind != SL_NODE_TEXT ||
	    precedence[op] != PREC_COMPARE)
		return parse_binary(p, precedence[op] + 1u);
	tok = sl_lex_next(&p->lex, SL_LEX_COMPARED);
	if (tok.kind == SL_TOKEN_WORD)
		return sl_parse_new_text(p, &tok);
	p->lex = before;
	return parse_binary(p, precedence[op] + 1u);
}

static struct sl_node *
parse_binary(struct sl_parse *p, unsigned min)
{
	struct sl_node *left = parse_operand(p);

	while (left) {
		struct sl_token tok = sl_lex_peek(&p->lex, SL_LEX_OPERATOR);
		bool unwritten;
		enum sl_op op = operator_of(p, &tok, &unwritten);
		struct sl_node *n;

		if (op == SL_OP_NONE || precedence[op] < min)
			return left;
		if (++p->terms > SL_PARSE_TERMS)
			return sl_parse_fail(p, tok.at, "expression too long");
		n = sl_parse_new_node(p, SL_NODE_OP, tok.at);
		if (!n)
			return NULL;
		if (!unwritten)
			sl_lex_next(&p->lex, SL_LEX_OPERATOR);
		n->op = op;
		n->kid[0] = left;
		n->kid[1] = parse_right(p, left, op);
		left = n->kid[1] ? n : NULL;
	}
	return NULL;
}

struct sl_node *
sl_parse_expression(struct sl_parse *p)
{
	return parse_binary(p, PREC_OR);
}

struct sl_node *
sl_parse_paren(struct sl_parse *p, struct sl_spot open)
{
	struct sl_node *n;
	struct sl_token tok;

	if (!sl_parse_enter(p, open))
		return NULL;
	n = parse_binary(p, PREC_OR);
	if (!n)
		return NULL;
	tok = sl_lex_peek(&p->lex, SL_LEX_OPERATOR);
	if (tok.kind == SL_TOKEN_END)
		return sl_parse_unclosed(p, '(', open);
	if (tok.kind == SL_TOKEN_EOL)
		return sl_parse_fail(p, open, "missing closing parenthesis");
	if (tok.kind != SL_TOKEN_MARK || tok.mark != ')')
		return sl_parse_fail(p, tok.at, "syntax error");
	sl_lex_next(&p->lex, SL_LEX_OPERATOR);
	p->depth--;
	return n;
}
