/* SPDX-License-Identifier: Apache-2.0 */
/*
 * set, enable, disable and comment of /interface: the rows there are ports, what
 * can be changed of them are items of the menu of their kind, and the command is
 * passed on to that.
 */
#include <menu/command.h>
#include <menu/engine_menus.h>
#include <menu/ethernet.h>
#include <menu/interface_names.h>
#include <menu/item.h>

#include <io/port.h>

#include <errno.h>

#define ARGS_MAX 8 /* more than there are */

/* The item's name: as it was written, or that of a port which find gave. */
static const char *
name_of(const struct sl_value *v)
{
	struct sl_port *port;

	if (v->type == SL_VALUE_STR)
		return v->str.s;
	if (v->type != SL_VALUE_ID || !v->id || v->id > SL_PORTS_MAX)
		return "";
	port = sl_port_by_number((uint16_t)(v->id - 1));
	return port ? port->name : "";
}

/* The menu that has the interface as an item.  One that looks like RouterOS
 * hardware and is not here is listed as absent, so that its name can be given. */
static struct sl_menu *
owner_of(struct sl_model *model, const char *name)
{
	static const char *const paths[] = {
	    "/interface/ethernet", "/interface/bridge", "/interface/vlan"};
	struct sl_err err = {0};

	for (size_t i = 0; i < SL_COUNT_OF(paths); i++) {
		struct sl_menu *menu = sl_model_find(model, paths[i]);

		if (menu && sl_items_named(menu, name))
			return menu;
	}
	if (sl_interface_names_sources(model->interfaces, name) !=
		SL_INTERFACE_SHAPED ||
	    sl_ethernet_declare(model, name, &err))
		return NULL;
	return sl_model_find(model, paths[0]);
}

static int
pass_one_on(struct sl_command *cmd, const struct sl_arg *numbers,
    const struct sl_value *which, struct sl_err *err)
{
	struct sl_command inner = *cmd;
	struct sl_arg args[ARGS_MAX];
	const char *name = name_of(which);

	if (cmd->n_args > SL_COUNT_OF(args))
		return sl_err_set(err, -EINVAL, "expected end of command");
	inner.menu = owner_of(cmd->menu->model, name);
	if (!inner.menu)
		return sl_err_set(err, -ENOENT, "no such item");
	for (size_t i = 0; i < cmd->n_args; i++) {
		args[i] = cmd->args[i];
		if (&cmd->args[i] == numbers)
			args[i].value = sl_value_static(name);
	}
	inner.args = args;
	return sl_command_run(&inner, err);
}

static int
pass_on(struct sl_command *cmd, const uint64_t *ids, size_t n_ids,
    struct sl_err *err)
{
	const struct sl_arg *numbers = sl_command_arg(cmd, "numbers");
	const struct sl_array *many;
	int rc = 0;

	(void)ids;
	(void)n_ids;
	if (!numbers)
		return sl_err_set(
		    err, -EINVAL, "missing value(s) of argument(s) numbers");
	if (numbers->value.type != SL_VALUE_ARRAY)
		return pass_one_on(cmd, numbers, &numbers->value, err);
	many = numbers->value.array;
	for (size_t i = 0; i < many->n && !rc; i++)
		rc = pass_one_on(cmd, numbers, &many->elements[i].value, err);
	return rc;
}

static const char *const set_args[] = {
    "numbers", "name", "comment", "disabled", "mtu", "l2mtu", NULL};
static const char *const comment_args[] = {"numbers", "comment", NULL};
static const char *const switch_args[] = {"numbers", NULL};

const struct sl_verb sl_interface_verbs[] = {
    {"set", "change properties", set_args, .run = pass_on},
    {"comment", "set the comment", comment_args, .run = pass_on},
    {"enable", "take into use", switch_args, .run = pass_on},
    {"disable", "take out of use", switch_args, .run = pass_on},
    {.name = NULL},
};
