/* SPDX-License-Identifier: Apache-2.0 */
#include <script/parse.h>

#include <script/blame.h>
#include <script/keyword.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct sl_statement *parse_statement(struct sl_parse *);

void
sl_parse_init(struct sl_parse *p, const char *text, size_t len,
    const char *file, struct sl_arena *arena)
{
	memset(p, 0, sizeof(*p));
	sl_lex_init(&p->lex, text, len, arena);
	p->arena = arena;
	p->file = file;
}

void *
sl_parse_fail(struct sl_parse *p, struct sl_spot at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sl_blame_vsyntax(&p->err, p->file, at, fmt, ap);
	va_end(ap);
	return NULL;
}

void *
sl_parse_no_memory(struct sl_parse *p)
{
	sl_err_set(&p->err, -ENOMEM, "out of memory");
	sl_blame_place(&p->err, p->file, p->lex.at);
	return NULL;
}

void *
sl_parse_unclosed(struct sl_parse *p, char mark, struct sl_spot open)
{
	const char *what = mark == '"'	 ? "quote"
			   : mark == '{' ? "brace"
			   : mark == '[' ? "bracket"
					 : "parenthesis";

	if (!p->first.code && !p->err.code)
		p->open = mark;
	return sl_parse_fail(p, open, "missing closing %s", what);
}

bool
sl_parse_enter(struct sl_parse *p, struct sl_spot at)
{
	if (p->depth >= SL_PARSE_NESTING) {
		sl_parse_fail(
		    p, at, "nested deeper than %u levels", SL_PARSE_NESTING);
		return false;
	}
	p->depth++;
	return true;
}

struct sl_node *
sl_parse_new_node(struct sl_parse *p, enum sl_node_kind kind, struct sl_spot at)
{
	struct sl_node *n = sl_arena_alloc(p->arena, sizeof(*n));

	if (!n)
		return sl_parse_no_memory(p);
	n->kind = kind;
	n->at = at;
	return n;
}

static void
report(struct sl_parse *p)
{
	if (!p->first.code)
		p->first = p->err;
	if (p->report)
		p->report(p->report_ctx, &p->err);
}

/* Commands up to the closing brace, going on after mistakes. */
static struct sl_statement *
parse_body(struct sl_parse *p, struct sl_spot open)
{
	struct sl_statement *first = NULL, **tail = &first;
	unsigned depth = p->depth;

	for (;;) {
		sl_lex_skip_separators(&p->lex);
		if (sl_lex_byte(&p->lex) == '}')
			break;
		if (sl_lex_byte(&p->lex) < 0) {
			p->unclosed = true;
			sl_parse_unclosed(p, '{', open);
			return first;
		}
		*tail = parse_statement(p);
		if (*tail) {
			tail = &(*tail)->next;
			continue;
		}
		if (p->unclosed)
			return first;
		report(p);
		memset(&p->err, 0, sizeof(p->err));
		p->depth = depth;
		p->in_where = false;
		sl_lex_skip_statement(&p->lex, true);
	}
	sl_lex_take(&p->lex);
	return first;
}

struct sl_node *
sl_parse_block(struct sl_parse *p, struct sl_spot open)
{
	struct sl_node *n = sl_parse_new_node(p, SL_NODE_BLOCK, open);
	bool in_where = p->in_where;

	if (!n || !sl_parse_enter(p, open))
		return NULL;
	p->in_where = false;
	n->body = parse_body(p, open);
	p->in_where = in_where;
	p->depth--;
	return p->err.code ? NULL : n;
}

/* [ command; command ] on one (joined) line. */
struct sl_node *
sl_parse_run(struct sl_parse *p, struct sl_spot open)
{
	struct sl_node *n = sl_parse_new_node(p, SL_NODE_RUN, open);
	struct sl_statement **tail;
	bool in_where = p->in_where;
	struct sl_token tok;

	if (!n || !sl_parse_enter(p, open))
		return NULL;
	p->in_where = false;
	tail = &n->body;
	for (;;) {
		struct sl_lex before = p->lex;

		tok = sl_lex_next(&p->lex, SL_LEX_ITEM);
		if (tok.kind == SL_TOKEN_MARK && tok.mark == ']')
			break;
		if (tok.kind == SL_TOKEN_EOL &&
		    before.text[p->lex.off - 1] == ';')
			continue;
		p->lex = before;
		if (tok.kind == SL_TOKEN_END)
			return sl_parse_unclosed(p, '[', open);
		if (tok.kind == SL_TOKEN_EOL)
			return sl_parse_fail(
			    p, open, "missing closing bracket");
		*tail = parse_statement(p);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	}
	p->in_where = in_where;
	p->depth--;
	return n;
}

static bool
is_end(const struct sl_token *tok)
{
	if (tok->kind == SL_TOKEN_END || tok->kind == SL_TOKEN_EOL)
		return true;
	return tok->kind == SL_TOKEN_MARK &&
	       (tok->mark == ']' || tok->mark == '}');
}

