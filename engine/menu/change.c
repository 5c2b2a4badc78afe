/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/change.h>

#include <menu/item.h>
#include <menu/reference.h>
#include <menu/select.h>
#include <menu/tx.h>

#include <errno.h>
#include <string.h>

static int
no_memory(struct sl_err *err)
{
	return sl_err_set(err, -ENOMEM, "failure: out of memory");
}

/* What an argument makes of a property: NONE unsets it. */
static int
take_value(const struct sl_bound *b, struct sl_model *model,
    const struct sl_prop *p, struct sl_value *v, struct sl_err *err)
{
	*v = (struct sl_value){0};
	if (b->arg->unset)
		return 0;
	if (b->arg->name)
		return sl_prop_take(model, p, &b->arg->value, v, err);
	*v = sl_value_bool(true); /* a word alone */
	return 0;
}

/* Gives the item the properties among the arguments. */
static int
take_args(const struct sl_command *cmd, struct sl_item *it, struct sl_err *err)
{
	const struct sl_args *args = cmd->bound;
	struct sl_value v;
	int rc;

	for (size_t i = 0; i < args->n; i++) {
		const struct sl_bound *b = &args->bound[i];
		const struct sl_prop *p = &it->menu->def->props[b->prop];

		if (b->name)
			continue;
		rc = take_value(b, it->menu->model, p, &v, err);
		if (!rc && sl_item_set(it, b->prop, &v))
			rc = no_memory(err);
		if (rc)
			return sl_args_blame(err, rc, &b->arg->place);
	}
	return 0;
}

/* Are all required properties there? */
static int
check_required(const struct sl_item *it, struct sl_err *err)
{
	const struct sl_menu_def *def = it->menu->def;
	struct sl_text missing = {0};
	int rc = 0;

	for (unsigned i = 0; i < def->n_props; i++)
		if ((def->props[i].flags & SL_PROP_REQUIRED) &&
		    !sl_item_effective(it, i))
			sl_text_printf(&missing, " %s", def->props[i].name);
	if (missing.len)
		rc = sl_err_set(err, -EINVAL,
		    "missing value(s) of argument(s)%s", sl_text_str(&missing));
	sl_text_free(&missing);
	return rc;
}

static int
copy_from(struct sl_command *cmd, struct sl_item *it, struct sl_err *err)
{
	const struct sl_arg *arg = sl_command_arg(cmd, "copy-from");
	struct sl_selection sel = {0};
	struct sl_item *from;
	struct sl_value v;
	int rc;

	if (!arg)
		return 0;
	rc = sl_select(cmd, arg, &sel, err);
	from = sel.n ? sl_items_find(cmd->menu, sel.ids[0]) : NULL;
	if (!rc && !from)
		rc = sl_args_blame(
		    err, sl_err_set(err, -ENOENT, "no such item"), &arg->place);
	for (unsigned i = 0; !rc && i < from->n_values; i++)
		if (sl_value_copy(&v, &from->values[i].value) ||
		    sl_item_set(it, from->values[i].prop, &v))
			rc = no_memory(err);
	sl_selection_free(&sel);
	return rc;
}

/* The item to stand before; NULL: the end. */
static int
find_before(struct sl_command *cmd, struct sl_item **before, struct sl_err *err)
{
	const struct sl_arg *arg = sl_command_arg(cmd, "place-before");
	struct sl_selection sel = {0};
	struct sl_err ignored = {0};

	*before = NULL;
	if (!arg)
		return 0;
	if (!sl_select(cmd, arg, &sel, &ignored) && sel.n)
		*before = sl_items_find(cmd->menu, sel.ids[0]);
	sl_selection_free(&sel);
	if (*before)
		return 0;
	return sl_args_blame(err,
	    sl_err_set(err, -ENOENT,
		"failure: item referred by 'place-before' does not exist"),
	    &arg->place);
}

static int
run_add(struct sl_command *cmd, struct sl_err *err)
{
	struct sl_item *it, *before;
	uint64_t id;
	int rc;

	rc = find_before(cmd, &before, err);
	if (rc)
		return rc;
	it = sl_item_make(cmd->menu, 0);
	if (!it)
		return no_memory(err);
	id = it->id;
	rc = copy_from(cmd, it, err);
	if (!rc)
		rc = take_args(cmd, it, err);
	if (!rc)
		rc = check_required(it, err);
	if (rc) {
		sl_item_free(it);
		return rc;
	}
	rc = sl_tx_add(it, before, err);
	if (!rc)
		cmd->result = sl_value_id(id);
	return rc;
}

