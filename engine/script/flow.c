/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keywords that decide what runs: :if, loops, :do, :return, :error.
 */
#include <script/flow.h>

#include <errno.h>
#include <string.h>

/* The { } given as NAME=; NULL if it was not given. */
static int
named_block(struct sl_eval *ev, const struct sl_statement *st, const char *name,
    const struct sl_node **block)
{
	const struct sl_part *item = sl_eval_named(st->items, name);

	*block = NULL;
	if (!item)
		return 0;
	if (item->value->kind != SL_NODE_BLOCK)
		return sl_eval_fail(ev, item->at, "expected { after %s=", name);
	*block = item->value;
	return 0;
}

static int
required_block(struct sl_eval *ev, const struct sl_statement *st,
    const struct sl_node **block)
{
	int rc = named_block(ev, st, "do", block);

	if (!rc && !*block)
		rc = sl_eval_fail(
		    ev, st->at, "missing value(s) of argument(s) do");
	return rc;
}

static int
is_true(struct sl_eval *ev, const struct sl_node *n, bool *truth)
{
	struct sl_value v = {0};
	int rc = sl_eval_node(ev, n, &v);

	*truth = !rc && sl_value_truth(&v);
	sl_value_free(&v);
	return rc;
}

static int
run_body(struct sl_eval *ev, const struct sl_node *block, struct sl_value *out)
{
	sl_value_free(out);
	memset(out, 0, sizeof(*out));
	return sl_eval_block(ev, block, out);
}

int
sl_flow_if(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_node *then, *other;
	bool truth;
	int rc;

	if ((rc = named_block(ev, st, "do", &then)) ||
	    (rc = named_block(ev, st, "else", &other)) ||
	    (rc = is_true(ev, sl_eval_positional(st->items, 0)->value, &truth)))
		return rc;
	if (!truth)
		then = other;
	return then ? sl_eval_block(ev, then, out) : 0;
}

int
sl_flow_while(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_node *body;
	bool truth;
	int rc = required_block(ev, st, &body);

	while (!rc && !ev->returned) {
		const struct sl_node *condition =
		    sl_eval_positional(st->items, 0)->value;

		if ((rc = sl_eval_step(ev, st->at)) ||
		    (rc = is_true(ev, condition, &truth)) || !truth)
			break;
		rc = run_body(ev, body, out);
	}
	return rc;
}

/* Runs a body; an error goes to the handler, if there is one. */
static int
run_guarded(struct sl_eval *ev, const struct sl_node *body,
    const struct sl_node *handler, struct sl_value *out)
{
	void (*collect)(void *, const struct sl_err *) = ev->collect;
	int rc;

	if (handler)
		ev->collect = NULL;
	rc = run_body(ev, body, out);
	ev->collect = collect;
	if (!rc || !handler || rc == -ECANCELED)
		return rc;
	memset(ev->err, 0, sizeof(*ev->err));
	return run_body(ev, handler, out);
}

int
sl_flow_do(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_part *body = sl_eval_positional(st->items, 0);
	const struct sl_part *again = sl_eval_named(st->items, "while");
	const struct sl_node *handler;
	bool truth = true;
	int rc;

	if (body->value->kind != SL_NODE_BLOCK)
		return sl_eval_fail(ev, body->at, "expected {");
	if ((rc = named_block(ev, st, "on-error", &handler)))
		return rc;
	do {
		if ((rc = sl_eval_step(ev, st->at)) ||
		    (rc = run_guarded(ev, body->value, handler, out)))
			return rc;
		if (!again || ev->returned)
			return 0;
		rc = is_true(ev, again->value, &truth);
	} while (!rc && truth);
	return rc;
}

static int
whole_number(struct sl_eval *ev, const struct sl_part *item, int64_t *n)
{
	struct sl_value v = {0}, num = {0};
	int rc;

	if (!item)
		return 0;
	if ((rc = sl_eval_node(ev, item->value, &v)))
		return rc;
	if (v.type == SL_VALUE_NUM)
		*n = v.num;
	else if (v.type == SL_VALUE_STR &&
		 sl_value_parse(&num, SL_VALUE_NUM, v.str.s, v.str.len))
		*n = num.num;
	else
		rc = sl_eval_fail(
		    ev, item->at, "invalid value for argument %s", item->name);
	sl_value_free(&v);
	return rc;
}

/* The loop's variable in its own scope around the body. */
static int
run_with(struct sl_eval *ev, const struct sl_node *body, struct sl_variable *v,
    struct sl_value *value, struct sl_value *out)
{
	if (v) {
		sl_value_free(&v->value);
		v->value = *value;
		memset(value, 0, sizeof(*value));
	}
	return run_body(ev, body, out);
}

static struct sl_variable *
declare(struct sl_eval *ev, struct sl_scope *scope, const char *name, int *rc)
{
	struct sl_variable *v = sl_scope_declare(scope, name);

	if (!v)
		*rc = sl_err_set(ev->err, -ENOMEM, "too many variables");
	return v;
}

int
sl_flow_for(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_part *name = sl_eval_positional(st->items, 0);
	struct sl_scope scope = {.parent = ev->scope};
	int64_t i = 0, to = 0, step = 0;
	const struct sl_node *body;
	struct sl_variable *v;
	int rc = required_block(ev, st, &body);

	if (rc ||
	    (rc = whole_number(ev, sl_eval_named(st->items, "from"), &i)) ||
	    (rc = whole_number(ev, sl_eval_named(st->items, "to"), &to)) ||
	    (rc = whole_number(ev, sl_eval_named(st->items, "step"), &step)))
		return rc;
	if (step == 0)
		step = i <= to ? 1 : -1;
	v = declare(ev, &scope, name->value->text, &rc);
	ev->scope = &scope;
	while (!rc && !ev->returned && (step > 0 ? i <= to : i >= to)) {
		struct sl_value n = sl_value_num(i);

		if (!(rc = sl_eval_step(ev, st->at)))
			rc = run_with(ev, body, v, &n, out);
		if (__builtin_add_overflow(i, step, &i))
			break;
	}
	ev->scope = scope.parent;
	sl_scope_fini(&scope);
	return rc;
}

