/* SPDX-License-Identifier: Apache-2.0 */
#include <script/lex.h>

#include <base/arena.h>

#include <ctype.h>
#include <string.h>

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static bool
is_line_end(int c)
{
	return c == '\n' || c == '\r';
}

/* The raw byte 'ahead' of the cursor, joined lines not considered. */
static int
raw(const struct sl_lex *lx, size_t ahead)
{
	if (lx->len - lx->off <= ahead)
		return -1;
	return (unsigned char)lx->text[lx->off + ahead];
}

static void
step(struct sl_lex *lx)
{
	int c = raw(lx, 0);

	lx->off++;
	lx->at.column++;
	if (c == '\n' || (c == '\r' && raw(lx, 0) != '\n')) {
		lx->at.line++;
		lx->at.column = 1;
	}
}

static bool
is_joint(const struct sl_lex *lx)
{
	if (raw(lx, 0) != '\\')
		return false;
	return raw(lx, 1) < 0 || is_line_end(raw(lx, 1));
}

/* Passes over '\', the line's end and the blanks that begin the next line. */
static void
join_lines(struct sl_lex *lx)
{
	while (is_joint(lx)) {
		step(lx);
		if (raw(lx, 0) == '\r')
			step(lx);
		if (raw(lx, 0) == '\n' && lx->text[lx->off - 1] != '\n')
			step(lx);
		while (is_blank(raw(lx, 0)))
			step(lx);
	}
}

void
sl_lex_init(
    struct sl_lex *lx, const char *text, size_t len, struct sl_arena *arena)
{
	memset(lx, 0, sizeof(*lx));
	lx->text = text;
	lx->len = len;
	lx->arena = arena;
	if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		lx->off = 3; /* an editor's byte order mark has no column */
	lx->at.line = 1;
	lx->at.column = 1;
}

int
sl_lex_byte(const struct sl_lex *lx)
{
	struct sl_lex ahead;

	if (!is_joint(lx))
		return raw(lx, 0);
	ahead = *lx;
	join_lines(&ahead);
	return raw(&ahead, 0);
}

int
sl_lex_take(struct sl_lex *lx)
{
	int c;

	join_lines(lx);
	c = raw(lx, 0);
	if (c >= 0)
		step(lx);
	return c;
}

int
sl_lex_take_raw(struct sl_lex *lx)
{
	int c = raw(lx, 0);

	if (c >= 0)
		step(lx);
	return c;
}

static void
skip_comment(struct sl_lex *lx)
{
	while (raw(lx, 0) >= 0 && !is_line_end(raw(lx, 0)))
		step(lx);
}

void
sl_lex_skip_separators(struct sl_lex *lx)
{
	for (;;) {
		int c;

		join_lines(lx);
		c = raw(lx, 0);
		if (c == '#')
			skip_comment(lx);
		else if (is_blank(c) || is_line_end(c) || c == ';')
			step(lx);
		else
			return;
	}
}

static bool
skip_blanks(struct sl_lex *lx)
{
	bool any = false;

	for (;;) {
		join_lines(lx);
		if (!is_blank(raw(lx, 0)))
			return any;
		step(lx);
		any = true;
	}
}

bool
sl_lex_is_variable(const struct sl_lex *lx)
{
	struct sl_lex ahead = *lx;
	int c;

	if (sl_lex_take(&ahead) != '$')
		return false;
	c = sl_lex_byte(&ahead);
	return c == '(' || c == '[' || (c > 0 && c < 0x80 && isalnum(c));
}

/* As above, or $"name", which only means a variable outside of strings. */
static bool
is_bare_variable(const struct sl_lex *lx)
{
	struct sl_lex ahead = *lx;

	if (sl_lex_is_variable(lx))
		return true;
	return sl_lex_take(&ahead) == '$' && sl_lex_byte(&ahead) == '"';
}

