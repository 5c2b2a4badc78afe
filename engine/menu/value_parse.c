/* SPDX-License-Identifier: Apache-2.0 */
/* Text to value. */
#include <menu/value.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Longest text of an address, a number or a time; anything longer is none. */
#define WORD_MAX 63

struct word {
	char s[WORD_MAX + 1];
	size_t len;
};

/* A NUL-terminated copy of text that can be one scalar. */
static bool
take_word(struct word *w, const char *text, size_t len)
{
	if (!len || len > WORD_MAX || memchr(text, '\0', len))
		return false;
	memcpy(w->s, text, len);
	w->s[len] = '\0';
	w->len = len;
	return true;
}

static bool
parse_bool(struct sl_value *out, const char *s)
{
	bool yes = strcmp(s, "yes") == 0 || strcmp(s, "true") == 0;

	if (!yes && strcmp(s, "no") != 0 && strcmp(s, "false") != 0)
		return false;
	*out = sl_value_bool(yes);
	return true;
}

/* Decimal or 0x hex digits up to 'end'. */
static bool
parse_digits(const char *s, const char **end, int64_t *out)
{
	uint64_t n = 0;
	unsigned base = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') &&
				isxdigit((unsigned char)s[2])
			    ? 16
			    : 10;
	const char *p = base == 16 ? s + 2 : s;
	const char *first = p;

	for (; isxdigit((unsigned char)*p); p++) {
		unsigned d = *p <= '9' ? (unsigned)(*p - '0')
				       : (unsigned)(tolower(*p) - 'a' + 10);

		if (d >= base)
			break;
		if (n > ((uint64_t)INT64_MAX - d) / base)
			return false;
		n = n * base + d;
	}
	*out = (int64_t)n;
	*end = p;
	return p > first;
}

static bool
parse_num(struct sl_value *out, const char *s)
{
	bool neg = *s == '-';
	const char *end;
	int64_t n;

	if (!parse_digits(s + neg, &end, &n) || *end)
		return false;
	*out = sl_value_num(neg ? -n : n);
	return true;
}

static const struct {
	const char *name;
	int64_t ns;
} time_units[] = {
    {"ms", 1000000},
    {"us", 1000},
    {"ns", 1},
    {"w", 604800000000000},
    {"d", 86400000000000},
    {"h", 3600000000000},
    {"m", 60000000000},
    {"s", 1000000000},
};

static int64_t
unit_ns(const char **p)
{
	for (size_t i = 0; i < SL_COUNT_OF(time_units); i++) {
		size_t n = strlen(time_units[i].name);

		if (strncmp(*p, time_units[i].name, n) == 0) {
			*p += n;
			return time_units[i].ns;
		}
	}
	return 0;
}

/* The fraction after a point, in parts of 'unit'. */
static int64_t
parse_fraction(const char **p, int64_t unit)
{
	int64_t ns = 0;

	for (; isdigit((unsigned char)**p); (*p)++) {
		unit /= 10;
		ns += (**p - '0') * unit;
	}
	return ns;
}

/* "HH:MM[:SS[.fff]]" from p on; the hours are already read. */
static bool
parse_clock(const char *p, int64_t hours, int64_t *ns)
{
	int64_t m, s = 0;

	if (!parse_digits(p, &p, &m) || m > 59)
		return false;
	if (*p == ':' && (!parse_digits(p + 1, &p, &s) || s > 59))
		return false;
	if (__builtin_mul_overflow(hours, 3600000000000, ns) ||
	    __builtin_add_overflow(*ns, (m * 60 + s) * 1000000000, ns))
		return false;
	if (*p == '.') {
		p++;
		if (__builtin_add_overflow(
			*ns, parse_fraction(&p, 1000000000), ns))
			return false;
	}
	return !*p;
}

/* 1w2d3h4m5s, 200ms, 1.5s, 1d02:03:04, 02:03; a bare number is seconds. */
static bool
parse_time(struct sl_value *out, const char *s)
{
	bool neg = *s == '-', bare = true;
	const char *p = s + neg, *point;
	int64_t sum = 0, n, part, unit;

	if (!isdigit((unsigned char)*p))
		return false;
	for (; *p; bare = false) {
		if (!parse_digits(p, &p, &n))
			return false;
		if (*p == ':') {
			if (!parse_clock(p + 1, n, &part) ||
			    __builtin_add_overflow(sum, part, &sum))
				return false;
			break;
		}
		point = *p == '.' ? ++p : NULL;
		while (point && isdigit((unsigned char)*p))
			p++;
		unit = unit_ns(&p);
		if (!unit && (*p || point || !bare))
			return false;
		unit = unit ? unit : 1000000000;
		if (__builtin_mul_overflow(n, unit, &part) ||
		    __builtin_add_overflow(sum, part, &sum))
			return false;
		if (point && __builtin_add_overflow(
				 sum, parse_fraction(&point, unit), &sum))
			return false;
	}
	*out = sl_value_time(neg ? -sum : sum);
	return true;
}

static bool
parse_ip(struct sl_value *out, const char *s)
{
	uint8_t addr[16];

	if (inet_pton(AF_INET, s, addr) == 1)
		*out = sl_value_ip4(addr);
	else if (strchr(s, ':') && inet_pton(AF_INET6, s, addr) == 1)
		*out = sl_value_ip6(addr);
	else
		return false;
	return true;
}