/* "i", or "k,v": which of both names stand there. */
static int
loop_names(struct sl_eval *ev, struct sl_scope *scope,
    const struct sl_part *item, struct sl_variable *v[2])
{
	const char *text = item->value->text;
	const char *comma = text ? strchr(text, ',') : NULL;
	char key[64];
	int rc = 0;

	v[0] = v[1] = NULL;
	if (!text || item->value->kind == SL_NODE_VAR)
		return sl_eval_fail(ev, item->at, "expected variable name");
	if (comma) {
		size_t n = (size_t)(comma - text);

		if (!n || n >= sizeof(key) || !comma[1])
			return sl_eval_fail(
			    ev, item->at, "expected variable name");
		memcpy(key, text, n);
		key[n] = '\0';
		v[0] = declare(ev, scope, key, &rc);
		text = comma + 1;
	}
	if (!rc)
		v[1] = declare(ev, scope, text, &rc);
	return rc;
}

static int
foreach_element(struct sl_eval *ev, const struct sl_node *body,
    struct sl_variable *v[2], const struct sl_value *list, size_t i,
    struct sl_value *out)
{
	const struct sl_value *at = list;
	struct sl_value value = {0};
	int rc = 0;

	if (list->type == SL_VALUE_ARRAY) {
		const char *key = list->array->elements[i].key;

		at = sl_array_at(list, i);
		if (v[0]) {
			sl_value_free(&v[0]->value);
			v[0]->value = sl_value_num((int64_t)i);
			if (key)
				rc = sl_value_str(
				    &v[0]->value, key, strlen(key));
		}
	}
	if (rc || sl_value_copy(&value, at))
		return sl_err_set(ev->err, -ENOMEM, "out of memory");
	rc = run_with(ev, body, v[1], &value, out);
	sl_value_free(&value);
	return rc;
}

/* What the loop goes over; "in=a,b" lists as it does in other arguments. */
static int
loop_list(struct sl_eval *ev, const struct sl_node *n, struct sl_value *list)
{
	memset(list, 0, sizeof(*list));
	if (n->kind == SL_NODE_TEXT && strchr(n->text, ',') &&
	    sl_value_parse(list, SL_VALUE_ARRAY, n->text, n->len))
		return 0;
	return sl_eval_node(ev, n, list);
}

int
sl_flow_foreach(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_part *in = sl_eval_named(st->items, "in");
	struct sl_scope scope = {.parent = ev->scope};
	struct sl_variable *v[2];
	struct sl_value list = {0};
	const struct sl_node *body;
	size_t n;
	int rc = required_block(ev, st, &body);

	if (!rc && !in)
		rc = sl_eval_fail(
		    ev, st->at, "missing value(s) of argument(s) in");
	if (rc || (rc = loop_list(ev, in->value, &list)))
		return rc;
	n = list.type == SL_VALUE_ARRAY ? sl_array_len(&list)
					: list.type != SL_VALUE_NONE;
	rc = loop_names(ev, &scope, sl_eval_positional(st->items, 0), v);
	ev->scope = &scope;
	for (size_t i = 0; i < n && !rc && !ev->returned; i++) {
		if (!(rc = sl_eval_step(ev, st->at)))
			rc = foreach_element(ev, body, v, &list, i, out);
	}
	ev->scope = scope.parent;
	sl_scope_fini(&scope);
	sl_value_free(&list);
	return rc;
}

int
sl_flow_return(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_part *value = sl_eval_positional(st->items, 0);
	int rc = value ? sl_eval_node(ev, value->value, out) : 0;

	ev->returned = !rc;
	return rc;
}

int
sl_flow_error(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	struct sl_text text = {0};
	struct sl_value v = {0};
	int rc = sl_eval_node(ev, sl_eval_positional(st->items, 0)->value, &v);

	(void)out;
	if (!rc) {
		sl_value_print(&text, &v, SL_FORM_PLAIN);
		rc = sl_err_set(ev->err, -EINVAL, "%s", sl_text_str(&text));
	}
	sl_text_free(&text);
	sl_value_free(&v);
	return rc;
}

int
sl_flow_delay(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_part *item = sl_eval_positional(st->items, 0);
	struct sl_value v = {0}, t = {0};
	int64_t ns = 0;
	int rc = sl_eval_text(ev, item->value, &v);

	(void)out;
	if (rc)
		return rc;
	if (v.type == SL_VALUE_TIME)
		ns = v.ns;
	else if (v.type == SL_VALUE_NUM && v.num < INT64_MAX / 1000000000)
		ns = v.num * 1000000000;
	else if (v.type == SL_VALUE_STR &&
		 sl_value_parse(&t, SL_VALUE_TIME, v.str.s, v.str.len))
		ns = t.ns;
	else
		rc = sl_eval_fail(
		    ev, item->at, "invalid value for argument delay-time");
	sl_value_free(&v);
	if (rc || ns <= 0 || ev->loading)
		return rc;
	if ((rc = sl_out_flush(ev->out)) ||
	    (rc = sl_out_wait(ev->out, (uint64_t)ns)))
		sl_err_set(ev->err, rc, "interrupted");
	return rc;
}
