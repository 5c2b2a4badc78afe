/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text protocols, for helpers: taking lines, words, numbers and addresses off
 * the front of a span, and writing them into a buffer.
 *
 * 'at' is what is left to read.  A function that takes something moves it past
 * what it took and says true; else it leaves 'at' and its result alone.  No
 * function reads a byte outside its span, and none needs a zero at its end.
 * Letters are ASCII's, whatever the locale.
 *
 *	struct sl_span at = line, word;
 *	uint32_t port;
 *
 *	if (sl_text_word(&at, &word) && sl_text_is(word, "LISTEN") &&
 *	    sl_text_blanks(&at) && sl_text_number(&at, UINT16_MAX, &port))
 *		... sl_text_off(call->payload, at) ...
 */
#ifndef SLUICE_TEXT_H
#define SLUICE_TEXT_H

#include <string.h>
#include <sluice/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SL_TEXT_IP4_MAX	  15 /* 255.255.255.255 */
#define SL_TEXT_IP6_MAX	  39 /* eight groups of four */
#define SL_TEXT_PORT_MAX  5  /* 65535 */
#define SL_TEXT_IP6_PARTS 8

/* Where the first byte of 'part' stands in 'whole'. */
static inline uint32_t
sl_text_off(struct sl_span whole, struct sl_span part)
{
	return (uint32_t)(part.data - whole.data);
}

/* What follows the first 'n' bytes; nothing, if there are fewer. */
static inline struct sl_span
sl_text_after(struct sl_span text, uint32_t n)
{
	if (n > text.len)
		n = text.len;
	text.data += n;
	text.len -= n;
	return text;
}

/* The first 'n' bytes; all, if there are fewer. */
static inline struct sl_span
sl_text_first(struct sl_span text, uint32_t n)
{
	if (n < text.len)
		text.len = n;
	return text;
}

