/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /system sluice plugin option: what can be set of plugins, a row each, named
 * PLUGIN.OPTION: their options, limits and timeouts of what their helpers expect,
 * timeouts of their trackers.  What RouterOS has a menu for is set there, and is no
 * row here.
 */
#include <menu/plugin.h>

#include <menu/item.h>
#include <menu/service_port.h>

#include <plugin/loader.h>
#include <plugin/tuning.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { INVALID, PLUGIN, NAME, VALUE, DEFAULT, HELP, COLS };

static const struct sl_prop props[COLS] = {
    [INVALID] = SL_PROP_ROW_INVALID,
    [PLUGIN] = {.name = "plugin",
	.type = &sl_type_name,
	.flags = SL_PROP_READ_ONLY,
	.help = "whose it is"},
    [NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_READ_ONLY | SL_PROP_COLUMN,
	.help = "the plugin's and its own"},
    [VALUE] = {.name = "value",
	.type = &sl_type_name,
	.flags = SL_PROP_COLUMN,
	.help = "unset: the default"},
    [DEFAULT] = {.name = "default",
	.type = &sl_type_name,
	.flags = SL_PROP_READ_ONLY | SL_PROP_EPHEMERAL | SL_PROP_COLUMN,
	.help = "the plugin's own"},
    [HELP] = {.name = "help",
	.type = &sl_type_str,
	.flags = SL_PROP_READ_ONLY | SL_PROP_EPHEMERAL | SL_PROP_COLUMN,
	.help = "what it is for"},
};

/* Has another menu this name as a property? */
static bool
is_elsewhere(struct sl_model *model, const char *name)
{
	static const char *const menus[] = {
	    SL_SERVICE_PORT_PATH, "/ip/firewall/connection/tracking"};

	for (size_t i = 0; i < SL_COUNT_OF(menus); i++) {
		struct sl_menu *menu = sl_model_find(model, menus[i]);

		if (menu && menu->def && sl_menu_prop(menu, name, false) >= 0)
			return true;
	}
	return false;
}

/* The row of an item: what is behind the plugin's name and a dot. */
static bool
find_row(const struct sl_item *it, const struct sl_object **object,
    struct sl_tuning_row *row)
{
	const char *plugin = sl_item_str(it, PLUGIN);
	const char *name = sl_item_str(it, NAME) + strlen(plugin) + 1;

	*object = sl_plugins_find(plugin);
	for (unsigned n = 0; *object && sl_tuning_at(*object, n, row); n++)
		if (strcmp(row->name, name) == 0)
			return true;
	return false;
}

static void
default_of(const struct sl_item *it, unsigned prop, struct sl_value *out)
{
	const struct sl_value *v = sl_item_get(it, DEFAULT);

	if (prop == VALUE && v)
		sl_value_copy(out, v);
}

/* An empty value is the default. */
static int
check(struct sl_menu *menu, struct sl_item *it, const struct sl_item *old,
    struct sl_err *err)
{
	const struct sl_object *object;
	struct sl_tuning_row row;
	struct sl_value v = {0};

	(void)menu;
	(void)old;
	if (!find_row(it, &object, &row)) {
		sl_item_set_reason(it, "its plugin is not loaded");
		return 0;
	}
	if (!sl_item_get(it, VALUE)) {
		default_of(it, VALUE, &v);
		if (sl_item_set(it, VALUE, &v))
			return sl_err_set(
			    err, -ENOMEM, "failure: out of memory");
	}
	return sl_tuning_check(object, &row, sl_item_str(it, VALUE), err);
}

static int
remember(const struct sl_item *it, struct sl_err *err)
{
	const char *plugin = sl_item_str(it, PLUGIN);
	const char *value = sl_item_str(it, VALUE);
	bool is_default = strcmp(value, sl_item_str(it, DEFAULT)) == 0;

	return sl_tuning_set(plugin, sl_item_str(it, NAME) + strlen(plugin) + 1,
	    is_default ? NULL : value, err);
}

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct sl_plugin_info info;
	struct sl_item *it;
	int rc;

	(void)changes;
	SL_ITEM_EACH (it, menu)
		if ((rc = remember(it, err)))
			return rc;
	for (unsigned n = 0; sl_plugins_at(n, &info); n++) {
		struct sl_object *o =
		    info.name ? sl_plugins_find(info.name) : NULL;

		if (o && (rc = sl_tuning_commit(o, err)))
			return rc;
	}
	return 0;
}

