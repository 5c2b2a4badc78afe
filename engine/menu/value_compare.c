/* SPDX-License-Identifier: Apache-2.0 */
/* What where asks of two values. */
#include <menu/value.h>

#include <string.h>

static int
order(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* memcmp that knows the shorter is the smaller. */
static int
order_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int c = memcmp(a, b, SL_MIN(a_len, b_len));

	return c ? c : order((int64_t)a_len, (int64_t)b_len);
}

static int
order_addresses(const struct sl_value *a, const struct sl_value *b)
{
	int c = order(a->family, b->family);

	if (!c)
		c = memcmp(a->addr[0], b->addr[0], 16);
	if (!c && a->type == SL_VALUE_PREFIX)
		c = order(a->bits, b->bits);
	if (!c && a->type == SL_VALUE_RANGE)
		c = memcmp(a->addr[1], b->addr[1], 16);
	if (!c && (a->flags & b->flags & SL_VALUE_PORT))
		c = order(a->index, b->index);
	return c;
}

static int
order_texts(const struct sl_value *a, const struct sl_value *b)
{
	struct sl_text s = {0}, t = {0};
	int c;

	sl_value_print(&s, a, SL_FORM_CONFIG);
	sl_value_print(&t, b, SL_FORM_CONFIG);
	c = order_bytes(sl_text_str(&s), s.len, sl_text_str(&t), t.len);
	sl_text_free(&s);
	sl_text_free(&t);
	return c;
}

/* Both of the same type. */
static int
order_same(const struct sl_value *a, const struct sl_value *b)
{
	int c;

	if ((a->flags ^ b->flags) & SL_VALUE_NEGATED)
		return a->flags & SL_VALUE_NEGATED ? -1 : 1;
	switch ((enum sl_value_type)a->type) {
	case SL_VALUE_NONE:
		return 0;
	case SL_VALUE_BOOL:
		return order(a->b, b->b);
	case SL_VALUE_NUM:
	case SL_VALUE_TIME:
		return order(a->num, b->num);
	case SL_VALUE_ID:
		return a->id < b->id ? -1 : a->id > b->id;
	case SL_VALUE_STR:
		return order_bytes(a->str.s, a->str.len, b->str.s, b->str.len);
	case SL_VALUE_IP:
	case SL_VALUE_PREFIX:
	case SL_VALUE_RANGE:
		return order_addresses(a, b);
	case SL_VALUE_SPAN:
		c = order(a->span[0], b->span[0]);
		return c ? c : order(a->span[1], b->span[1]);
	case SL_VALUE_MAC:
		return memcmp(a->mac, b->mac, 6);
	case SL_VALUE_ARRAY:
		break;
	}
	return order_texts(a, b);
}

static bool
is_empty(const struct sl_value *v)
{
	return v->type == SL_VALUE_NONE ||
	       (v->type == SL_VALUE_STR && !v->str.len);
}

static bool
is_numeric(const struct sl_value *v)
{
	return v->type == SL_VALUE_NUM || v->type == SL_VALUE_TIME ||
	       v->type == SL_VALUE_SPAN;
}

/* 'a' read as the type of 'b'; true if 'out' (owned by the caller) is set. */
static bool
convert(
    struct sl_value *out, const struct sl_value *a, const struct sl_value *b)
{
	struct sl_value v;

	if (a->type == SL_VALUE_STR && b->type != SL_VALUE_ARRAY) {
		const char *s = a->str.s;
		size_t len = a->str.len;
		bool neg = len && *s == '!';

		if (!sl_value_parse(&v, b->type, s + neg, len - neg))
			return false;
		v.flags |= neg ? SL_VALUE_NEGATED : 0;
		*out = v;
		return true;
	}
	if (a->type == SL_VALUE_NUM && b->type == SL_VALUE_TIME) {
		/* A bare number beside a time is seconds. */
		if (__builtin_mul_overflow(a->num, 1000000000, &v.num))
			return false;
		*out = sl_value_time(v.num);
		return true;
	}
	if (a->type == SL_VALUE_NUM && b->type == SL_VALUE_SPAN) {
		*out = (struct sl_value){.type = SL_VALUE_SPAN};
		out->span[0] = out->span[1] = a->num;
		return true;
	}
	return false;
}

