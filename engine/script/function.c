/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keywords that turn values into a value: :len, :pick, :tostr, ...
 */
#include <script/eval.h>

#include <script/keyword.h>

#include <errno.h>
#include <string.h>

#define NS_PER_S 1000000000

static int
no_memory(struct sl_eval *ev)
{
	return sl_err_set(ev->err, -ENOMEM, "out of memory");
}

static int
as_text(struct sl_eval *ev, const struct sl_value *v, struct sl_text *text)
{
	sl_value_print(text, v, SL_FORM_PLAIN);
	return text->failed ? no_memory(ev) : 0;
}

static int
len_of(struct sl_eval *ev, const struct sl_value *v, struct sl_value *out)
{
	struct sl_text text = {0};
	int rc = 0;

	if (v->type == SL_VALUE_ARRAY) {
		*out = sl_value_num((int64_t)sl_array_len(v));
		return 0;
	}
	if (!(rc = as_text(ev, v, &text)))
		*out = sl_value_num((int64_t)text.len);
	sl_text_free(&text);
	return rc;
}

/* [from, to) inside of 'len'; without 'to', one element. */
static void
clamp(
    const struct sl_value *arg, size_t n, size_t len, size_t *from, size_t *to)
{
	int64_t a = arg[1].type == SL_VALUE_NUM ? arg[1].num : 0;
	int64_t b = n > 2 && arg[2].type == SL_VALUE_NUM ? arg[2].num
		    : a < INT64_MAX			 ? a + 1
							 : a;

	*from = a < 0 ? 0 : SL_MIN((uint64_t)a, len);
	*to = b < 0 ? 0 : SL_MIN((uint64_t)b, len);
	if (*to < *from)
		*to = *from;
}

static int
pick_elements(struct sl_eval *ev, const struct sl_value *arg, size_t n,
    struct sl_value *out)
{
	size_t from, to;

	clamp(arg, n, sl_array_len(arg), &from, &to);
	if (n == 2) {
		if (from < to && sl_value_copy(out, sl_array_at(arg, from)))
			return no_memory(ev);
		return 0;
	}
	if (sl_value_array(out))
		return no_memory(ev);
	for (size_t i = from; i < to; i++) {
		struct sl_value copy = {0};

		if (sl_value_copy(&copy, sl_array_at(arg, i)) ||
		    sl_array_add(out, arg->array->elements[i].key, &copy))
			return no_memory(ev);
	}
	return 0;
}

static int
pick(struct sl_eval *ev, const struct sl_value *arg, size_t n,
    struct sl_value *out)
{
	struct sl_text text = {0};
	size_t from, to;
	int rc;

	if (arg->type == SL_VALUE_ARRAY)
		return pick_elements(ev, arg, n, out);
	if (!(rc = as_text(ev, arg, &text))) {
		clamp(arg, n, text.len, &from, &to);
		if (sl_value_str(out, sl_text_str(&text) + from, to - from))
			rc = no_memory(ev);
	}
	sl_text_free(&text);
	return rc;
}

/* Where the second is in the first, behind position arg[2]; else nothing. */
static int
find(struct sl_eval *ev, const struct sl_value *arg, size_t n,
    struct sl_value *out)
{
	int64_t after = n > 2 && arg[2].type == SL_VALUE_NUM ? arg[2].num : -1;
	size_t from = after < 0 ? 0 : (size_t)after + 1;
	struct sl_text in = {0}, what = {0};
	const char *at;
	int rc;

	if (arg->type == SL_VALUE_ARRAY) {
		for (size_t i = from; i < sl_array_len(arg); i++) {
			if (!sl_value_compare(
				sl_array_at(arg, i), SL_COMPARE_EQ, &arg[1]))
				continue;
			*out = sl_value_num((int64_t)i);
			return 0;
		}
		return 0;
	}
	if (!(rc = as_text(ev, &arg[0], &in)) &&
	    !(rc = as_text(ev, &arg[1], &what)) && from <= in.len) {
		at = memmem(sl_text_str(&in) + from, in.len - from,
		    sl_text_str(&what), what.len);
		if (at)
			*out = sl_value_num(at - sl_text_str(&in));
	}
	sl_text_free(&in);
	sl_text_free(&what);
	return rc;
}

static int
to_text(struct sl_eval *ev, const struct sl_value *v, struct sl_value *out)
{
	struct sl_text text = {0};
	int rc = as_text(ev, v, &text);

	if (!rc && sl_value_str(out, sl_text_str(&text), text.len))
		rc = no_memory(ev);
	sl_text_free(&text);
	return rc;
}

/* Reads the value's text as 'type'; nothing if it is not one. */
static int
reread(struct sl_eval *ev, const struct sl_value *v, enum sl_value_type type,
    struct sl_value *out)
{
	struct sl_text text = {0};
	int rc = as_text(ev, v, &text);

	if (!rc && !sl_value_parse(out, type, sl_text_str(&text), text.len))
		memset(out, 0, sizeof(*out));
	sl_text_free(&text);
	return rc;
}

static int
to_address(struct sl_eval *ev, const struct sl_value *v, uint8_t family,
    struct sl_value *out)
{
	int rc = reread(ev, v, SL_VALUE_IP, out);

	if (!rc && out->type == SL_VALUE_IP && out->family != family)
		memset(out, 0, sizeof(*out));
	return rc;
}

static int
to_number(struct sl_eval *ev, const struct sl_value *v, struct sl_value *out)
{
	if (v->type == SL_VALUE_TIME)
		*out = sl_value_num(v->ns / NS_PER_S);
	else if (v->type == SL_VALUE_BOOL)
		*out = sl_value_num(v->b);
	else
		return reread(ev, v, SL_VALUE_NUM, out);
	return 0;
}

static int
apply(struct sl_eval *ev, enum sl_keyword_id id, const struct sl_value *arg,
    size_t n, struct sl_value *out)
{
	switch (id) {
	case SL_KEYWORD_LEN:
		return len_of(ev, arg, out);
	case SL_KEYWORD_PICK:
		return pick(ev, arg, n, out);
	case SL_KEYWORD_FIND:
		return find(ev, arg, n, out);
	case SL_KEYWORD_TOSTR:
		return to_text(ev, arg, out);
	case SL_KEYWORD_TONUM:
		return to_number(ev, arg, out);
	case SL_KEYWORD_TOIP:
		return to_address(ev, arg, 4, out);
	case SL_KEYWORD_TOIP6:
		return to_address(ev, arg, 6, out);
	case SL_KEYWORD_TOTIME:
		return reread(ev, arg, SL_VALUE_TIME, out);
	case SL_KEYWORD_TOBOOL:
		return reread(ev, arg, SL_VALUE_BOOL, out);
	case SL_KEYWORD_TOARRAY:
		if (arg->type == SL_VALUE_ARRAY)
			return sl_value_copy(out, arg) ? no_memory(ev) : 0;
		return reread(ev, arg, SL_VALUE_ARRAY, out);
	default: /* SL_KEYWORD_TYPEOF */
		*out = sl_value_static(sl_value_type_name(arg));
		return 0;
	}
}

int
sl_eval_function(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	struct sl_value arg[3] = {0};
	size_t n = 0;
	int rc = 0;

	for (const struct sl_part *item = st->items; item && !rc;
	     item = item->next)
		rc = sl_eval_node(ev, item->value, &arg[n++]);
	if (!rc)
		rc = apply(ev, st->keyword->id, arg, n, out);
	if (!rc)
		rc = sl_eval_check_size(out, ev->err);
	while (n > 0)
		sl_value_free(&arg[--n]);
	return rc;
}