static int
set_text(struct sl_item *it, unsigned prop, const char *text)
{
	struct sl_value v;

	if (sl_value_str(&v, text, strlen(text)))
		return -ENOMEM;
	return sl_item_set(it, prop, &v);
}

static int
add_row(struct sl_menu *menu, const char *plugin,
    const struct sl_tuning_row *row, struct sl_err *err)
{
	char name[SL_TUNING_NAME + 32];
	struct sl_item *it;

	snprintf(name, sizeof(name), "%s.%s", plugin, row->name);
	it = sl_items_named(menu, name);
	if (it && (set_text(it, DEFAULT, row->dflt) ||
		      set_text(it, HELP, row->help ? row->help : "")))
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	if (it)
		return 0;
	it = sl_item_make(menu, SL_ITEM_BUILTIN);
	if (it && !set_text(it, PLUGIN, plugin) && !set_text(it, NAME, name) &&
	    !set_text(it, VALUE, row->dflt) &&
	    !set_text(it, DEFAULT, row->dflt) &&
	    !set_text(it, HELP, row->help ? row->help : "") &&
	    !sl_item_list(it, NULL, err))
		return 0;
	if (it)
		sl_item_free(it);
	return sl_err_set(err, -ENOMEM, "failure: out of memory");
}

static int
add_rows(struct sl_menu *menu, struct sl_err *err)
{
	struct sl_plugin_info info;
	struct sl_tuning_row row;
	int rc = 0;

	for (unsigned p = 0; !rc && sl_plugins_at(p, &info); p++)
		for (unsigned n = 0; !rc && info.object && !info.is_outgoing &&
				     sl_tuning_at(info.object, n, &row);
		     n++)
			if (!is_elsewhere(menu->model, row.name))
				rc = add_row(menu, info.name, &row, err);
	return rc;
}

/* A row of a plugin that went stays as long as something is set in it. */
static void
drop_rows(struct sl_menu *menu)
{
	const struct sl_object *object;
	struct sl_tuning_row row;
	struct sl_item *it, *next;

	for (it = sl_items_first(menu); it; it = next) {
		next = it->next;
		sl_item_clear_reason(it);
		if (find_row(it, &object, &row))
			continue;
		if (strcmp(sl_item_str(it, VALUE), sl_item_str(it, DEFAULT)))
			sl_item_set_reason(it, "its plugin is not loaded");
		else if (!menu->touched)
			sl_item_drop(it);
	}
}

/* What is set of a plugin that is not loaded waits for it: a router starts without
 * a plugin that was refused. */
static struct sl_item *
adopt(struct sl_menu *menu, const char *name)
{
	const char *dot = strchr(name, '.');
	struct sl_tuning_row row = {.help = ""};
	struct sl_err err = {0};
	char plugin[16];

	if (!dot || dot == name || !dot[1] ||
	    (size_t)(dot - name) >= sizeof(plugin) ||
	    strlen(dot + 1) >= sizeof(row.name))
		return NULL;
	snprintf(plugin, sizeof(plugin), "%.*s", (int)(dot - name), name);
	snprintf(row.name, sizeof(row.name), "%s", dot + 1);
	if (sl_plugins_find(plugin) || add_row(menu, plugin, &row, &err))
		return NULL;
	return sl_items_named(menu, name);
}

int
sl_plugin_option_refresh(struct sl_model *model, struct sl_err *err)
{
	struct sl_menu *menu = sl_model_find(model, sl_menu_plugin_option.path);
	int rc;

	drop_rows(menu);
	rc = add_rows(menu, err);
	return rc ? rc : sl_menu_reapply(menu, err);
}

const struct sl_menu_def sl_menu_plugin_option = {
    .path = "/system/sluice/plugin/option",
    .help = "what can be set of plugins",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_FIXED,
    .props = props,
    .n_props = COLS,
    .key = "name",
    .open = add_rows,
    .check = check,
    .apply = apply,
    .default_of = default_of,
    .adopt = adopt,
};
