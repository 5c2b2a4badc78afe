/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quoted strings, and how to get past text that cannot be read.
 */
#include <script/lex.h>

#include <base/arena.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>

static bool
is_line_end(int c)
{
	return c == '\n' || c == '\r';
}

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* What follows a backslash; -1 if that means nothing. */
static int
take_escape(struct sl_lex *lx)
{
	static const char from[] = "\"\\nrt$_abfv?";
	static const char to[] = "\"\\\n\r\t$ \a\b\f\v?";
	int c = sl_lex_take_raw(lx), high = hex_digit(c), low;
	const char *at;

	if (high >= 0) {
		low = hex_digit(sl_lex_byte(lx));
		if (low < 0)
			return -1;
		sl_lex_take(lx);
		return high << 4 | low;
	}
	at = c > 0 ? strchr(from, c) : NULL;
	return at ? to[at - from] : -1;
}

static bool
ends_literal(const struct sl_lex *lx, int c, bool multiline)
{
	if (c < 0 || c == '"')
		return true;
	if (is_line_end(c))
		return !multiline;
	return c == '$' && sl_lex_is_variable(lx);
}

/* One pass over literal text, storing it if there is room to store to. */
static int
pass_literal(struct sl_lex *lx, bool multiline, char *to, size_t *len)
{
	size_t n = 0;
	int c;

	while (!ends_literal(lx, c = sl_lex_byte(lx), multiline)) {
		struct sl_lex here = *lx;

		sl_lex_take(lx);
		if (c == '\\')
			c = take_escape(lx);
		if (c <= 0) {
			*lx = here;
			return -EINVAL;
		}
		if (to)
			to[n] = (char)c;
		n++;
	}
	*len = n;
	return 0;
}

int
sl_lex_literal(
    struct sl_lex *lx, bool multiline, const char **text, size_t *len)
{
	struct sl_lex from = *lx;
	char *copy;
	int rc;

	if ((rc = pass_literal(lx, multiline, NULL, len)))
		return rc;
	*text = from.text + from.off;
	if (lx->off - from.off == *len)
		return 0;
	copy = sl_arena_alloc(lx->arena, *len + 1);
	if (!copy)
		return -ENOMEM;
	*text = copy;
	return pass_literal(&from, multiline, copy, len);
}

bool
sl_lex_is_multiline(const struct sl_lex *lx)
{
	size_t i = lx->off;
	char before, behind;

	while (i < lx->len && lx->text[i] != '"')
		i += lx->text[i] == '\\' ? 2 : 1;
	if (i >= lx->len)
		return false;
	before = i ? lx->text[i - 1] : '\0';
	if (i + 1 == lx->len)
		return before != '=';
	behind = lx->text[i + 1];
	return before != '=' && behind && strchr(" \t\r\n;])}\\", behind);
}

/* Over the rest of a string, as far as its line goes. */
static void
skip_string(struct sl_lex *lx)
{
	int c;

	while ((c = sl_lex_byte(lx)) >= 0 && !is_line_end(c)) {
		sl_lex_take(lx);
		if (c == '"')
			return;
		if (c == '\\')
			sl_lex_take_raw(lx);
	}
}

void
sl_lex_skip_statement(struct sl_lex *lx, bool in_block)
{
	size_t depth = 0;
	int c;

	while ((c = sl_lex_byte(lx)) >= 0) {
		if (!depth && is_line_end(c))
			return;
		if (!depth && c == '}' && in_block)
			return;
		sl_lex_take(lx);
		if (c == '"')
			skip_string(lx);
		else if (c == '{')
			depth++;
		else if (c == '}' && depth)
			depth--;
	}
}

int
sl_lex_skip_braces(struct sl_lex *lx)
{
	bool fresh = true; /* a command could start here, hence a comment */
	size_t depth = 1;
	int c;

	while ((c = sl_lex_byte(lx)) >= 0) {
		if (fresh && c == '#') {
			while ((c = sl_lex_byte(lx)) >= 0 && !is_line_end(c))
				sl_lex_take(lx);
			continue;
		}
		sl_lex_take(lx);
		if (c == '"')
			skip_string(lx);
		else if (c == '\\')
			sl_lex_take_raw(lx);
		depth += c == '{';
		depth -= c == '}';
		if (!depth)
			return 0;
		fresh = is_line_end(c) || c == ';' || c == '{' ||
			(fresh && isspace(c));
	}
	return -EINVAL;
}