static int
refuse_foreign(const struct sl_item *it, const char *what, struct sl_err *err)
{
	if (!(it->flags & SL_ITEM_DYNAMIC) ||
	    !(it->menu->def->flags & SL_MENU_FOREIGN))
		return 0;
	return sl_err_set(
	    err, -EPERM, "failure: can not %s dynamic item", what);
}

/* The candidate takes the item's place, also with those that name it.
 * => Consumes candidate. */
static int
replace_item(struct sl_item *it, struct sl_item *candidate, struct sl_err *err)
{
	int prop = sl_menu_prop_flagged(it->menu, SL_PROP_NAME);
	char *former = NULL;
	int rc;

	if (prop < 0 || !it->menu->def->named_by)
		return sl_tx_set(it, candidate, err);
	former = strdup(sl_item_str(it, (unsigned)prop));
	if (!former) {
		sl_item_free(candidate);
		return no_memory(err);
	}
	rc = sl_tx_set(it, candidate, err);
	if (!rc)
		rc = sl_reference_follow(it, former, err);
	free(former);
	return rc;
}

/* Changes one item through a candidate. */
static int
change_item(struct sl_command *cmd, struct sl_item *it,
    int (*edit)(struct sl_command *, struct sl_item *, struct sl_err *),
    struct sl_err *err)
{
	struct sl_item *candidate;
	int rc = refuse_foreign(it, "change", err);

	if (rc)
		return rc;
	candidate = sl_item_clone(it);
	if (!candidate)
		return no_memory(err);
	rc = edit(cmd, candidate, err);
	if (!rc)
		rc = check_required(candidate, err);
	if (rc) {
		sl_item_free(candidate);
		return rc;
	}
	return replace_item(it, candidate, err);
}

/* Changes all selected items, or the settings. */
static int
change_items(struct sl_command *cmd,
    int (*edit)(struct sl_command *, struct sl_item *, struct sl_err *),
    struct sl_err *err)
{
	struct sl_selection sel = {0};
	struct sl_item *it;
	int rc;

	if (cmd->menu->kind == SL_MENU_SETTINGS)
		return change_item(cmd, sl_item_settings(cmd->menu), edit, err);
	rc = sl_select_numbers(cmd, &sel, err);
	for (size_t i = 0; i < sel.n && !rc; i++) {
		it = sl_items_find(cmd->menu, sel.ids[i]);
		rc = change_item(cmd, it, edit, err);
	}
	sl_selection_free(&sel);
	return rc;
}

static int
edit_set(struct sl_command *cmd, struct sl_item *it, struct sl_err *err)
{
	return take_args(cmd, it, err);
}

static int
run_set(struct sl_command *cmd, struct sl_err *err)
{
	return change_items(cmd, edit_set, err);
}

static int
unset_named(struct sl_item *it, const char *name, struct sl_err *err)
{
	int prop = sl_menu_prop(it->menu, name, true);
	struct sl_value none = {0};

	if (prop < 0 || (it->menu->def->props[prop].flags & SL_PROP_READ_ONLY))
		return sl_err_set(err, -EINVAL,
		    "input does not match any value of value-name");
	sl_item_set(it, (unsigned)prop, &none);
	return 0;
}

static int
edit_unset(struct sl_command *cmd, struct sl_item *it, struct sl_err *err)
{
	const struct sl_arg *arg = sl_command_arg(cmd, "value-name");
	struct sl_text t = {0};
	char *save = NULL, *name;
	int rc = 0;

	if (!arg)
		return sl_err_set(
		    err, -EINVAL, "missing value(s) of argument(s) value-name");
	sl_value_print(&t, &arg->value, SL_FORM_CONFIG);
	name = t.s ? strtok_r(t.s, ",", &save) : NULL;
	for (; name && !rc; name = strtok_r(NULL, ",", &save))
		rc = unset_named(it, name, err);
	sl_text_free(&t);
	return sl_args_blame(err, rc, &arg->place);
}

static int
run_unset(struct sl_command *cmd, struct sl_err *err)
{
	return change_items(cmd, edit_unset, err);
}

static int
set_disabled(struct sl_item *it, bool disabled, struct sl_err *err)
{
	int prop = sl_menu_prop_flagged(it->menu, SL_PROP_DISABLED);
	struct sl_value v = {0};

	/* Not disabled is the unset state: nothing to print or export. */
	if (disabled)
		v = sl_value_bool(true);
	return sl_item_set(it, (unsigned)prop, &v) ? no_memory(err) : 0;
}

