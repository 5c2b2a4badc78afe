/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/query.h>

#include <menu/item.h>
#include <menu/select.h>

#include <errno.h>
#include <string.h>

struct find {
	struct sl_command *cmd;
	int rc;
};

static bool
collect_id(const struct sl_row *row, void *arg)
{
	struct find *f = arg;
	struct sl_value id = sl_value_id(row->id);

	if (f->cmd->where && !f->cmd->where(f->cmd->where_arg, row))
		return true;
	f->rc = sl_array_add(&f->cmd->result, NULL, &id);
	return !f->rc;
}

int
sl_query_find(struct sl_command *cmd, struct sl_err *err)
{
	struct find f = {.cmd = cmd};
	int rc;

	f.rc = sl_value_array(&cmd->result);
	rc = f.rc ? f.rc : sl_menu_walk(cmd->menu, collect_id, NULL, &f);
	rc = rc ? rc : f.rc;
	return rc ? sl_err_sys(err, rc, "failure: find") : 0;
}

int
sl_query_row(const struct sl_row *row, struct sl_value *out)
{
	const struct sl_menu_def *def = row->menu->def;
	struct sl_value v = sl_value_id(row->id);
	int rc;

	rc = sl_value_array(out);
	if (!rc && def->kind != SL_MENU_SETTINGS)
		rc = sl_array_add(out, ".id", &v);
	for (unsigned i = 0; i < def->n_props && !rc; i++) {
		sl_row_get(row, i, &v);
		if (v.type != SL_VALUE_NONE)
			rc = sl_array_add(out, def->props[i].name, &v);
	}
	if (rc)
		sl_value_free(out);
	return rc;
}

struct get {
	struct sl_command *cmd;
	const char *name; /* NULL: the whole row */
	int rc;
};

static bool
take_value(const struct sl_row *row, void *arg)
{
	struct get *g = arg;

	if (g->name)
		sl_row_get_named(row, g->name, &g->cmd->result);
	else
		g->rc = sl_query_row(row, &g->cmd->result);
	return false;
}

/* The full name of the property asked for. */
static int
find_name(struct sl_command *cmd, const char **name, struct sl_err *err)
{
	const struct sl_arg *arg = sl_command_arg(cmd, "value-name");
	const char *text;
	int prop;

	*name = NULL;
	if (!arg)
		return 0;
	text = arg->value.type == SL_VALUE_STR ? arg->value.str.s : "";
	if (strcmp(text, ".id") == 0) {
		*name = ".id";
		return 0;
	}
	prop = sl_menu_prop(cmd->menu, text, true);
	if (prop < 0)
		return sl_args_blame(err,
		    sl_err_set(err, -EINVAL,
			"input does not match any value of value-name"),
		    &arg->place);
	*name = cmd->menu->def->props[prop].name;
	return 0;
}

/* The one row asked for. */
static int
find_row(struct sl_command *cmd, uint64_t *id, struct sl_err *err)
{
	struct sl_selection sel = {0};
	int rc;

	if (cmd->menu->kind == SL_MENU_SETTINGS) {
		*id = sl_item_settings(cmd->menu)->id;
		return 0;
	}
	rc = sl_select_numbers(cmd, &sel, err);
	if (!rc && !sel.n)
		rc = sl_err_set(err, -ENOENT, "no such item");
	if (!rc && sel.n > 1)
		rc = sl_err_set(
		    err, -EINVAL, "invalid value for argument numbers");
	if (!rc)
		*id = sel.ids[0];
	sl_selection_free(&sel);
	return rc;
}

int
sl_query_get(struct sl_command *cmd, struct sl_err *err)
{
	struct get g = {.cmd = cmd};
	uint64_t id;
	int rc;

	rc = find_row(cmd, &id, err);
	if (!rc)
		rc = find_name(cmd, &g.name, err);
	if (rc)
		return rc;
	rc = sl_menu_row(cmd->menu, id, take_value, &g);
	if (rc)
		return sl_err_set(err, rc, "no such item");
	return g.rc ? sl_err_set(err, g.rc, "failure: out of memory") : 0;
}
