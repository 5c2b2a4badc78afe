/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which arguments each keyword takes, and the keywords about variables and
 * output.
 */
#include <script/eval.h>

#include <base/log.h>
#include <script/blame.h>
#include <script/flow.h>
#include <script/keyword.h>

#include <errno.h>
#include <string.h>

struct rule {
	int (*run)(struct sl_eval *, const struct sl_statement *,
	    struct sl_value *out);
	unsigned least, most; /* positional items */
	const char *names;    /* of others, each followed by a blank */
};

static int
no_memory(struct sl_eval *ev)
{
	return sl_err_set(ev->err, -ENOMEM, "out of memory");
}

static int
variable_name(struct sl_eval *ev, const struct sl_part *item, const char **name)
{
	*name = item->value->text;
	if (item->value->kind != SL_NODE_TEXT &&
	    item->value->kind != SL_NODE_STRING)
		return sl_eval_fail(ev, item->at, "expected variable name");
	return 0;
}

/* The value behind a variable's name; NONE if there is none. */
static int
given_value(struct sl_eval *ev, const struct sl_statement *st,
    struct sl_value *v, bool *given)
{
	const struct sl_part *item = sl_eval_positional(st->items, 1);
	int rc;

	memset(v, 0, sizeof(*v));
	if (!item)
		item = sl_eval_named(st->items, "value");
	*given = item != NULL;
	if (!item)
		return 0;
	if ((rc = sl_eval_node(ev, item->value, v)))
		return rc;
	if ((rc = sl_eval_check_size(v, ev->err)))
		sl_value_free(v);
	return rc;
}

static int
declare_in(struct sl_eval *ev, struct sl_scope *scope,
    const struct sl_statement *st, bool reset)
{
	const char *name;
	struct sl_variable *var;
	struct sl_value v;
	bool given;
	int rc;

	if ((rc = variable_name(ev, st->items, &name)))
		return rc;
	/* Also when the value fails: one mistake is reported once. */
	var = sl_scope_declare(scope, name);
	if (!var)
		return sl_err_set(ev->err, -ENOMEM, "too many variables");
	if ((rc = given_value(ev, st, &v, &given)))
		return rc;
	if (given || reset) {
		sl_value_free(&var->value);
		var->value = v;
	}
	return 0;
}

static int
run_local(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	(void)out;
	return declare_in(ev, ev->scope, st, true);
}

static int
run_global(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	(void)out;
	return declare_in(ev, &ev->globals, st, false);
}

/* The element of 'array' with this index, made if it is new. */
static struct sl_value *
element_of(struct sl_eval *ev, struct sl_value *array,
    const struct sl_value *index, struct sl_spot at)
{
	const char *key = index->type == SL_VALUE_STR ? index->str.s : NULL;
	struct sl_value fresh = {0};
	size_t len;

	if (array->type == SL_VALUE_NONE && sl_value_array(array)) {
		no_memory(ev);
		return NULL;
	}
	if (array->type != SL_VALUE_ARRAY) {
		sl_eval_fail(ev, at, "-> needs an array, not %s",
		    sl_value_type_name(array));
		return NULL;
	}
	len = sl_array_len(array);
	for (size_t i = 0; i < len; i++) {
		struct sl_element *e = &array->array->elements[i];

		if (key ? e->key && !strcmp(e->key, key)
			: index->type == SL_VALUE_NUM &&
			      index->num == (int64_t)i)
			return &e->value;
	}
	if ((key ||
		(index->type == SL_VALUE_NUM && index->num == (int64_t)len)) &&
	    !sl_array_add(array, key, &fresh))
		return &array->array->elements[len].value;
	sl_eval_fail(ev, at, "no such element");
	return NULL;
}

static struct sl_value *
place_of(struct sl_eval *ev, const struct sl_node *n)
{
	struct sl_value index = {0}, *place = NULL;
	struct sl_variable *v;

	if (n->kind == SL_NODE_OP && n->op == SL_OP_ELEMENT) {
		/* The index first: computing it may change the array. */
		if (sl_eval_node(ev, n->kid[1], &index))
			return NULL;
		place = place_of(ev, n->kid[0]);
		if (place)
			place = element_of(ev, place, &index, n->at);
		sl_value_free(&index);
		return place;
	}
	if (n->kind != SL_NODE_TEXT && n->kind != SL_NODE_STRING &&
	    n->kind != SL_NODE_VAR) {
		sl_eval_fail(ev, n->at, "expected variable name");
		return NULL;
	}
	v = sl_scope_find(ev->scope, n->text);
	if (!v)
		sl_eval_fail(ev, n->at, "unknown variable %s", n->text);
	return v ? &v->value : NULL;
}

/* The variable that the assignment is to, element or not. */
static const struct sl_variable *
root_of(struct sl_eval *ev, const struct sl_node *n)
{
	while (n->kind == SL_NODE_OP)
		n = n->kid[0];
	return sl_scope_find(ev->scope, n->text);
}

static int
run_set(struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_node *target = st->items->value;
	struct sl_value v, *place;
	bool given;
	int rc;

	(void)out;
	if ((rc = given_value(ev, st, &v, &given)))
		return rc;
	place = place_of(ev, target);
	if (!place) {
		sl_value_free(&v);
		return ev->err->code;
	}
	sl_value_free(place);
	*place = v;
	if (target->kind != SL_NODE_OP)
		return 0;
	rc = sl_eval_check_size(&root_of(ev, target)->value, ev->err);
	if (rc) {
		sl_value_free(place);
		memset(place, 0, sizeof(*place));
	}
	return rc;
}

