/* SPDX-License-Identifier: Apache-2.0 */
/* Value to text. */
#include <menu/value.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void
print_time(struct sl_text *t, int64_t ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
	    {"w", 604800000000000},
	    {"d", 86400000000000},
	    {"h", 3600000000000},
	    {"m", 60000000000},
	    {"s", 1000000000},
	    {"ms", 1000000},
	    {"us", 1000},
	    {"ns", 1},
	};
	uint64_t left = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	if (ns < 0)
		sl_text_addc(t, '-');
	if (!left)
		sl_text_adds(t, "0s");
	for (size_t i = 0; i < SL_COUNT_OF(units); i++) {
		uint64_t n = left / units[i].ns;

		if (n)
			sl_text_printf(t, "%" PRIu64 "%s", n, units[i].name);
		left -= n * units[i].ns;
	}
}

/* 47603 -> "47 603" */
static void
print_grouped(struct sl_text *t, int64_t num)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRId64, num);

	for (int i = 0; i < n; i++) {
		if (i && digits[i - 1] != '-' && (n - i) % 3 == 0)
			sl_text_addc(t, ' ');
		sl_text_addc(t, digits[i]);
	}
}

/* 1760bps, 6.4kbps, 12.3Mbps: bits up to 1999, then one decimal of k, M, G, cut
 * off. */
static void
print_rate(struct sl_text *t, int64_t bps)
{
	static const char *const prefix[] = {"k", "M", "G", "T"};
	int64_t unit = 1000;
	size_t i = 0;

	if (bps < 2000) {
		sl_text_printf(t, "%" PRId64 "bps", bps);
		return;
	}
	while (i + 1 < SL_COUNT_OF(prefix) && bps >= unit * 1000) {
		unit *= 1000;
		i++;
	}
	sl_text_printf(t, "%" PRId64, bps / unit);
	if (bps % unit * 10 / unit)
		sl_text_printf(t, ".%" PRId64, bps % unit * 10 / unit);
	sl_text_printf(t, "%sbps", prefix[i]);
}

/* 195.4MiB, 512B */
static void
print_size(struct sl_text *t, int64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB"};
	int64_t unit = 1024;
	size_t i = 0;

	if (bytes < 1024) {
		sl_text_printf(t, "%" PRId64 "B", bytes);
		return;
	}
	while (i + 1 < SL_COUNT_OF(units) && bytes >= unit * 1024) {
		unit *= 1024;
		i++;
	}
	sl_text_printf(t, "%" PRId64 ".%" PRId64 "%s", bytes / unit,
	    bytes % unit * 10 / unit, units[i]);
}

static void
print_num(struct sl_text *t, const struct sl_value *v, enum sl_form form)
{
	if (form == SL_FORM_PRINT && v->unit == SL_UNIT_COUNT)
		print_grouped(t, v->num);
	else if (form == SL_FORM_PRINT && v->unit == SL_UNIT_RATE)
		print_rate(t, v->num);
	else if (form == SL_FORM_PRINT && v->unit == SL_UNIT_SIZE)
		print_size(t, v->num);
	else
		sl_text_printf(t, "%" PRId64, v->num);
}

static void
print_ip(struct sl_text *t, uint8_t family, const uint8_t *addr)
{
	char s[INET6_ADDRSTRLEN];

	if (inet_ntop(family == 6 ? AF_INET6 : AF_INET, addr, s, sizeof(s)))
		sl_text_adds(t, s);
}

static void
print_bool(struct sl_text *t, bool b, enum sl_form form)
{
	if (form == SL_FORM_PLAIN)
		sl_text_adds(t, b ? "true" : "false");
	else
		sl_text_adds(t, b ? "yes" : "no");
}

static void
print_array(struct sl_text *t, const struct sl_array *a, enum sl_form form)
{
	for (size_t i = 0; i < a->n; i++) {
		if (i)
			sl_text_addc(t, form == SL_FORM_PLAIN ? ';' : ',');
		if (a->elements[i].key)
			sl_text_printf(t, "%s=", a->elements[i].key);
		sl_value_print(t, &a->elements[i].value, form);
	}
}

