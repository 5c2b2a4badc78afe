/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of nodes.
 */
#include <script/eval.h>

#include <script/blame.h>

#include <errno.h>
#include <string.h>

static size_t
value_size(const struct sl_value *v, unsigned depth)
{
	size_t size = sizeof(*v);

	if (v->type == SL_VALUE_STR)
		return size + v->str.len;
	if (v->type != SL_VALUE_ARRAY)
		return size;
	if (depth >= SL_EVAL_ARRAY_DEPTH)
		return SIZE_MAX;
	for (size_t i = 0; i < sl_array_len(v); i++) {
		size_t more = value_size(sl_array_at(v, i), depth + 1);

		if (more > SL_EVAL_VALUE_BYTES)
			return SIZE_MAX;
		size += more;
	}
	return size;
}

int
sl_eval_check_size(const struct sl_value *v, struct sl_err *err)
{
	if (value_size(v, 0) <= SL_EVAL_VALUE_BYTES)
		return 0;
	return sl_err_set(err, -EMSGSIZE, "value too large");
}

/* A loop over large values ends as early as one over many small ones. */
static void
charge(struct sl_eval *ev, const struct sl_value *v)
{
	ev->steps += value_size(v, 0) / SL_EVAL_STEP_BYTES;
}

static int
no_memory(struct sl_eval *ev)
{
	return sl_err_set(ev->err, -ENOMEM, "out of memory");
}

static int
take_string(struct sl_eval *ev, const struct sl_node *n, struct sl_value *out)
{
	return sl_value_str(out, n->text, n->len) ? no_memory(ev) : 0;
}

static int
join_pieces(
    struct sl_eval *ev, const struct sl_node *join, struct sl_value *out)
{
	struct sl_text text = {0};
	int rc = 0;

	for (const struct sl_node *n = join->first; n && !rc; n = n->next) {
		struct sl_value v = {0};

		rc = sl_eval_text(ev, n, &v);
		sl_value_print(&text, &v, SL_FORM_PLAIN);
		sl_value_free(&v);
		if (!rc && text.len > SL_EVAL_VALUE_BYTES)
			rc = sl_err_set(ev->err, -EMSGSIZE, "value too large");
	}
	if (!rc &&
	    (text.failed || sl_value_str(out, sl_text_str(&text), text.len)))
		rc = no_memory(ev);
	sl_text_free(&text);
	return rc;
}

static int
take_variable(struct sl_eval *ev, const struct sl_node *n, struct sl_value *out)
{
	const struct sl_variable *v = sl_scope_find(ev->scope, n->text);

	if (!v)
		return sl_eval_fail(ev, n->at, "unknown variable %s", n->text);
	charge(ev, &v->value);
	return sl_value_copy(out, &v->value) ? no_memory(ev) : 0;
}

static int
make_array(
    struct sl_eval *ev, const struct sl_node *array, struct sl_value *out)
{
	size_t size = 0;

	if (sl_value_array(out))
		return no_memory(ev);
	for (const struct sl_node *n = array->first; n; n = n->next) {
		struct sl_value v = {0}, key = {0};
		int rc = sl_eval_node(ev, n, &v);

		if (!rc && n->key)
			rc = sl_eval_text(ev, n->key, &key);
		size += value_size(&v, 1) / 2;
		if (!rc && size > SL_EVAL_VALUE_BYTES)
			rc = sl_err_set(ev->err, -EMSGSIZE, "value too large");
		if (!rc && sl_array_add(out, n->key ? key.str.s : NULL, &v))
			rc = no_memory(ev);
		sl_value_free(&key);
		sl_value_free(&v);
		if (rc)
			return rc;
	}
	return sl_eval_check_size(out, ev->err);
}

/* "and" and "or" look at the right side only if they must. */
static int
eval_logic(struct sl_eval *ev, const struct sl_node *n, struct sl_value *out)
{
	struct sl_value v = {0};
	bool stop = n->op == SL_OP_OR, truth;
	int rc = sl_eval_node(ev, n->kid[0], &v);

	truth = !rc && sl_value_truth(&v);
	sl_value_free(&v);
	if (!rc && truth != stop) {
		rc = sl_eval_node(ev, n->kid[1], &v);
		truth = !rc && sl_value_truth(&v);
		sl_value_free(&v);
	}
	*out = sl_value_bool(truth);
	return rc;
}

static int
eval_op(struct sl_eval *ev, const struct sl_node *n, struct sl_value *out)
{
	struct sl_value a = {0}, b = {0};
	int rc;

	if (n->op == SL_OP_AND || n->op == SL_OP_OR)
		return eval_logic(ev, n, out);
	rc = sl_eval_node(ev, n->kid[0], &a);
	if (!rc && n->kid[1])
		rc = sl_eval_node(ev, n->kid[1], &b);
	if (!rc && (rc = sl_eval_operator(
			n->op, &a, n->kid[1] ? &b : NULL, out, ev->err)))
		sl_blame_place(ev->err, ev->file, n->at);
	if (!rc)
		rc = sl_eval_check_size(out, ev->err);
	charge(ev, &a);
	charge(ev, &b);
	sl_value_free(&a);
	sl_value_free(&b);
	return rc;
}

static int
eval_node(struct sl_eval *ev, const struct sl_node *n, struct sl_value *out)
{
	switch (n->kind) {
	case SL_NODE_TEXT:
		return sl_value_guess(out, n->text, n->len) ? no_memory(ev) : 0;
	case SL_NODE_STRING:
	case SL_NODE_RAW:
		return take_string(ev, n, out);
	case SL_NODE_JOIN:
		return join_pieces(ev, n, out);
	case SL_NODE_VAR:
		return take_variable(ev, n, out);
	case SL_NODE_RUN:
		return sl_eval_run(ev, n->body, out);
	case SL_NODE_BLOCK:
		return sl_eval_block(ev, n, out);
	case SL_NODE_ARRAY:
		return make_array(ev, n, out);
	case SL_NODE_OP:
		return eval_op(ev, n, out);
	}
	return sl_err_set(ev->err, -EINVAL, "syntax error");
}

int
sl_eval_node(struct sl_eval *ev, const struct sl_node *n, struct sl_value *out)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = eval_node(ev, n, out);
	if (rc) {
		sl_blame_place(ev->err, ev->file, n->at);
		sl_value_free(out);
		memset(out, 0, sizeof(*out));
	}
	return rc;
}

int
sl_eval_text(struct sl_eval *ev, const struct sl_node *n, struct sl_value *out)
{
	if (n->kind != SL_NODE_TEXT)
		return sl_eval_node(ev, n, out);
	memset(out, 0, sizeof(*out));
	return take_string(ev, n, out);
}
