/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/text.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for 'more' bytes and the NUL. */
static bool
reserve(struct sl_text *t, size_t more)
{
	size_t cap = t->cap ? t->cap : 64;
	char *s;

	if (t->failed)
		return false;
	if (t->len + more < t->cap)
		return true;
	while (cap <= t->len + more)
		cap *= 2;
	s = realloc(t->s, cap);
	if (!s) {
		t->failed = true;
		return false;
	}
	t->s = s;
	t->cap = cap;
	return true;
}

void
sl_text_add(struct sl_text *t, const char *data, size_t len)
{
	if (!reserve(t, len))
		return;
	if (len)
		memcpy(t->s + t->len, data, len);
	t->len += len;
	t->s[t->len] = '\0';
}

void
sl_text_adds(struct sl_text *t, const char *s)
{
	sl_text_add(t, s, strlen(s));
}

void
sl_text_addc(struct sl_text *t, char c)
{
	sl_text_add(t, &c, 1);
}

void
sl_text_pad(struct sl_text *t, size_t blanks)
{
	if (!reserve(t, blanks))
		return;
	memset(t->s + t->len, ' ', blanks);
	t->len += blanks;
	t->s[t->len] = '\0';
}

void
sl_text_printf(struct sl_text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(t, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(t->s + t->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	t->len += (size_t)n;
}

/* Length of the UTF-8 sequence at s, 0 if it is not one. */
static size_t
utf8_len(const unsigned char *s, size_t len)
{
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;

	if (!n || n > len || s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* overlong, surrogates, beyond U+10FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static void
add_json_ascii(struct sl_text *t, unsigned char c)
{
	switch (c) {
	case '"':
		sl_text_adds(t, "\\\"");
		break;
	case '\\':
		sl_text_adds(t, "\\\\");
		break;
	case '\n':
		sl_text_adds(t, "\\n");
		break;
	default:
		if (c < 0x20 || c == 0x7f)
			sl_text_printf(t, "\\u%04x", c);
		else
			sl_text_addc(t, (char)c);
	}
}

void
sl_text_add_json(struct sl_text *t, const char *data, size_t len)
{
	const unsigned char *s = (const unsigned char *)data;

	sl_text_addc(t, '"');
	for (size_t i = 0, n; i < len; i += n) {
		n = 1;
		if (s[i] < 0x80) {
			add_json_ascii(t, s[i]);
		} else if ((n = utf8_len(s + i, len - i))) {
			sl_text_add(t, data + i, n);
		} else {
			n = 1;
			sl_text_printf(t, "\\u%04x", s[i]);
		}
	}
	sl_text_addc(t, '"');
}

void
sl_text_clear(struct sl_text *t)
{
	t->len = 0;
	t->failed = false;
	if (t->s)
		t->s[0] = '\0';
}

void
sl_text_free(struct sl_text *t)
{
	free(t->s);
	*t = (struct sl_text){0};
}

const char *
sl_text_str(const struct sl_text *t)
{
	return t->s ? t->s : "";
}
