/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/l7_regex.h>

#include <rule/byte_set.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 64 /* of groups in groups */

/* What stands before: what a repeat would repeat. */
enum before {
	BEFORE_NOTHING, /* start, "(", "|", an anchor */
	BEFORE_ATOM,
	BEFORE_DROPPED, /* a byte of value 0 */
	BEFORE_REPEAT,
};

struct translation {
	const uint8_t *start, *at, *end;
	char *out;
	size_t n; /* written */
	struct sl_err *err;
	enum before before;
	uint64_t atom_places; /* of what stands before */
	unsigned depth;
	uint64_t places[DEPTH_MAX + 1]; /* of each open group so far */
};

static int SL_PRINTF(2, 3) refuse(struct translation *t, const char *fmt, ...)
{
	char text[96];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return sl_err_set(t->err, -EINVAL, "%s, before character %u", text,
	    (unsigned)(t->at - t->start) + 1);
}

static int SL_PRINTF(2, 3) emit(struct translation *t, const char *fmt, ...)
{
	size_t room = SL_L7_REGEX_OUT - t->n;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(t->out + t->n, room, fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= room)
		return refuse(t, "the expression is too long");
	t->n += (size_t)len;
	return 0;
}

static int
count_places(struct translation *t, uint64_t more)
{
	t->places[t->depth] += more;
	if (t->places[t->depth] > SL_L7_REGEX_PLACES)
		return refuse(
		    t, "repeats make it longer than %d", SL_L7_REGEX_PLACES);
	return 0;
}

static int
is_an_atom(struct translation *t)
{
	t->before = BEFORE_ATOM;
	t->atom_places = 1;
	return count_places(t, 1);
}

static int
literal(struct translation *t, uint8_t byte)
{
	int rc;

	if (!byte) {
		t->before = BEFORE_DROPPED;
		return 0;
	}
	rc = emit(t, "\\x%02x", byte);
	return rc ? rc : is_an_atom(t);
}

static int
one_of(struct translation *t, const struct sl_byte_set *set)
{
	int rc = emit(t, "[");

	for (unsigned lo = 0, hi; lo < 256 && !rc; lo = hi + 1) {
		hi = lo;
		if (!sl_byte_set_has(set, lo))
			continue;
		while (hi < 255 && sl_byte_set_has(set, hi + 1))
			hi++;
		rc = hi > lo ? emit(t, "\\x%02x-\\x%02x", lo, hi)
			     : emit(t, "\\x%02x", lo);
	}
	if (rc || (rc = emit(t, "]")))
		return rc;
	return is_an_atom(t);
}

