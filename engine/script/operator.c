/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the operators do to two values.
 */
#include <script/eval.h>

#include <script/pattern.h>

#include <errno.h>
#include <string.h>

static int
no_memory(struct sl_err *err)
{
	return sl_err_set(err, -ENOMEM, "out of memory");
}

/* A text that looks like a number, a time or an address is one here. */
static struct sl_value
as_operand(const struct sl_value *v)
{
	struct sl_value copy = {0};

	if (v->type == SL_VALUE_STR) {
		if (sl_value_guess(&copy, v->str.s, v->str.len))
			memset(&copy, 0, sizeof(copy));
		if (copy.type == SL_VALUE_STR) {
			sl_value_free(&copy);
			memset(&copy, 0, sizeof(copy));
		}
		return copy;
	}
	if (v->type != SL_VALUE_ARRAY)
		copy = *v; /* nothing in it to free */
	return copy;
}

static bool
is_ip4(const struct sl_value *v)
{
	return v->type == SL_VALUE_IP && v->family == 4;
}

static bool
is_scalar(const struct sl_value *v)
{
	return v->type == SL_VALUE_NUM || v->type == SL_VALUE_TIME || is_ip4(v);
}

static int64_t
scalar_of(const struct sl_value *v)
{
	if (v->type == SL_VALUE_TIME)
		return v->ns;
	if (!is_ip4(v))
		return v->num;
	return (int64_t)v->addr[0][0] << 24 | v->addr[0][1] << 16 |
	       v->addr[0][2] << 8 | v->addr[0][3];
}

static struct sl_value
make_scalar(uint8_t type, int64_t n)
{
	uint8_t addr[4];

	if (type == SL_VALUE_TIME)
		return sl_value_time(n);
	if (type == SL_VALUE_NUM)
		return sl_value_num(n);
	addr[0] = (uint8_t)(n >> 24);
	addr[1] = (uint8_t)(n >> 16);
	addr[2] = (uint8_t)(n >> 8);
	addr[3] = (uint8_t)n;
	return sl_value_ip4(addr);
}

/* The type of the result; NONE: these two do not go together. */
static uint8_t
result_type(enum sl_op op, uint8_t a, uint8_t b)
{
	if (a == b) {
		if (a == SL_VALUE_NUM)
			return a;
		if (a == SL_VALUE_TIME)
			return op == SL_OP_DIV ? SL_VALUE_NUM
			       : op == SL_OP_ADD || op == SL_OP_SUB
				   ? a
				   : SL_VALUE_NONE;
		if (op == SL_OP_SUB)
			return SL_VALUE_NUM;
		return op == SL_OP_BITAND || op == SL_OP_BITOR ||
			       op == SL_OP_BITXOR
			   ? a
			   : SL_VALUE_NONE;
	}
	if (b == SL_VALUE_NUM)
		return a == SL_VALUE_TIME &&
			       (op == SL_OP_ADD || op == SL_OP_SUB)
			   ? SL_VALUE_NONE
			   : a;
	return a == SL_VALUE_NUM && (op == SL_OP_MUL || op == SL_OP_ADD)
		   ? b
		   : SL_VALUE_NONE;
}

/* Wraps around as two's complement does. */
static int
calculate(enum sl_op op, int64_t a, int64_t b, int64_t *out)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;

	switch (op) {
	case SL_OP_ADD:
		*out = (int64_t)(x + y);
		return 0;
	case SL_OP_SUB:
		*out = (int64_t)(x - y);
		return 0;
	case SL_OP_MUL:
		*out = (int64_t)(x * y);
		return 0;
	case SL_OP_DIV:
	case SL_OP_MOD:
		if (b == 0)
			return -EDOM;
		if (b == -1)
			*out = op == SL_OP_DIV ? (int64_t)(0 - x) : 0;
		else
			*out = op == SL_OP_DIV ? a / b : a % b;
		return 0;
	case SL_OP_SHL:
		*out = b < 0 || b > 63 ? 0 : (int64_t)(x << b);
		return 0;
	case SL_OP_SHR:
		*out = b < 0 || b > 63 ? 0 : (int64_t)(x >> b);
		return 0;
	case SL_OP_BITAND:
		*out = (int64_t)(x & y);
		return 0;
	case SL_OP_BITOR:
		*out = (int64_t)(x | y);
		return 0;
	case SL_OP_BITXOR:
		*out = (int64_t)(x ^ y);
		return 0;
	default:
		return -EINVAL;
	}
}

static int
arithmetic(enum sl_op op, const struct sl_value *left,
    const struct sl_value *right, struct sl_value *out, struct sl_err *err)
{
	struct sl_value a = as_operand(left), b = as_operand(right);
	uint8_t type;
	int64_t n;
	int rc;

	if (!is_scalar(&a) || !is_scalar(&b))
		return sl_err_set(err, -EINVAL, "cannot compute with %s and %s",
		    sl_value_type_name(left), sl_value_type_name(right));
	type = result_type(op, a.type, b.type);
	rc = type == SL_VALUE_NONE
		 ? -EINVAL
		 : calculate(op, scalar_of(&a), scalar_of(&b), &n);
	if (rc == -EDOM)
		return sl_err_set(err, rc, "division by zero");
	if (rc)
		return sl_err_set(err, rc, "cannot compute with %s and %s",
		    sl_value_type_name(left), sl_value_type_name(right));
	*out = make_scalar(type, n);
	return 0;
}

