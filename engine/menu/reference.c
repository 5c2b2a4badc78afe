/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/reference.h>

#include <menu/tx.h>

#include <errno.h>
#include <string.h>

/* Visits items that name something; not 0 ends it. */
typedef int (*visit_fn)(struct sl_item *, unsigned prop, void *arg);

static bool
is_name(const struct sl_value *v, const char *name)
{
	return v->type == SL_VALUE_STR && strcmp(v->str.s, name) == 0;
}

static bool
names(const struct sl_value *v, const char *name)
{
	if (v->type != SL_VALUE_ARRAY)
		return is_name(v, name);
	for (size_t i = 0; i < sl_array_len(v); i++)
		if (is_name(sl_array_at(v, i), name))
			return true;
	return false;
}

/* All items of a menu whose property 'prop' names 'name'. */
static int
visit_menu(struct sl_menu *menu, unsigned prop, const char *name,
    visit_fn visit, void *arg)
{
	struct sl_item *it;
	int rc = 0;

	for (it = sl_items_first(menu); it && !rc; it = it->next) {
		const struct sl_value *v = sl_item_get(it, prop);

		if (v && !(it->flags & SL_ITEM_DYNAMIC) && names(v, name))
			rc = visit(it, prop, arg);
	}
	return rc;
}

static int
visit_all(
    const struct sl_item *named, const char *name, visit_fn visit, void *arg)
{
	const struct sl_ref *ref = named->menu->def->named_by;
	struct sl_model *model = named->menu->model;
	int rc = 0;

	for (unsigned m = 0; ref && m < model->n_menus; m++) {
		struct sl_menu *menu = model->menus[m];

		for (unsigned p = 0; p < menu->def->n_props && !rc; p++)
			if (menu->items && menu->def->props[p].ref == ref)
				rc = visit_menu(menu, p, name, visit, arg);
	}
	return rc;
}

static const char *
name_of(const struct sl_item *it)
{
	int prop = sl_menu_prop_flagged(it->menu, SL_PROP_NAME);

	return prop >= 0 ? sl_item_str(it, (unsigned)prop) : "";
}

struct check {
	const struct sl_item *it;
	struct sl_err *err;
};

static int
refuse(struct sl_item *user, unsigned prop, void *arg)
{
	const struct check *c = arg;
	struct sl_text path = {0};
	int rc;

	(void)prop;
	if (user == c->it)
		return 0;
	sl_menu_print_path(user->menu, &path);
	rc = sl_err_set(c->err, -EBUSY, "failure: %s is in use by %s item %u",
	    name_of(c->it), sl_text_str(&path), sl_item_number(user));
	sl_text_free(&path);
	return rc;
}

int
sl_reference_check(const struct sl_item *it, struct sl_err *err)
{
	struct check c = {it, err};

	return visit_all(it, name_of(it), refuse, &c);
}

struct rename {
	const char *from, *to;
	struct sl_err *err;
};

/* The same value with the other name; flags (a '!') stay. */
static int
replace(struct sl_value *v, const struct rename *r)
{
	struct sl_value fresh;
	int rc = 0;

	for (size_t i = 0; v->type == SL_VALUE_ARRAY && i < v->array->n; i++)
		rc = rc ? rc : replace(&v->array->elements[i].value, r);
	if (!is_name(v, r->from))
		return rc;
	rc = sl_value_str(&fresh, r->to, strlen(r->to));
	if (rc)
		return rc;
	fresh.flags |= v->flags & SL_VALUE_NEGATED;
	sl_value_free(v);
	*v = fresh;
	return 0;
}

static int
rename_in(struct sl_item *user, unsigned prop, void *arg)
{
	const struct rename *r = arg;
	struct sl_item *candidate = sl_item_clone(user);
	struct sl_value v = {0};
	int rc = -ENOMEM;

	if (candidate && !sl_value_copy(&v, sl_item_get(candidate, prop)) &&
	    !replace(&v, r))
		rc = sl_item_set(candidate, prop, &v);
	sl_value_free(&v);
	if (!rc)
		return sl_tx_set(user, candidate, r->err);
	sl_item_free(candidate);
	return sl_err_set(r->err, rc, "failure: out of memory");
}

int
sl_reference_follow(
    const struct sl_item *it, const char *former, struct sl_err *err)
{
	struct rename r = {former, name_of(it), err};

	if (strcmp(r.from, r.to) == 0)
		return 0;
	return visit_all(it, former, rename_in, &r);
}