static bool
word_is(const struct sl_token *tok, const char *text)
{
	return tok->kind == SL_TOKEN_WORD && tok->len == strlen(text) &&
	       !memcmp(tok->text, text, tok->len);
}

/* "find", or a path that ends in "/find". */
static bool
is_find(const struct sl_token *tok)
{
	if (tok->kind != SL_TOKEN_WORD || tok->len < 4)
		return false;
	if (memcmp(tok->text + tok->len - 4, "find", 4) != 0)
		return false;
	return tok->len == 4 || tok->text[tok->len - 5] == '/';
}

static bool
is_block_name(const char *name)
{
	return !strcmp(name, "do") || !strcmp(name, "else") ||
	       !strcmp(name, "on-error");
}

static enum sl_parse_brace
brace_meaning(const struct sl_statement *cmd, const char *name)
{
	if (!cmd->keyword)
		return SL_PARSE_RAW;
	if (name)
		return is_block_name(name) ? SL_PARSE_BLOCK : SL_PARSE_ARRAY;
	return cmd->keyword->id == SL_KEYWORD_DO ? SL_PARSE_BLOCK
						 : SL_PARSE_ARRAY;
}

static bool
is_function(const struct sl_statement *cmd, const char *name)
{
	if (!cmd->keyword || strcmp(name, "do") != 0)
		return false;
	return cmd->keyword->id == SL_KEYWORD_LOCAL ||
	       cmd->keyword->id == SL_KEYWORD_GLOBAL ||
	       cmd->keyword->id == SL_KEYWORD_SET;
}

static struct sl_node *
empty_value(struct sl_parse *p)
{
	struct sl_node *n = sl_parse_new_node(p, SL_NODE_TEXT, p->lex.at);

	if (n)
		n->text = "";
	return n;
}

/* What stands behind NAME=. */
static struct sl_node *
parse_named_value(struct sl_parse *p, const struct sl_statement *cmd,
    const struct sl_part *item)
{
	int c = sl_lex_byte(&p->lex);

	if (c < 0 || (c && strchr(" \t\r\n;])}", c)))
		return empty_value(p);
	if (is_function(cmd, item->name))
		return sl_parse_fail(p, item->at,
		    "functions (do= of a variable) are not supported");
	return sl_parse_value(p, SL_LEX_VALUE, brace_meaning(cmd, item->name));
}

static struct sl_part *
parse_item(struct sl_parse *p, const struct sl_statement *cmd)
{
	struct sl_part *item = sl_arena_alloc(p->arena, sizeof(*item));
	struct sl_lex before = p->lex;
	struct sl_token tok = sl_lex_next(&p->lex, SL_LEX_ITEM);

	if (!item)
		return sl_parse_no_memory(p);
	item->at = tok.at;
	if (tok.kind == SL_TOKEN_BAD)
		return sl_parse_fail(p, tok.at, "syntax error");
	if (tok.kind == SL_TOKEN_WORD && sl_lex_byte(&p->lex) == '=') {
		sl_lex_take(&p->lex);
		item->name = sl_arena_copy(p->arena, tok.text, tok.len);
		if (!item->name)
			return sl_parse_no_memory(p);
		item->value = parse_named_value(p, cmd, item);
	} else {
		p->lex = before;
		item->value =
		    sl_parse_value(p, SL_LEX_ITEM, brace_meaning(cmd, NULL));
	}
	return item->value ? item : NULL;
}

static bool
expect_end(struct sl_parse *p)
{
	struct sl_token tok = sl_lex_peek(&p->lex, SL_LEX_ITEM);

	if (!is_end(&tok))
		sl_parse_fail(p, tok.at, "expected end of command");
	return is_end(&tok);
}

/* An expression to the command's end; none is no condition. */
static bool
parse_where(struct sl_parse *p, struct sl_statement *cmd)
{
	bool in_where = p->in_where;
	struct sl_token tok = sl_lex_peek(&p->lex, SL_LEX_OPERAND);

	cmd->has_where = true;
	cmd->where_at = tok.at;
	if (is_end(&tok))
		return true;
	p->in_where = true;
	cmd->where = sl_parse_expression(p);
	p->in_where = in_where;
	return cmd->where && expect_end(p);
}

/* Everything behind "find" is its condition, with or without "where". */
static bool
parse_find(struct sl_parse *p, struct sl_statement *cmd)
{
	struct sl_lex before = p->lex;
	struct sl_token tok = sl_lex_next(&p->lex, SL_LEX_ITEM);

	if (!word_is(&tok, "where") || sl_lex_byte(&p->lex) == '=')
		p->lex = before;
	return parse_where(p, cmd);
}

