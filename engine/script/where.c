/* SPDX-License-Identifier: Apache-2.0 */
#include <script/where.h>

#include <script/blame.h>
#include <script/pattern.h>

#include <errno.h>
#include <string.h>

#define PROP_ID (-2) /* ".id" is no row of the menu's table */

enum term_kind {
	TERM_VALUE, /* known when compiling */
	TERM_PROP,
	TERM_MATCH, /* kid[0] ~ a compiled pattern */
	TERM_OP,
};

struct term {
	struct term *all; /* list of all, to free them */
	enum term_kind kind;
	enum sl_op op;
	int prop;
	bool has_pattern;
	struct sl_value value;
	regex_t pattern;
	struct term *kid[2];
};

struct sl_where {
	struct term *all;
	struct term *top;
};

/* What compiling needs at hand. */
struct compiler {
	struct sl_eval *ev;
	struct sl_menu *menu;
	struct sl_where *where;
};

static struct term *compile(struct compiler *, const struct sl_node *);

static struct term *
new_term(struct compiler *c, enum term_kind kind)
{
	struct term *t = calloc(1, sizeof(*t));

	if (!t) {
		sl_err_set(c->ev->err, -ENOMEM, "out of memory");
		return NULL;
	}
	t->kind = kind;
	t->all = c->where->all;
	c->where->all = t;
	return t;
}

void
sl_where_free(struct sl_where *w)
{
	while (w && w->all) {
		struct term *t = w->all;

		w->all = t->all;
		sl_value_free(&t->value);
		if (t->has_pattern)
			regfree(&t->pattern);
		free(t);
	}
	free(w);
}

static int
find_property(const struct compiler *c, const char *name)
{
	if (!strcmp(name, ".id"))
		return PROP_ID;
	return sl_menu_prop(c->menu, name, true);
}

/* A bare word: a property; else a number, a time, an address, yes or no. */
static struct term *
compile_word(struct compiler *c, const struct sl_node *n)
{
	int prop = find_property(c, n->text);
	struct term *t = new_term(c, prop == -1 ? TERM_VALUE : TERM_PROP);

	if (!t)
		return NULL;
	t->prop = prop;
	if (prop != -1)
		return t;
	if (sl_eval_node(c->ev, n, &t->value))
		return NULL;
	if (t->value.type != SL_VALUE_STR)
		return t;
	sl_eval_fail(c->ev, n->at, "unknown property %s", n->text);
	return NULL;
}

/* $name: a variable, or the property of that name. */
static struct term *
compile_variable(struct compiler *c, const struct sl_node *n)
{
	struct term *t;

	if (!sl_scope_find(c->ev->scope, n->text) &&
	    find_property(c, n->text) != -1)
		return compile_word(c, n);
	t = new_term(c, TERM_VALUE);
	return t && !sl_eval_node(c->ev, n, &t->value) ? t : NULL;
}

static bool
is_comparison(enum sl_op op)
{
	return op >= SL_OP_EQ && op <= SL_OP_GE;
}

/* Reads what a property is compared with as that property would: once, not
 * once a row.  What does not fit is compared as it stands. */
static void
settle_type(struct compiler *c, const struct term *prop, struct term *t)
{
	struct sl_value typed = {0};
	struct sl_err ignored = {0};

	if (prop->prop < 0 || t->value.type == SL_VALUE_NONE)
		return;
	if (sl_prop_take(c->menu->model, &c->menu->def->props[prop->prop],
		&t->value, &typed, &ignored))
		return;
	sl_value_free(&t->value);
	t->value = typed;
}

/* The right side of a comparison with a property. */
static struct term *
compile_right(struct compiler *c, const struct term *left,
    const struct sl_node *n, bool typed)
{
	struct term *t;

	if (left->kind != TERM_PROP || n->kind != SL_NODE_TEXT)
		t = compile(c, n);
	else if ((t = new_term(c, TERM_VALUE)) != NULL &&
		 sl_eval_text(c->ev, n, &t->value))
		t = NULL;
	if (t && typed && t->kind == TERM_VALUE && left->kind == TERM_PROP)
		settle_type(c, left, t);
	return t;
}