static int
edit_enable(struct sl_command *cmd, struct sl_item *it, struct sl_err *err)
{
	(void)cmd;
	return set_disabled(it, false, err);
}

static int
edit_disable(struct sl_command *cmd, struct sl_item *it, struct sl_err *err)
{
	(void)cmd;
	return set_disabled(it, true, err);
}

static int
run_enable(struct sl_command *cmd, struct sl_err *err)
{
	return change_items(cmd, edit_enable, err);
}

static int
run_disable(struct sl_command *cmd, struct sl_err *err)
{
	return change_items(cmd, edit_disable, err);
}

static int
edit_comment(struct sl_command *cmd, struct sl_item *it, struct sl_err *err)
{
	int prop = sl_menu_prop_flagged(it->menu, SL_PROP_COMMENT);
	const struct sl_arg *arg = sl_command_arg(cmd, "comment");
	struct sl_value v = {0};
	int rc = 0;

	if (!arg)
		return sl_err_set(
		    err, -EINVAL, "missing value(s) of argument(s) comment");
	rc = sl_prop_take(
	    it->menu->model, &it->menu->def->props[prop], &arg->value, &v, err);
	if (!rc && sl_item_set(it, (unsigned)prop, &v))
		rc = no_memory(err);
	return sl_args_blame(err, rc, &arg->place);
}

static int
run_comment(struct sl_command *cmd, struct sl_err *err)
{
	return change_items(cmd, edit_comment, err);
}

static int
run_remove(struct sl_command *cmd, struct sl_err *err)
{
	struct sl_selection sel = {0};
	struct sl_item *it;
	int rc;

	rc = sl_select_numbers(cmd, &sel, err);
	for (size_t i = 0; i < sel.n && !rc; i++) {
		it = sl_items_find(cmd->menu, sel.ids[i]);
		if (!it)
			continue; /* named twice */
		if (it->flags & SL_ITEM_BUILTIN)
			rc = sl_err_set(err, -EPERM,
			    "failure: builtin items can not be removed");
		else if (!(rc = refuse_foreign(it, "remove", err)) &&
			 !(rc = sl_reference_check(it, err)))
			rc = sl_tx_remove(it, err);
	}
	sl_selection_free(&sel);
	return rc;
}

int
sl_change_remove_rows(struct sl_command *cmd, struct sl_err *err)
{
	struct sl_selection sel = {0};
	int rc;

	rc = sl_select_numbers(cmd, &sel, err);
	if (!rc && sel.n)
		rc =
		    cmd->menu->def->remove_rows(cmd->menu, sel.ids, sel.n, err);
	sl_selection_free(&sel);
	return rc;
}

static bool
is_among(const struct sl_selection *sel, uint64_t id)
{
	for (size_t i = 0; i < sel->n; i++)
		if (sel->ids[i] == id)
			return true;
	return false;
}

static int
move_all(struct sl_command *cmd, const struct sl_selection *what,
    const struct sl_selection *to, struct sl_err *err)
{
	struct sl_item *before = NULL;
	int rc = 0;

	if (to->n)
		before = sl_items_find(cmd->menu, to->ids[0]);
	/* Never before one of those that move. */
	while (before && is_among(what, before->id))
		before = before->next;
	for (size_t i = 0; i < what->n && !rc; i++)
		rc = sl_tx_move(
		    sl_items_find(cmd->menu, what->ids[i]), before, err);
	return rc;
}

static int
run_move(struct sl_command *cmd, struct sl_err *err)
{
	const struct sl_arg *arg = sl_command_arg(cmd, "destination");
	struct sl_selection what = {0}, to = {0};
	int rc;

	rc = sl_select_numbers(cmd, &what, err);
	if (!rc && arg)
		rc = sl_select(cmd, arg, &to, err);
	if (!rc)
		rc = move_all(cmd, &what, &to, err);
	sl_selection_free(&what);
	sl_selection_free(&to);
	return rc;
}

sl_change_fn
sl_change_find(const char *verb)
{
	static const struct {
		const char *verb;
		sl_change_fn run;
	} verbs[] = {
	    {"add", run_add},
	    {"comment", run_comment},
	    {"disable", run_disable},
	    {"enable", run_enable},
	    {"move", run_move},
	    {"remove", run_remove},
	    {"set", run_set},
	    {"unset", run_unset},
	};

	for (size_t i = 0; i < SL_COUNT_OF(verbs); i++)
		if (strcmp(verbs[i].verb, verb) == 0)
			return verbs[i].run;
	return NULL;
}