static int
unary(enum sl_op op, const struct sl_value *v, struct sl_value *out,
    struct sl_err *err)
{
	struct sl_value a;

	if (op == SL_OP_NOT) {
		*out = sl_value_bool(!sl_value_truth(v));
		return 0;
	}
	a = as_operand(v);
	if (!is_scalar(&a) || (op == SL_OP_NEG && is_ip4(&a)))
		return sl_err_set(err, -EINVAL, "cannot compute with %s",
		    sl_value_type_name(v));
	*out = make_scalar(a.type, op == SL_OP_NEG
				       ? (int64_t)(0 - (uint64_t)scalar_of(&a))
				       : ~scalar_of(&a));
	return 0;
}

static int
append(struct sl_value *array, const struct sl_value *v, struct sl_err *err)
{
	size_t n = v->type == SL_VALUE_ARRAY ? sl_array_len(v) : 1;

	if (v->type == SL_VALUE_NONE)
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct sl_value copy = {0};
		const char *key = NULL;

		if (v->type == SL_VALUE_ARRAY)
			key = v->array->elements[i].key;
		if (sl_value_copy(&copy,
			v->type == SL_VALUE_ARRAY ? sl_array_at(v, i) : v) ||
		    sl_array_add(array, key, &copy))
			return no_memory(err);
	}
	return 0;
}

static int
concat(const struct sl_value *a, const struct sl_value *b, struct sl_value *out,
    struct sl_err *err)
{
	struct sl_text text = {0};
	int rc;

	sl_value_print(&text, a, SL_FORM_PLAIN);
	sl_value_print(&text, b, SL_FORM_PLAIN);
	rc = text.failed ? -ENOMEM
			 : sl_value_str(out, sl_text_str(&text), text.len);
	sl_text_free(&text);
	return rc ? no_memory(err) : 0;
}

static int
element(const struct sl_value *array, const struct sl_value *index,
    struct sl_value *out, struct sl_err *err)
{
	const struct sl_value *v = NULL;

	if (array->type != SL_VALUE_ARRAY)
		return sl_err_set(err, -EINVAL, "-> needs an array, not %s",
		    sl_value_type_name(array));
	if (index->type == SL_VALUE_STR)
		v = sl_array_find(array, index->str.s);
	else if (index->type == SL_VALUE_NUM && index->num >= 0)
		v = sl_array_at(array, (size_t)index->num);
	return v && sl_value_copy(out, v) ? no_memory(err) : 0;
}

static int
matches(const struct sl_value *v, const struct sl_value *pattern,
    struct sl_value *out, struct sl_err *err)
{
	regex_t re;
	int rc = sl_pattern_compile(&re, pattern, err);

	if (rc)
		return rc;
	*out = sl_value_bool(sl_value_matches(v, &re));
	regfree(&re);
	return 0;
}

int
sl_eval_operator(enum sl_op op, const struct sl_value *a,
    const struct sl_value *b, struct sl_value *out, struct sl_err *err)
{
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (!b)
		return unary(op, a, out, err);
	switch (op) {
	case SL_OP_AND:
		*out = sl_value_bool(sl_value_truth(a) && sl_value_truth(b));
		return 0;
	case SL_OP_OR:
		*out = sl_value_bool(sl_value_truth(a) || sl_value_truth(b));
		return 0;
	case SL_OP_EQ:
	case SL_OP_NE:
	case SL_OP_LT:
	case SL_OP_GT:
	case SL_OP_LE:
	case SL_OP_GE:
		*out = sl_value_bool(sl_value_compare(
		    a, (enum sl_compare_op)(op - SL_OP_EQ), b));
		return 0;
	case SL_OP_MATCH:
		return matches(a, b, out, err);
	case SL_OP_IN:
		*out = sl_value_bool(sl_value_in(a, b));
		return 0;
	case SL_OP_COMMA:
		rc = sl_value_array(out) ? no_memory(err) : 0;
		if (!rc)
			rc = append(out, a, err);
		return rc ? rc : append(out, b, err);
	case SL_OP_CONCAT:
		return concat(a, b, out, err);
	case SL_OP_ELEMENT:
		return element(a, b, out, err);
	default:
		return arithmetic(op, a, b, out, err);
	}
}

_Static_assert(SL_OP_GE - SL_OP_EQ == (int)SL_COMPARE_GE &&
		   SL_OP_NE - SL_OP_EQ == (int)SL_COMPARE_NE,
    "comparison operators follow enum sl_compare_op");