/* PROPERTY ~ "pattern". */
static struct term *
compile_match(struct compiler *c, const struct sl_node *n, struct term *t)
{
	const struct term *pattern = t->kid[1];

	if (pattern->kind != TERM_VALUE) {
		sl_eval_fail(c->ev, n->kid[1]->at,
		    "the pattern may not depend on the item");
		return NULL;
	}
	if (sl_pattern_compile(&t->pattern, &pattern->value, c->ev->err)) {
		sl_blame_place(c->ev->err, c->ev->file, n->kid[1]->at);
		return NULL;
	}
	t->has_pattern = true;
	t->kind = TERM_MATCH;
	return t;
}

static struct term *
compile_op(struct compiler *c, const struct sl_node *n)
{
	struct term *t = new_term(c, TERM_OP);

	if (!t)
		return NULL;
	t->op = n->op;
	t->kid[0] = compile(c, n->kid[0]);
	if (!t->kid[0])
		return NULL;
	if (!n->kid[1])
		return t;
	if (is_comparison(n->op) || n->op == SL_OP_IN || n->op == SL_OP_MATCH)
		t->kid[1] = compile_right(
		    c, t->kid[0], n->kid[1], is_comparison(n->op));
	else
		t->kid[1] = compile(c, n->kid[1]);
	if (!t->kid[1])
		return NULL;
	return n->op == SL_OP_MATCH ? compile_match(c, n, t) : t;
}

static struct term *
compile(struct compiler *c, const struct sl_node *n)
{
	struct term *t;

	if (n->kind == SL_NODE_TEXT)
		return compile_word(c, n);
	if (n->kind == SL_NODE_VAR)
		return compile_variable(c, n);
	if (n->kind == SL_NODE_OP && n->op != SL_OP_ELEMENT)
		return compile_op(c, n);
	t = new_term(c, TERM_VALUE);
	return t && !sl_eval_node(c->ev, n, &t->value) ? t : NULL;
}

int
sl_where_compile(struct sl_eval *ev, struct sl_menu *menu,
    const struct sl_node *n, struct sl_where **out)
{
	struct compiler c = {.ev = ev, .menu = menu};

	*out = NULL;
	c.where = calloc(1, sizeof(*c.where));
	if (!c.where)
		return sl_err_set(ev->err, -ENOMEM, "out of memory");
	c.where->top = compile(&c, n);
	if (!c.where->top) {
		sl_where_free(c.where);
		return ev->err->code
			   ? ev->err->code
			   : sl_err_set(ev->err, -EINVAL, "bad condition");
	}
	*out = c.where;
	return 0;
}

static bool truth_of(const struct term *, const struct sl_row *);

/* The term's value for this row.  A value of the term itself is lent, not
 * copied: 'owned' says whether the caller must free it. */
static struct sl_value
value_of(const struct term *t, const struct sl_row *row, bool *owned)
{
	struct sl_value a, b = {0}, v = {0};
	bool own_a, own_b = false;

	*owned = t->kind != TERM_VALUE;
	if (t->kind == TERM_VALUE)
		return t->value;
	if (t->kind == TERM_PROP) {
		if (t->prop == PROP_ID)
			v = sl_value_id(row->id);
		else
			sl_row_get(row, (unsigned)t->prop, &v);
		return v;
	}
	a = value_of(t->kid[0], row, &own_a);
	if (t->kind == TERM_MATCH) {
		v = sl_value_bool(sl_value_matches(&a, &t->pattern));
	} else if (t->op == SL_OP_AND || t->op == SL_OP_OR) {
		v = sl_value_bool(sl_value_truth(&a) == (t->op == SL_OP_OR)
				      ? t->op == SL_OP_OR
				      : truth_of(t->kid[1], row));
	} else {
		if (t->kid[1])
			b = value_of(t->kid[1], row, &own_b);
		if (sl_eval_operator(
			t->op, &a, t->kid[1] ? &b : NULL, &v, NULL))
			memset(&v, 0, sizeof(v));
	}
	if (own_a)
		sl_value_free(&a);
	if (own_b)
		sl_value_free(&b);
	return v;
}

static bool
truth_of(const struct term *t, const struct sl_row *row)
{
	bool owned;
	struct sl_value v = value_of(t, row, &owned);
	bool truth = sl_value_truth(&v);

	if (owned)
		sl_value_free(&v);
	return truth;
}

bool
sl_where_match(void *where, const struct sl_row *row)
{
	return truth_of(((struct sl_where *)where)->top, row);
}