/* Escapes. */

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_letter_or_digit(uint8_t c)
{
	return hex_digit(c) >= 0 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* What follows a backslash, as one byte: 0..255; -1: not one; moves on. */
static int
escaped_byte(struct translation *t)
{
	static const char letters[] = "tnrfvae", bytes[] = "\t\n\r\f\v\a\x1b";
	const uint8_t *p = t->at;
	const char *letter;

	if (t->end - p >= 3 && *p == 'x' && hex_digit(p[1]) >= 0 &&
	    hex_digit(p[2]) >= 0) {
		t->at += 3;
		return hex_digit(p[1]) * 16 + hex_digit(p[2]);
	}
	letter = *p ? strchr(letters, *p) : NULL;
	if (!letter && is_letter_or_digit(*p))
		return -1;
	t->at++;
	return letter ? (uint8_t)bytes[letter - letters] : *p;
}

/* \d and its like, into 'set'. */
static bool
escaped_set(struct translation *t, struct sl_byte_set *set)
{
	static const struct {
		char letter;
		const char *name;
	} sets[] = {{'d', "digit"}, {'w', "word"}, {'s', "space"}};

	for (unsigned i = 0; i < SL_COUNT_OF(sets); i++) {
		struct sl_byte_set one = {{0}};

		if ((*t->at | 0x20) != sets[i].letter)
			continue;
		sl_byte_set_add_class(&one, sets[i].name, strlen(sets[i].name));
		if (!(*t->at & 0x20))
			sl_byte_set_invert(&one);
		sl_byte_set_add_set(set, &one);
		t->at++;
		return true;
	}
	return false;
}

static int
escape(struct translation *t)
{
	struct sl_byte_set set = {{0}};
	int byte;

	if (t->at == t->end)
		return refuse(t, "a backslash at the end");
	if (*t->at == 'b' || *t->at == 'B') {
		t->before = BEFORE_NOTHING;
		return emit(t, "\\%c", *t->at++);
	}
	if (escaped_set(t, &set))
		return one_of(t, &set);
	byte = escaped_byte(t);
	if (byte < 0)
		return refuse(t, "\\%c is not known", *t->at);
	return literal(t, (uint8_t)byte);
}

/* Brackets. */

/* [:alpha:], [=a=], [.a.]; t->at is behind the second bracket. */
static int
named_set(struct translation *t, struct sl_byte_set *set)
{
	uint8_t kind = *t->at;
	const uint8_t *name = t->at + 1, *p = name;

	while (t->end - p >= 2 && !(p[0] == kind && p[1] == ']'))
		p++;
	if (t->end - p < 2)
		return refuse(t, "[%c without %c]", kind, kind);
	if (kind != ':' && p - name == 1)
		sl_byte_set_add(set, *name, *name);
	else if (kind != ':' || !sl_byte_set_add_class(set, (const char *)name,
				    (size_t)(p - name)))
		return refuse(t, "unknown class in brackets");
	t->at = p + 2;
	return 0;
}

static bool
is_named_set(const struct translation *t)
{
	return t->end - t->at >= 2 && t->at[0] == '[' &&
	       (t->at[1] == ':' || t->at[1] == '=' || t->at[1] == '.');
}

/* One byte of brackets; -1: a set that was added; -2: refused. */
static int
bracket_byte(struct translation *t, struct sl_byte_set *set)
{
	int byte;

	if (is_named_set(t)) {
		t->at++;
		return named_set(t, set) ? -2 : -1;
	}
	if (*t->at != '\\' || t->end - t->at < 2)
		return *t->at++;
	t->at++;
	if (escaped_set(t, set))
		return -1;
	if (*t->at == 'b') { /* no edge of a word in here */
		t->at++;
		return '\b';
	}
	byte = escaped_byte(t);
	if (byte < 0) {
		refuse(t, "\\%c is not known", *t->at);
		return -2;
	}
	return byte;
}

/* A byte, or from a byte to a byte. */
static int
bracket_range(struct translation *t, struct sl_byte_set *set)
{
	int lo = bracket_byte(t, set), hi = lo;

	if (lo < 0)
		return lo == -1 ? 0 : -EINVAL;
	if (t->end - t->at >= 2 && t->at[0] == '-' && t->at[1] != ']') {
		t->at++;
		hi = bracket_byte(t, set);
		if (hi < lo)
			return hi == -2 ? -EINVAL
					: refuse(t, "a range that is none");
	}
	sl_byte_set_add(set, (unsigned)lo, (unsigned)hi);
	return 0;
}

/* t->at is behind the bracket. */
static int
brackets(struct translation *t)
{
	struct sl_byte_set set = {{0}};
	bool invert = t->at < t->end && *t->at == '^', first = true;
	int rc = 0;

	t->at += invert;
	for (; t->at < t->end && (first || *t->at != ']') && !rc; first = false)
		rc = bracket_range(t, &set);
	if (rc)
		return rc;
	if (t->at == t->end)
		return refuse(t, "[ without ]");
	t->at++;
	if (invert)
		sl_byte_set_invert(&set);
	if (sl_byte_set_is_empty(&set))
		return refuse(t, "brackets that hold nothing");
	return one_of(t, &set);
}

/* Groups. */

static int
open_group(struct translation *t)
{
	if (t->depth == DEPTH_MAX)
		return refuse(t, "groups nest deeper than %d", DEPTH_MAX);
	if (t->end - t->at >= 2 && t->at[0] == '?' && t->at[1] == ':')
		t->at += 2;
	else if (t->at < t->end && *t->at == '?')
		return refuse(t, "(? is not POSIX");
	t->places[++t->depth] = 0;
	t->before = BEFORE_NOTHING;
	return emit(t, "(?:");
}

static int
close_group(struct translation *t)
{
	int rc;

	if (!t->depth)
		return refuse(t, ") without (");
	rc = emit(t, ")");
	if (rc)
		return rc;
	t->atom_places = t->places[t->depth--];
	t->before = BEFORE_ATOM;
	return count_places(t, t->atom_places);
}

/* Repeats. */

struct repeat {
	unsigned min, max; /* UINT32_MAX: any number */
};

static bool
read_count(const uint8_t **p, const uint8_t *end, unsigned *n)
{
	const uint8_t *start = *p;

	for (*n = 0; *p < end && **p >= '0' && **p <= '9'; (*p)++)
		*n = SL_MIN(*n * 10 + (**p - '0'), 100000u);
	return *p > start;
}

/* "{2}", "{2,}", "{2,5}", "{,5}" behind the brace; false: none of these. */
static bool
read_braces(struct translation *t, struct repeat *r)
{
	const uint8_t *p = t->at;
	bool min = read_count(&p, t->end, &r->min), max = true;

	r->max = r->min;
	if (p < t->end && *p == ',') {
		p++;
		max = read_count(&p, t->end, &r->max);
		if (!max)
			r->max = UINT32_MAX;
	} else if (!min) {
		return false;
	}
	if (p == t->end || *p != '}' || (!min && !max))
		return false;
	t->at = p + 1;
	return true;
}

static int
emit_repeat(struct translation *t, uint8_t c, const struct repeat *r)
{
	uint64_t times = r->max == UINT32_MAX ? r->min : r->max;
	int rc = 0;

	if (t->before == BEFORE_REPEAT)
		return refuse(t, "a repeat of a repeat");
	if (t->before == BEFORE_DROPPED)
		return 0;
	t->before = BEFORE_REPEAT;
	if (c != '{')
		return emit(t, "%c", c);
	if (r->max < r->min)
		return refuse(t, "a repeat of more to fewer");
	if (times > 1)
		rc = count_places(t, t->atom_places * (times - 1));
	if (rc)
		return rc;
	return r->max == UINT32_MAX ? emit(t, "{%u,}", r->min)
				    : emit(t, "{%u,%u}", r->min, r->max);
}

/* "*", "+", "?" or "{", which t->at is behind. */
static int
repeat(struct translation *t, uint8_t c)
{
	struct repeat r = {0, UINT32_MAX};

	if (t->before == BEFORE_NOTHING || (c == '{' && !read_braces(t, &r)))
		return literal(t, c);
	if (c == '?' && t->before == BEFORE_REPEAT)
		return 0;
	return emit_repeat(t, c, &r);
}

static int
translate_one(struct translation *t)
{
	uint8_t c = *t->at++;
	int rc;

	switch (c) {
	case '\\':
		return escape(t);
	case '[':
		return brackets(t);
	case '(':
		return open_group(t);
	case ')':
		return close_group(t);
	case '*':
	case '+':
	case '?':
	case '{':
		return repeat(t, c);
	case '.':
		rc = emit(t, ".");
		return rc ? rc : is_an_atom(t);
	case '^':
	case '|':
		t->before = BEFORE_NOTHING;
		return emit(t, "%c", c);
	case '$':
		t->before = BEFORE_NOTHING;
		return emit(t, "\\z"); /* not before a last newline, too */
	default:
		return literal(t, c);
	}
}

int
sl_l7_regex_translate(struct sl_span regex, char *out, struct sl_err *err)
{
	struct translation t = {
	    .start = regex.data,
	    .at = regex.data,
	    .end = regex.data + regex.len,
	    .out = out,
	    .err = err,
	};
	int rc = 0;

	out[0] = '\0';
	while (t.at < t.end && !rc)
		rc = translate_one(&t);
	if (!rc && t.depth)
		rc = refuse(&t, "( without )");
	/* Nothing is in everything, but for Vectorscan. */
	return rc || t.n ? rc : emit(&t, ".");
}