static bool
parse_prefix(struct sl_value *out, char *s)
{
	char *slash = strchr(s, '/');
	struct sl_value ip;
	const char *end;
	int64_t bits;

	if (!slash)
		return false;
	*slash = '\0';
	if (!isdigit((unsigned char)slash[1]) || !parse_ip(&ip, s) ||
	    !parse_digits(slash + 1, &end, &bits) || *end ||
	    bits > (ip.family == 6 ? 128 : 32))
		return false;
	*out = sl_value_prefix(&ip, (uint8_t)bits);
	return true;
}

static bool
parse_range(struct sl_value *out, char *s)
{
	char *dash = strchr(s, '-');
	struct sl_value lo, hi;

	if (!dash)
		return false;
	*dash = '\0';
	if (!parse_ip(&lo, s) || !parse_ip(&hi, dash + 1) ||
	    lo.family != hi.family || memcmp(lo.addr[0], hi.addr[0], 16) > 0)
		return false;
	lo.type = SL_VALUE_RANGE;
	memcpy(lo.addr[1], hi.addr[0], 16);
	*out = lo;
	return true;
}

static bool
parse_span(struct sl_value *out, const char *s)
{
	const char *p;
	int64_t lo, hi;

	if (!parse_digits(s, &p, &lo))
		return false;
	hi = lo;
	if (*p == '-' && !parse_digits(p + 1, &p, &hi))
		return false;
	if (*p || hi < lo)
		return false;
	*out = (struct sl_value){.type = SL_VALUE_SPAN};
	out->span[0] = lo;
	out->span[1] = hi;
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
parse_mac(struct sl_value *out, const struct word *w)
{
	struct sl_value v = {.type = SL_VALUE_MAC};

	if (w->len != 17)
		return false;
	for (size_t i = 0; i < 6; i++) {
		int hi = hex_digit(w->s[i * 3]);
		int lo = hex_digit(w->s[i * 3 + 1]);
		char sep = w->s[i * 3 + 2];

		if (hi < 0 || lo < 0 || (i < 5 && sep != ':' && sep != '-'))
			return false;
		v.mac[i] = (uint8_t)(hi << 4 | lo);
	}
	*out = v;
	return true;
}

static bool
parse_id(struct sl_value *out, const struct word *w)
{
	uint64_t id = 0;

	if (w->len < 2 || w->len > 17 || w->s[0] != '*')
		return false;
	for (size_t i = 1; i < w->len; i++) {
		int d = hex_digit(w->s[i]);

		if (d < 0)
			return false;
		id = id << 4 | (unsigned)d;
	}
	*out = sl_value_id(id);
	return true;
}

static bool
parse_list(struct sl_value *out, const char *text, size_t len)
{
	struct sl_value list, v;
	const char *end = text + len, *comma;

	if (sl_value_array(&list))
		return false;
	for (; len; text = comma + 1) {
		comma = memchr(text, ',', (size_t)(end - text));
		if (!comma)
			comma = end;
		if (sl_value_guess(&v, text, (size_t)(comma - text)) ||
		    sl_array_add(&list, NULL, &v)) {
			sl_value_free(&list);
			return false;
		}
		if (comma == end)
			break;
	}
	*out = list;
	return true;
}

bool
sl_value_parse(
    struct sl_value *out, enum sl_value_type type, const char *text, size_t len)
{
	struct word w;

	if (type == SL_VALUE_NONE && len == 0) {
		*out = (struct sl_value){0};
		return true;
	}
	if (type == SL_VALUE_STR)
		return sl_value_str(out, text, len) == 0;
	if (type == SL_VALUE_ARRAY)
		return parse_list(out, text, len);
	if (!take_word(&w, text, len))
		return false;
	switch (type) {
	case SL_VALUE_BOOL:
		return parse_bool(out, w.s);
	case SL_VALUE_NUM:
		return parse_num(out, w.s);
	case SL_VALUE_TIME:
		return parse_time(out, w.s);
	case SL_VALUE_IP:
		return parse_ip(out, w.s);
	case SL_VALUE_PREFIX:
		return parse_prefix(out, w.s);
	case SL_VALUE_RANGE:
		return parse_range(out, w.s);
	case SL_VALUE_SPAN:
		return parse_span(out, w.s);
	case SL_VALUE_MAC:
		return parse_mac(out, &w);
	case SL_VALUE_ID:
		return parse_id(out, &w);
	case SL_VALUE_NONE:
	case SL_VALUE_STR:
	case SL_VALUE_ARRAY:
		break;
	}
	return false;
}

int
sl_value_guess(struct sl_value *out, const char *text, size_t len)
{
	static const enum sl_value_type order[] = {SL_VALUE_BOOL, SL_VALUE_ID,
	    SL_VALUE_NUM, SL_VALUE_TIME, SL_VALUE_IP, SL_VALUE_PREFIX};

	const char *colon = memchr(text, ':', len);
	bool pair =
	    colon && !memchr(colon + 1, ':', len - (size_t)(colon + 1 - text));

	for (size_t i = 0; i < SL_COUNT_OF(order); i++) {
		/* "3:10" is ICMP type and code as often as a time of day. */
		if (order[i] == SL_VALUE_TIME && pair)
			continue;
		if (sl_value_parse(out, order[i], text, len))
			return 0;
	}
	return sl_value_str(out, text, len);
}