static bool
goes_on_command(const struct sl_lex *lx, int c, enum sl_lex_mode mode)
{
	switch (c) {
	case -1:
	case '\0':
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ';':
	case ']':
	case ')':
	case '}':
	case '"':
		return false;
	case '$':
		return !is_bare_variable(lx);
	case '{':
	case '[':
	case '(':
	case '=':
		return mode != SL_LEX_ITEM;
	case '&':
	case '|':
	case '<':
	case '>':
	case '~':
		return mode != SL_LEX_COMPARED;
	default:
		return true;
	}
}

/* In an expression: what a word is made of depends on how it began. */
static bool
goes_on_operand(const struct sl_lex *lx, int c, bool number, bool address)
{
	struct sl_lex ahead = *lx;
	int next, last = lx->off ? (unsigned char)lx->text[lx->off - 1] : 0;

	if (c <= 0)
		return false;
	if (c >= 0x80 || isalnum(c) || c == '_' || c == '@')
		return true;
	sl_lex_take(&ahead);
	next = sl_lex_byte(&ahead);
	if (c == ':')
		return next == ':' || next == '/' || last == ':' ||
		       (next > 0 && isalnum(next));
	if (next <= 0 || !isalnum(next))
		return false;
	if (c == '-')
		return !number || address;
	if (c == '/')
		return address;
	return c == '.';
}

static bool
starts_operand(const struct sl_lex *lx, int c)
{
	struct sl_lex ahead = *lx;
	int next;

	if (c <= 0)
		return false;
	if (c >= 0x80 || isalnum(c) || c == '_')
		return true;
	sl_lex_take(&ahead);
	next = sl_lex_byte(&ahead);
	if (c == '*')
		return next > 0 && isxdigit(next);
	if (c == '.')
		return next > 0 && isalpha(next);
	return c == ':' && next == ':';
}

/* Moves over a word; returns how many bytes it has when joined. */
static size_t
pass_word(struct sl_lex *lx, enum sl_lex_mode mode)
{
	bool operand = mode == SL_LEX_OPERAND || mode == SL_LEX_OPERATOR;
	bool number = false, address = false;
	size_t n = 0;
	int c;

	while ((c = sl_lex_byte(lx)) > 0) {
		if (operand && n == 0) {
			number = isdigit(c);
			if (!starts_operand(lx, c))
				break;
		} else if (operand) {
			if (!goes_on_operand(lx, c, number, address))
				break;
		} else if (!goes_on_command(lx, c, mode)) {
			break;
		}
		address |= c == '.' || c == ':';
		sl_lex_take(lx);
		n++;
	}
	return n;
}

static void
read_word(struct sl_lex *lx, enum sl_lex_mode mode, struct sl_token *tok)
{
	struct sl_lex from = *lx;
	char *copy;

	tok->len = pass_word(lx, mode);
	if (!tok->len) {
		tok->kind = SL_TOKEN_BAD;
		return;
	}
	tok->kind = SL_TOKEN_WORD;
	tok->text = from.text + from.off;
	if (lx->off - from.off == tok->len)
		return;
	copy = sl_arena_alloc(lx->arena, tok->len + 1);
	tok->text = copy;
	if (!copy) {
		tok->kind = SL_TOKEN_BAD;
		return;
	}
	for (size_t i = 0; i < tok->len; i++)
		copy[i] = (char)sl_lex_take(&from);
}

static const struct {
	char text[3];
	uint8_t op;
} operators[] = {
    /* longest first */
    {"<=", SL_OP_LE},
    {">=", SL_OP_GE},
    {"!=", SL_OP_NE},
    {"&&", SL_OP_AND},
    {"||", SL_OP_OR},
    {"<<", SL_OP_SHL},
    {">>", SL_OP_SHR},
    {"->", SL_OP_ELEMENT},
    {"=", SL_OP_EQ},
    {"<", SL_OP_LT},
    {">", SL_OP_GT},
    {"~", SL_OP_MATCH},
    {"&", SL_OP_BITAND},
    {"|", SL_OP_BITOR},
    {"^", SL_OP_BITXOR},
    {"+", SL_OP_ADD},
    {"-", SL_OP_SUB},
    {"*", SL_OP_MUL},
    {"/", SL_OP_DIV},
    {"%", SL_OP_MOD},
    {".", SL_OP_CONCAT},
    {",", SL_OP_COMMA},
    {"!", SL_OP_NOT},
};