static int
run_put(struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_part *item = sl_eval_positional(st->items, 0);
	struct sl_text text = {0};
	struct sl_value v = {0};
	int rc = 0;

	(void)out;
	if (item)
		rc = sl_eval_node(ev, item->value, &v);
	if (!rc) {
		sl_value_print(&text, &v, SL_FORM_PLAIN);
		sl_text_addc(&text, '\n');
		sl_out_put(ev->out, sl_text_str(&text), text.len);
		rc = text.failed ? no_memory(ev) : 0;
	}
	if (!rc && (rc = sl_out_flush(ev->out)))
		sl_err_set(ev->err, rc, "interrupted");
	sl_text_free(&text);
	sl_value_free(&v);
	return rc;
}

int
sl_eval_log(struct sl_eval *ev, const char *level, const struct sl_part *item,
    struct sl_spot at)
{
	static const char *const levels[] = {
	    "error", "warning", "info", "debug", NULL};
	int i = sl_type_match(levels, level, strlen(level));
	struct sl_text text = {0};
	struct sl_value v = {0};
	int rc;

	if (i < 0)
		return sl_eval_fail(ev, at, "bad command name %s", level);
	if (!item)
		return sl_eval_fail(
		    ev, at, "missing value(s) of argument(s) message");
	if (item->next || (item->name && strcmp(item->name, "message") != 0))
		return sl_eval_fail(ev, item->next ? item->next->at : item->at,
		    "expected end of command");
	if (!(rc = sl_eval_node(ev, item->value, &v))) {
		sl_value_print(&text, &v, SL_FORM_PLAIN);
		sl_log(
		    (enum sl_log_level)i, "script", "%s", sl_text_str(&text));
	}
	sl_text_free(&text);
	sl_value_free(&v);
	return rc;
}

static int
run_log(struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct sl_node *level = st->items->value;

	(void)out;
	if (st->items->name || level->kind != SL_NODE_TEXT)
		return sl_eval_fail(ev, st->items->at, "expected command name");
	return sl_eval_log(ev, level->text, st->items->next, st->items->at);
}

static int
run_nothing(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	(void)ev;
	(void)st;
	memset(out, 0, sizeof(*out));
	return 0;
}

static int
run_resolve(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	(void)out;
	return sl_eval_fail(ev, st->at, ":resolve is not supported");
}

static const struct rule rules[SL_KEYWORDS] = {
    [SL_KEYWORD_DELAY] = {sl_flow_delay, 1, 1, ""},
    [SL_KEYWORD_DO] = {sl_flow_do, 1, 1, "while on-error "},
    [SL_KEYWORD_ERROR] = {sl_flow_error, 1, 1, ""},
    [SL_KEYWORD_FIND] = {sl_eval_function, 2, 3, ""},
    [SL_KEYWORD_FOR] = {sl_flow_for, 1, 1, "from to step do "},
    [SL_KEYWORD_FOREACH] = {sl_flow_foreach, 1, 1, "in do "},
    [SL_KEYWORD_GLOBAL] = {run_global, 1, 2, "value "},
    [SL_KEYWORD_IF] = {sl_flow_if, 1, 1, "do else "},
    [SL_KEYWORD_LEN] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_LOCAL] = {run_local, 1, 2, "value "},
    [SL_KEYWORD_LOG] = {run_log, 1, 2, "message "},
    [SL_KEYWORD_NOTHING] = {run_nothing, 0, 0, ""},
    [SL_KEYWORD_PICK] = {sl_eval_function, 2, 3, ""},
    [SL_KEYWORD_PUT] = {run_put, 0, 1, ""},
    [SL_KEYWORD_RESOLVE] = {run_resolve, 0, 2, ""},
    [SL_KEYWORD_RETURN] = {sl_flow_return, 0, 1, ""},
    [SL_KEYWORD_SET] = {run_set, 1, 2, "value "},
    [SL_KEYWORD_TOARRAY] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_TOBOOL] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_TOIP] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_TOIP6] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_TONUM] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_TOSTR] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_TOTIME] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_TYPEOF] = {sl_eval_function, 1, 1, ""},
    [SL_KEYWORD_WHILE] = {sl_flow_while, 1, 1, "do "},
};

static bool
is_listed(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = names; *at; at = strchr(at, ' ') + 1) {
		if (!strncmp(at, name, len) && at[len] == ' ')
			return true;
	}
	return false;
}

int
sl_eval_keyword(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_value *out)
{
	const struct rule *rule = &rules[st->keyword->id];
	unsigned n = 0;

	for (const struct sl_part *item = st->items; item; item = item->next) {
		if (item->name ? !is_listed(rule->names, item->name)
			       : ++n > rule->most)
			return sl_eval_fail(
			    ev, item->at, "expected end of command");
	}
	/* The name of a variable, or what decides, comes first. */
	if (n < rule->least || (rule->least && st->items->name))
		return sl_eval_fail(ev, st->at, "expected input value");
	return rule->run(ev, st, out);
}