static int
order_any(const struct sl_value *a, const struct sl_value *b)
{
	struct sl_value v;
	int c;

	if (a->type == b->type)
		return order_same(a, b);
	if (convert(&v, a, b)) {
		c = order_same(&v, b);
		sl_value_free(&v);
	} else if (convert(&v, b, a)) {
		c = order_same(a, &v);
		sl_value_free(&v);
	} else {
		c = order_texts(a, b);
	}
	return c;
}

/* May '<' be asked of these? */
static bool
has_order(const struct sl_value *a, const struct sl_value *b)
{
	if (is_empty(a) || is_empty(b))
		return false;
	if (is_numeric(a) != is_numeric(b))
		return a->type == SL_VALUE_STR || b->type == SL_VALUE_STR;
	return true;
}

bool
sl_value_compare(
    const struct sl_value *a, enum sl_compare_op op, const struct sl_value *b)
{
	bool equal;

	if (op == SL_COMPARE_EQ || op == SL_COMPARE_NE) {
		if (is_empty(a) || is_empty(b))
			equal = is_empty(a) && is_empty(b);
		else
			equal = order_any(a, b) == 0;
		return equal == (op == SL_COMPARE_EQ);
	}
	if (!has_order(a, b))
		return false;
	switch (op) {
	case SL_COMPARE_LT:
		return order_any(a, b) < 0;
	case SL_COMPARE_GT:
		return order_any(a, b) > 0;
	case SL_COMPARE_LE:
		return order_any(a, b) <= 0;
	case SL_COMPARE_GE:
		return order_any(a, b) >= 0;
	case SL_COMPARE_EQ:
	case SL_COMPARE_NE:
		break;
	}
	return false;
}

bool
sl_value_matches(const struct sl_value *v, const regex_t *re)
{
	struct sl_text t = {0};
	bool hit;

	if (v->type == SL_VALUE_NONE)
		return false;
	/* Lists with commas, as the user wrote them. */
	sl_value_print(
	    &t, v, v->type == SL_VALUE_ARRAY ? SL_FORM_CONFIG : SL_FORM_PLAIN);
	hit = regexec(re, sl_text_str(&t), 0, NULL, 0) == 0;
	sl_text_free(&t);
	return hit;
}

/* First and last address of IP, PREFIX, RANGE or a text of one. */
static bool
bounds(
    const struct sl_value *v, uint8_t lo[16], uint8_t hi[16], uint8_t *family)
{
	static const enum sl_value_type types[] = {
	    SL_VALUE_IP, SL_VALUE_PREFIX, SL_VALUE_RANGE};
	struct sl_value parsed;
	unsigned len;

	for (size_t i = 0; v->type == SL_VALUE_STR && i < SL_COUNT_OF(types);
	     i++)
		if (sl_value_parse(&parsed, types[i], v->str.s, v->str.len))
			v = &parsed;
	if (v->type != SL_VALUE_IP && v->type != SL_VALUE_PREFIX &&
	    v->type != SL_VALUE_RANGE)
		return false;
	*family = v->family;
	memcpy(lo, v->addr[0], 16);
	memcpy(hi, v->addr[v->type == SL_VALUE_RANGE], 16);
	if (v->type != SL_VALUE_PREFIX)
		return true;
	len = v->family == 6 ? 128 : 32;
	for (unsigned bit = v->bits; bit < len; bit++) {
		lo[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
		hi[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	}
	return true;
}

bool
sl_value_in(const struct sl_value *what, const struct sl_value *net)
{
	uint8_t lo[2][16], hi[2][16], family[2];

	return bounds(what, lo[0], hi[0], &family[0]) &&
	       bounds(net, lo[1], hi[1], &family[1]) &&
	       family[0] == family[1] && memcmp(lo[0], lo[1], 16) >= 0 &&
	       memcmp(hi[0], hi[1], 16) <= 0;
}

bool
sl_value_truth(const struct sl_value *v)
{
	switch ((enum sl_value_type)v->type) {
	case SL_VALUE_NONE:
		return false;
	case SL_VALUE_BOOL:
		return v->b;
	case SL_VALUE_NUM:
	case SL_VALUE_TIME:
		return v->num != 0;
	case SL_VALUE_STR:
		return v->str.len && strcmp(v->str.s, "no") != 0 &&
		       strcmp(v->str.s, "false") != 0;
	case SL_VALUE_ARRAY:
		return v->array->n != 0;
	case SL_VALUE_IP:
	case SL_VALUE_PREFIX:
	case SL_VALUE_RANGE:
	case SL_VALUE_SPAN:
	case SL_VALUE_MAC:
	case SL_VALUE_ID:
		break;
	}
	return true;
}