static bool
read_operator(struct sl_lex *lx, struct sl_token *tok)
{
	struct sl_lex second = *lx;
	int a = sl_lex_take(&second), b = sl_lex_byte(&second);

	for (size_t i = 0; i < SL_COUNT_OF(operators); i++) {
		const char *text = operators[i].text;

		if (text[0] != a || (text[1] && text[1] != b))
			continue;
		sl_lex_take(lx);
		if (text[1])
			sl_lex_take(lx);
		tok->kind = SL_TOKEN_OP;
		tok->mark = operators[i].op;
		return true;
	}
	return false;
}

static bool
read_sign(struct sl_lex *lx, int c, struct sl_token *tok)
{
	if (c == '!')
		tok->mark = SL_OP_NOT;
	else if (c == '-')
		tok->mark = SL_OP_NEG;
	else if (c == '~')
		tok->mark = SL_OP_BITNOT;
	else
		return false;
	tok->kind = SL_TOKEN_OP;
	sl_lex_take(lx);
	return true;
}

static bool
is_mark(const struct sl_lex *lx, int c, enum sl_lex_mode mode)
{
	if (c <= 0)
		return false;
	if (c == '$')
		return is_bare_variable(lx);
	if (c == '=')
		return mode == SL_LEX_ITEM;
	return strchr("{}[]()\"", c);
}

struct sl_token
sl_lex_next(struct sl_lex *lx, enum sl_lex_mode mode)
{
	struct sl_token tok = {0};
	int c;

	tok.blank_before = skip_blanks(lx);
	tok.at = lx->at;
	c = raw(lx, 0);
	if (c < 0) {
		tok.kind = SL_TOKEN_END;
	} else if (is_line_end(c) || c == ';') {
		tok.kind = SL_TOKEN_EOL;
		if (c == '\r' && raw(lx, 1) == '\n')
			step(lx);
		step(lx);
	} else if (is_mark(lx, c, mode)) {
		tok.kind = SL_TOKEN_MARK;
		tok.mark = (uint8_t)c;
		step(lx);
	} else if (mode == SL_LEX_OPERATOR && !isalnum(c) &&
		   read_operator(lx, &tok)) {
		return tok;
	} else if (mode == SL_LEX_OPERAND && read_sign(lx, c, &tok)) {
		return tok;
	} else {
		read_word(lx, mode, &tok);
	}
	return tok;
}

struct sl_token
sl_lex_peek(const struct sl_lex *lx, enum sl_lex_mode mode)
{
	struct sl_lex ahead = *lx;

	return sl_lex_next(&ahead, mode);
}

size_t
sl_lex_variable(struct sl_lex *lx, const char **name)
{
	struct sl_lex from = *lx;
	size_t n = 0;
	char *copy;
	int c;

	if (raw(lx, 0) == '"') {
		step(lx);
		from = *lx;
		while ((c = raw(lx, 0)) > 0 && c != '"' && !is_line_end(c))
			step(lx);
		*name = from.text + from.off;
		n = lx->off - from.off;
		if (raw(lx, 0) != '"')
			return 0;
		step(lx);
		return n;
	}
	while ((c = sl_lex_byte(lx)) > 0 && c < 0x80 && isalnum(c)) {
		sl_lex_take(lx);
		n++;
	}
	*name = from.text + from.off;
	if (lx->off - from.off == n)
		return n;
	copy = sl_arena_alloc(lx->arena, n + 1);
	if (!copy)
		return 0;
	for (size_t i = 0; i < n; i++)
		copy[i] = (char)sl_lex_take(&from);
	*name = copy;
	return n;
}