void
sl_value_print(struct sl_text *t, const struct sl_value *v, enum sl_form form)
{
	const uint8_t *m = v->mac;

	if (v->flags & SL_VALUE_NEGATED)
		sl_text_addc(t, '!');
	switch ((enum sl_value_type)v->type) {
	case SL_VALUE_NONE:
		break;
	case SL_VALUE_BOOL:
		print_bool(t, v->b, form);
		break;
	case SL_VALUE_NUM:
		print_num(t, v, form);
		break;
	case SL_VALUE_TIME:
		print_time(t, v->ns);
		break;
	case SL_VALUE_STR:
		sl_text_add(t, v->str.s, v->str.len);
		break;
	case SL_VALUE_IP:
		print_ip(t, v->family, v->addr[0]);
		if (v->flags & SL_VALUE_PORT)
			sl_text_printf(t, ":%u", v->index);
		break;
	case SL_VALUE_PREFIX:
		print_ip(t, v->family, v->addr[0]);
		sl_text_printf(t, "/%u", v->bits);
		break;
	case SL_VALUE_RANGE:
		print_ip(t, v->family, v->addr[0]);
		sl_text_addc(t, '-');
		print_ip(t, v->family, v->addr[1]);
		break;
	case SL_VALUE_SPAN:
		sl_text_printf(t, "%" PRId64, v->span[0]);
		if (v->span[1] != v->span[0])
			sl_text_printf(t, "-%" PRId64, v->span[1]);
		break;
	case SL_VALUE_MAC:
		sl_text_printf(t, "%02X:%02X:%02X:%02X:%02X:%02X", m[0], m[1],
		    m[2], m[3], m[4], m[5]);
		break;
	case SL_VALUE_ID:
		sl_text_printf(t, "*%" PRIX64, v->id);
		break;
	case SL_VALUE_ARRAY:
		print_array(t, v->array, form);
		break;
	}
}

static void
print_json_array(struct sl_text *t, const struct sl_array *a)
{
	bool keyed = a->n && a->elements[0].key;

	sl_text_addc(t, keyed ? '{' : '[');
	for (size_t i = 0; i < a->n; i++) {
		const char *key = a->elements[i].key;

		if (i)
			sl_text_addc(t, ',');
		if (keyed) {
			key = key ? key : "";
			sl_text_add_json(t, key, strlen(key));
			sl_text_addc(t, ':');
		}
		sl_value_print_json(t, &a->elements[i].value);
	}
	sl_text_addc(t, keyed ? '}' : ']');
}

void
sl_value_print_json(struct sl_text *t, const struct sl_value *v)
{
	struct sl_text s = {0};
	bool plain = !(v->flags & SL_VALUE_NEGATED);

	if (plain && v->type == SL_VALUE_NONE) {
		sl_text_adds(t, "null");
	} else if (plain && v->type == SL_VALUE_ARRAY) {
		print_json_array(t, v->array);
	} else if (plain &&
		   (v->type == SL_VALUE_BOOL || v->type == SL_VALUE_NUM)) {
		sl_value_print(t, v, SL_FORM_PLAIN);
	} else {
		sl_value_print(&s, v,
		    v->type == SL_VALUE_ARRAY ? SL_FORM_CONFIG : SL_FORM_PLAIN);
		sl_text_add_json(t, sl_text_str(&s), s.len);
	}
	if (s.failed)
		t->failed = true;
	sl_text_free(&s);
}

/* Bytes that the lexer takes as data of an unquoted value. */
static bool
is_bare(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c && strchr("-_.,:/!*@+", c));
}

static void
quote_byte(struct sl_text *t, unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
	case '$':
		sl_text_addc(t, '\\');
		sl_text_addc(t, (char)c);
		break;
	case '\n':
		sl_text_adds(t, "\\n");
		break;
	case '\r':
		sl_text_adds(t, "\\r");
		break;
	case '\t':
		sl_text_adds(t, "\\t");
		break;
	default:
		if (c < 0x20 || c >= 0x7f)
			sl_text_printf(t, "\\%02X", c);
		else
			sl_text_addc(t, (char)c);
	}
}

void
sl_value_quote(struct sl_text *t, const char *s, size_t len, bool always)
{
	bool quote = always || !len;

	for (size_t i = 0; i < len && !quote; i++)
		quote = !is_bare((unsigned char)s[i]);
	if (!quote) {
		sl_text_add(t, s, len);
		return;
	}
	sl_text_addc(t, '"');
	for (size_t i = 0; i < len; i++)
		quote_byte(t, (unsigned char)s[i]);
	sl_text_addc(t, '"');
}
