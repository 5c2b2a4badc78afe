/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/layer7.h>

#include <menu/item.h>
#include <rule/l7.h>

#include <errno.h>
#include <string.h>

enum { NAME, REGEXP, COMMENT, N };

static const struct sl_prop props[N] = {
    [NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "as rules call it"},
    [REGEXP] = {.name = "regexp",
	.type = &sl_type_str,
	.flags = SL_PROP_COLUMN,
	.help = "POSIX expression; the first 2 KB of both directions are "
		"matched, without regard to case"},
    [COMMENT] = SL_PROP_ROW_COMMENT,
};

static struct sl_item *
find(struct sl_model *model, const char *name)
{
	struct sl_menu *menu = sl_model_find(model, SL_LAYER7_PATH);

	return menu && menu->items ? sl_items_named(menu, name) : NULL;
}

const struct sl_value *
sl_layer7_regexp(struct sl_model *model, const char *name)
{
	const struct sl_item *it = find(model, name);

	return it ? sl_item_get(it, REGEXP) : NULL;
}

static bool
is_known(struct sl_model *model, const struct sl_prop *p, const char *name)
{
	(void)p;
	return find(model, name) != NULL;
}

static void
each_known(struct sl_model *model, const struct sl_prop *p, sl_word_fn visit,
    void *arg)
{
	struct sl_menu *menu = sl_model_find(model, SL_LAYER7_PATH);
	struct sl_item *it;

	(void)p;
	if (!menu)
		return;
	SL_ITEM_EACH (it, menu)
		visit(sl_item_str(it, NAME), sl_item_comment(it), arg);
}

const struct sl_ref sl_ref_layer7 = {is_known, each_known};

static int
check(struct sl_menu *menu, struct sl_item *it, const struct sl_item *old,
    struct sl_err *err)
{
	const char *name = sl_item_str(it, NAME);
	const struct sl_item *same = sl_items_named(menu, name);
	const struct sl_value *v = sl_item_get(it, REGEXP);
	struct sl_err why = {0};
	int rc;

	if (same && same != old)
		return sl_err_set(
		    err, -EEXIST, "failure: already have such entry");
	if (!v || v->type != SL_VALUE_STR)
		return 0; /* matches everything, as an empty one does */
	rc = sl_l7_check(
	    (struct sl_span){(const void *)v->str.s, (uint32_t)v->str.len},
	    &why);
	return rc ? sl_err_set(err, rc, "failure: bad regexp of %s: %s", name,
			why.text)
		  : 0;
}

const struct sl_menu_def sl_menu_layer7 = {
    .path = SL_LAYER7_PATH,
    .help = "what connections look like, by their first bytes",
    .kind = SL_MENU_ITEMS,
    .named_by = &sl_ref_layer7,
    .props = props,
    .n_props = N,
    .check = check,
};