static inline uint8_t
sl_text_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static inline bool
sl_text_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static inline bool
sl_text_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The value of a hexadecimal digit, or -1. */
static inline int
sl_text_hex(uint8_t c)
{
	c = sl_text_lower(c);
	if (sl_text_is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Equal but for the case of letters. */
static inline bool
sl_text_same(struct sl_span a, struct sl_span b)
{
	if (a.len != b.len)
		return false;
	for (uint32_t i = 0; i < a.len; i++)
		if (sl_text_lower(a.data[i]) != sl_text_lower(b.data[i]))
			return false;
	return true;
}

/* As a span; ended by its zero, which does not belong to it. */
static inline struct sl_span
sl_text(const char *string)
{
	struct sl_span text;

	text.data = (const uint8_t *)string;
	text.len = (uint32_t)strlen(string);
	return text;
}

/* Is all of it 'word', but for the case of letters? */
static inline bool
sl_text_is(struct sl_span text, const char *word)
{
	return sl_text_same(text, sl_text(word));
}

static inline bool
sl_text_begins(struct sl_span text, const char *word)
{
	struct sl_span w = sl_text(word);

	return text.len >= w.len && sl_text_same(sl_text_first(text, w.len), w);
}

/* Can it still become one that begins with 'word'?  Do the two agree as far as
 * the shorter one goes? */
static inline bool
sl_text_may_begin(struct sl_span text, const char *word)
{
	struct sl_span w = sl_text(word);

	return sl_text_same(
	    sl_text_first(text, w.len), sl_text_first(w, text.len));
}

/* A number to know a text by in little room (FNV-1a); never 0. */
static inline uint32_t
sl_text_hash(struct sl_span text)
{
	uint32_t h = 2166136261u;

	for (uint32_t i = 0; i < text.len; i++)
		h = (h ^ text.data[i]) * 16777619u;
	return h ? h : 1;
}

/* Finds 'word' but for the case of letters; true, and *off where it begins. */
static inline bool
sl_text_find(struct sl_span text, const char *word, uint32_t *off)
{
	for (uint32_t i = 0; i <= text.len; i++) {
		if (sl_text_begins(sl_text_after(text, i), word)) {
			*off = i;
			return true;
		}
	}
	return false;
}

/* Without the blanks at its ends. */
static inline struct sl_span
sl_text_trim(struct sl_span text)
{
	while (text.len && sl_text_is_blank(text.data[0]))
		text = sl_text_after(text, 1);
	while (text.len && sl_text_is_blank(text.data[text.len - 1]))
		text.len--;
	return text;
}

/* Takes a line that is whole: up to LF.  'line' is without its LF or CR LF. */
static inline bool
sl_text_line(struct sl_span *at, struct sl_span *line)
{
	const uint8_t *lf = NULL;
	uint32_t n;

	if (at->len)
		lf = (const uint8_t *)memchr(at->data, '\n', at->len);
	if (!lf)
		return false;
	n = (uint32_t)(lf - at->data);
	*line = sl_text_first(*at, n);
	if (n && line->data[n - 1] == '\r')
		line->len--;
	*at = sl_text_after(*at, n + 1);
	return true;
}

/* Takes what stands before byte 'end', which stays; false if there is none. */
static inline bool
sl_text_until(struct sl_span *at, uint8_t end, struct sl_span *part)
{
	const uint8_t *p = NULL;

	if (at->len)
		p = (const uint8_t *)memchr(at->data, end, at->len);
	if (!p)
		return false;
	*part = sl_text_first(*at, (uint32_t)(p - at->data));
	*at = sl_text_after(*at, part->len);
	return true;
}

/* Takes one byte, 'c'. */
static inline bool
sl_text_byte(struct sl_span *at, uint8_t c)
{
	if (!at->len || at->data[0] != c)
		return false;
	*at = sl_text_after(*at, 1);
	return true;
}

/* Takes 'word', but for the case of letters. */
static inline bool
sl_text_take(struct sl_span *at, const char *word)
{
	if (!sl_text_begins(*at, word))
		return false;
	*at = sl_text_after(*at, sl_text(word).len);
	return true;
}

/* Takes blanks; false if there was none. */
static inline bool
sl_text_blanks(struct sl_span *at)
{
	uint32_t before = at->len;

	while (at->len && sl_text_is_blank(at->data[0]))
		*at = sl_text_after(*at, 1);
	return at->len != before;
}

/* Takes what stands before the next blank, or all. */
static inline bool
sl_text_word(struct sl_span *at, struct sl_span *word)
{
	uint32_t n = 0;

	while (n < at->len && !sl_text_is_blank(at->data[n]))
		n++;
	if (!n)
		return false;
	*word = sl_text_first(*at, n);
	*at = sl_text_after(*at, n);
	return true;
}

/* Takes decimal digits, all that follow; a value of at most 'max'. */
static inline bool
sl_text_number(struct sl_span *at, uint32_t max, uint32_t *value)
{
	uint64_t v = 0;
	uint32_t n = 0;

	for (; n < at->len && sl_text_is_digit(at->data[n]); n++) {
		v = v * 10 + (uint64_t)(at->data[n] - '0');
		if (v > max)
			return false;
	}
	if (!n)
		return false;
	*value = (uint32_t)v;
	*at = sl_text_after(*at, n);
	return true;
}

/* Takes four numbers of at most 255 with dots between.  More digits or dots may
 * follow: look at what ends it. */
static inline bool
sl_text_ip4(struct sl_span *at, struct sl_addr *addr)
{
	struct sl_span rest = *at;
	struct sl_addr a;
	uint32_t v;

	memset(&a, 0, sizeof(a));
	for (int i = 0; i < 4; i++) {
		if (i && !sl_text_byte(&rest, '.'))
			return false;
		if (!sl_text_number(&rest, UINT8_MAX, &v))
			return false;
		a.u.b[i] = (uint8_t)v;
	}
	*addr = a;
	*at = rest;
	return true;
}

/* One to four hexadecimal digits. */
static inline bool
sl_text_ip6_part_(struct sl_span *at, uint8_t *two)
{
	uint32_t v = 0, n = 0;

	for (; n < at->len && n < 4 && sl_text_hex(at->data[n]) >= 0; n++)
		v = v << 4 | (uint32_t)sl_text_hex(at->data[n]);
	if (!n)
		return false;
	two[0] = (uint8_t)(v >> 8);
	two[1] = (uint8_t)v;
	*at = sl_text_after(*at, n);
	return true;
}

/* Takes an address as RFC 4291 §2.2 writes them, all three forms; no zone.  Look
 * at what ends it. */
static inline bool
sl_text_ip6(struct sl_span *at, struct sl_addr *addr)
{
	struct sl_span rest = *at;
	struct sl_addr a, v4;
	uint32_t n = 0, gap = 0;
	bool has_gap = sl_text_take(&rest, "::"), more = !has_gap;

	memset(&a, 0, sizeof(a));
	while (n < sizeof(a)) {
		struct sl_span part = rest;

		if (n <= sizeof(a) - 4 && sl_text_ip4(&part, &v4)) {
			memcpy(a.u.b + n, v4.u.b, 4);
			rest = part;
			n += 4;
			more = false;
			break;
		}
		if (!sl_text_ip6_part_(&rest, a.u.b + n))
			break;
		n += 2;
		more = false;
		if (n == sizeof(a))
			break;
		if (!has_gap && sl_text_take(&rest, "::")) {
			has_gap = true;
			gap = n;
		} else if (sl_text_byte(&rest, ':')) {
			more = true;
		} else {
			break;
		}
	}
	if (more || has_gap != (n < sizeof(a)))
		return false;
	if (has_gap) {
		memmove(a.u.b + sizeof(a) - (n - gap), a.u.b + gap, n - gap);
		memset(a.u.b + gap, 0, sizeof(a) - n);
	}
	*addr = a;
	*at = rest;
	return true;
}

/* An address of that family. */
static inline bool
sl_text_addr(struct sl_span *at, uint8_t family, struct sl_addr *addr)
{
	return family == SL_IPV4 ? sl_text_ip4(at, addr)
				 : sl_text_ip6(at, addr);
}

/* Writing.  What does not fit is left out and 'full' says so: look at it once,
 * at the end. */
struct sl_text_out {
	char *buf;
	uint32_t size, len;
	bool full;
};

static inline struct sl_text_out
sl_text_out(char *buf, uint32_t size)
{
	struct sl_text_out out;

	out.buf = buf;
	out.size = size;
	out.len = 0;
	out.full = false;
	return out;
}

static inline void
sl_text_put_span(struct sl_text_out *out, struct sl_span text)
{
	if (text.len > out->size - out->len) {
		out->full = true;
		return;
	}
	if (text.len)
		memcpy(out->buf + out->len, text.data, text.len);
	out->len += text.len;
}

static inline void
sl_text_put(struct sl_text_out *out, const char *string)
{
	sl_text_put_span(out, sl_text(string));
}

static inline void
sl_text_put_byte(struct sl_text_out *out, uint8_t c)
{
	struct sl_span text;

	text.data = &c;
	text.len = 1;
	sl_text_put_span(out, text);
}

/* Without leading zeros, 'base' 10 or 16. */
static inline void
sl_text_put_base_(struct sl_text_out *out, uint32_t value, uint32_t base)
{
	uint8_t digits[10];
	struct sl_span text;
	uint32_t n = sizeof(digits);

	do {
		digits[--n] = (uint8_t) "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	text.data = digits + n;
	text.len = (uint32_t)sizeof(digits) - n;
	sl_text_put_span(out, text);
}

static inline void
sl_text_put_number(struct sl_text_out *out, uint32_t value)
{
	sl_text_put_base_(out, value, 10);
}

/* A port in network order. */
static inline void
sl_text_put_port(struct sl_text_out *out, sl_be16 port)
{
	uint8_t b[2];

	memcpy(b, &port, sizeof(b));
	sl_text_put_number(out, sl_get_be16(b));
}

/* With 'dot' between the numbers; FTP writes commas. */
static inline void
sl_text_put_ip4(
    struct sl_text_out *out, const struct sl_addr *addr, uint8_t dot)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			sl_text_put_byte(out, dot);
		sl_text_put_number(out, addr->u.b[i]);
	}
}

/* As RFC 5952 wants it: the longest run of zero groups is ::. */
static inline void
sl_text_put_ip6(struct sl_text_out *out, const struct sl_addr *addr)
{
	int run = 0, from = 0, best = 1; /* a single group is no run */

	for (int i = 0; i < SL_TEXT_IP6_PARTS; i++) {
		run = sl_get_be16(addr->u.b + 2 * i) ? 0 : run + 1;
		if (run > best) {
			best = run;
			from = i - run + 1;
		}
	}
	for (int i = 0; i < SL_TEXT_IP6_PARTS; i++) {
		if (best > 1 && i == from) {
			sl_text_put(out, "::");
			i += best - 1;
			continue;
		}
		if (i && (best == 1 || i != from + best))
			sl_text_put_byte(out, ':');
		sl_text_put_base_(out, sl_get_be16(addr->u.b + 2 * i), 16);
	}
}

static inline void
sl_text_put_addr(
    struct sl_text_out *out, uint8_t family, const struct sl_addr *addr)
{
	if (family == SL_IPV4)
		sl_text_put_ip4(out, addr, '.');
	else
		sl_text_put_ip6(out, addr);
}

#ifdef __cplusplus
}
#endif
#endif