/* PATH { commands }: all that may follow the path is the end. */
static bool
parse_menu_block(struct sl_parse *p, struct sl_statement *cmd)
{
	struct sl_token tok = sl_lex_next(&p->lex, SL_LEX_ITEM);

	cmd->block = sl_parse_block(p, tok.at);
	return cmd->block && expect_end(p);
}

static bool
parse_items(struct sl_parse *p, struct sl_statement *cmd)
{
	struct sl_part **tail = &cmd->items;
	bool words_only = !cmd->keyword;

	for (;;) {
		struct sl_lex before = p->lex;
		struct sl_token tok = sl_lex_next(&p->lex, SL_LEX_ITEM);
		bool named =
		    tok.kind == SL_TOKEN_WORD && sl_lex_byte(&p->lex) == '=';

		if (is_end(&tok)) {
			p->lex = before;
			return true;
		}
		if (!cmd->keyword && cmd->items && !named &&
		    word_is(&tok, "where"))
			return parse_where(p, cmd);
		p->lex = before;
		if (words_only && cmd->items && tok.kind == SL_TOKEN_MARK &&
		    tok.mark == '{')
			return parse_menu_block(p, cmd);
		*tail = parse_item(p, cmd);
		if (!*tail)
			return false;
		if (words_only && !named && is_find(&tok))
			break;
		words_only &= !named && (*tail)->value->kind == SL_NODE_TEXT;
		tail = &(*tail)->next;
	}
	return parse_find(p, cmd);
}

/* The keyword a command starts with, if it does; consumes it. */
static bool
parse_keyword(struct sl_parse *p, struct sl_statement *cmd)
{
	struct sl_lex before = p->lex;
	struct sl_token tok = sl_lex_next(&p->lex, SL_LEX_ITEM);
	bool colon = tok.len && tok.text[0] == ':';
	const struct sl_keyword *k;

	if (tok.kind != SL_TOKEN_WORD) {
		p->lex = before;
		return true;
	}
	k = sl_keyword_find(tok.text + colon, tok.len - colon);
	if (!colon && (!k || !k->bare || sl_lex_byte(&p->lex) == '=')) {
		p->lex = before;
		return true;
	}
	if (!k)
		sl_parse_fail(p, tok.at, "bad command name %.*s",
		    (int)SL_MIN(tok.len - 1, 64), tok.text + 1);
	else if (k->id == SL_KEYWORD_UNSUPPORTED)
		sl_parse_fail(p, tok.at, ":%s is not supported", k->name);
	cmd->keyword = k;
	return !p->err.code;
}

static bool
parse_head(struct sl_parse *p, struct sl_statement *cmd)
{
	struct sl_token tok = sl_lex_peek(&p->lex, SL_LEX_ITEM);

	cmd->at = tok.at;
	if (tok.kind == SL_TOKEN_WORD)
		return parse_keyword(p, cmd);
	if (tok.kind == SL_TOKEN_MARK && tok.mark == '{') {
		sl_lex_next(&p->lex, SL_LEX_ITEM);
		cmd->block = sl_parse_block(p, tok.at);
		return cmd->block != NULL;
	}
	if (tok.kind == SL_TOKEN_MARK && tok.mark == '$')
		sl_parse_fail(p, tok.at, "functions are not supported");
	else if (tok.kind == SL_TOKEN_BAD)
		sl_parse_fail(p, tok.at, "syntax error");
	else
		sl_parse_fail(p, tok.at, "expected command name");
	return false;
}

/* One command; its end is not consumed. */
static struct sl_statement *
parse_statement(struct sl_parse *p)
{
	struct sl_statement *cmd = sl_arena_alloc(p->arena, sizeof(*cmd));

	if (!cmd)
		return sl_parse_no_memory(p);
	if (!parse_head(p, cmd))
		return NULL;
	if (cmd->block)
		return expect_end(p) ? cmd : NULL;
	return parse_items(p, cmd) ? cmd : NULL;
}

int
sl_parse_next(struct sl_parse *p, struct sl_statement **cmd, struct sl_err *err)
{
	struct sl_token tok;

	*cmd = NULL;
	memset(&p->err, 0, sizeof(p->err));
	memset(&p->first, 0, sizeof(p->first));
	p->in_where = p->unclosed = false;
	p->open = '\0';
	p->depth = p->terms = 0;
	sl_lex_skip_separators(&p->lex);
	if (sl_lex_byte(&p->lex) < 0)
		return 0;
	*cmd = parse_statement(p);
	if (*cmd) {
		tok = sl_lex_peek(&p->lex, SL_LEX_ITEM);
		if (tok.kind != SL_TOKEN_EOL && tok.kind != SL_TOKEN_END)
			sl_parse_fail(p, tok.at, "syntax error");
	}
	if (p->err.code) {
		report(p);
		sl_lex_skip_statement(&p->lex, false);
	}
	if (!p->first.code)
		return 1;
	if (err && !err->code)
		*err = p->first;
	return p->first.code;
}
