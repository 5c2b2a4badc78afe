/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small router for scripts to configure: rules, lists, settings and rows
 * that come from nowhere.  No engine behind it; apply() only counts.
 */
#ifndef SL_TEST_SCRIPT_TOY_H
#define SL_TEST_SCRIPT_TOY_H

#include <menu/interface_names.h>
#include <menu/item.h>
#include <menu/model.h>

#include <stdio.h>
#include <string.h>

struct toy {
	struct sl_model *model;
	struct sl_out out;
	struct sl_text text;	 /* what was printed */
	struct sl_text warnings; /* one a line */
	unsigned applied;
};

static const char *const toy_actions[] = {"accept", "drop", "reject",
    "fasttrack-connection", "masquerade", "jump", "log", NULL};
static const char *const toy_states[] = {
    "established", "related", "new", "invalid", "untracked", NULL};
static const char *const toy_nat_states[] = {"srcnat", "dstnat", NULL};
static const char *const toy_chains[] = {"input", "forward", "output", NULL};

static inline int
toy_check(struct sl_menu *menu, struct sl_item *item, const struct sl_item *old,
    struct sl_err *err)
{
	int action = sl_menu_prop(menu, "action", false);
	int target = sl_menu_prop(menu, "jump-target", false);

	(void)old;
	if (strcmp(sl_item_str(item, (unsigned)action), "jump") != 0 ||
	    sl_item_get(item, (unsigned)target))
		return 0;
	return sl_err_set(err, -22, "failure: no target chain specified");
}

static inline int
toy_apply(
    struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct toy *toy = menu->model->engine;

	(void)changes;
	(void)err;
	toy->applied++;
	return 0;
}

/* Lists of interfaces are whatever /interface/list holds. */
static inline bool
toy_list_known(
    struct sl_model *model, const struct sl_prop *p, const char *name)
{
	(void)p;
	return sl_items_named(sl_model_find(model, "/interface/list"), name);
}

static const struct sl_ref toy_ref_list = {.known = toy_list_known};

#define TOY_NEG (SL_PROP_NEG | SL_PROP_LIST)

static const struct sl_prop toy_rule_props[] = {
    {.name = "chain",
	.type = &sl_type_open,
	.names = toy_chains,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN},
    {.name = "action",
	.type = &sl_type_enum,
	.names = toy_actions,
	.dflt = "accept",
	.flags = SL_PROP_COLUMN},
    {.name = "jump-target", .type = &sl_type_name},
    {.name = "protocol", .type = &sl_type_name, .flags = SL_PROP_NEG},
    {.name = "src-address", .type = &sl_type_net4, .flags = SL_PROP_NEG},
    {.name = "dst-address", .type = &sl_type_net4, .flags = SL_PROP_NEG},
    {.name = "dst-port", .type = &sl_type_span, .max = 65535, .flags = TOY_NEG},
    {.name = "connection-state",
	.type = &sl_type_enum,
	.names = toy_states,
	.flags = TOY_NEG},
    {.name = "connection-nat-state",
	.type = &sl_type_enum,
	.names = toy_nat_states,
	.flags = TOY_NEG},
    {.name = "in-interface-list",
	.type = &sl_type_ref,
	.ref = &toy_ref_list,
	.flags = SL_PROP_NEG},
    {.name = "out-interface-list",
	.type = &sl_type_ref,
	.ref = &toy_ref_list,
	.flags = SL_PROP_NEG},
    {.name = "ipsec-policy", .type = &sl_type_name},
    {.name = "hw-offload", .type = &sl_type_bool},
    {.name = "limit", .type = &sl_type_name},
    {.name = "timeout", .type = &sl_type_time},
    {.name = "bytes", .type = &sl_type_count},
    {.name = "packets", .type = &sl_type_count},
    SL_PROP_ROW_COMMENT,
    SL_PROP_ROW_DISABLED,
    SL_PROP_ROW_INVALID,
    SL_PROP_ROW_DYNAMIC,
};

static const struct sl_prop toy_address_props[] = {
    {.name = "network", .type = &sl_type_ip4},
    {.name = "address",
	.type = &sl_type_prefix4,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN},
    {.name = "interface",
	.type = &sl_type_ref,
	.ref = &sl_ref_interface,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN},
    SL_PROP_ROW_COMMENT,
    SL_PROP_ROW_DISABLED,
};

static const struct sl_prop toy_group_props[] = {
    {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN},
    SL_PROP_ROW_COMMENT,
};

static const struct sl_prop toy_member_props[] = {
    {.name = "list",
	.type = &sl_type_ref,
	.ref = &toy_ref_list,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN},
    {.name = "interface",
	.type = &sl_type_ref,
	.ref = &sl_ref_interface,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN},
    SL_PROP_ROW_COMMENT,
};

static const struct sl_prop toy_list_props[] = {
    {.name = "list",
	.type = &sl_type_name,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN},
    {.name = "address", .type = &sl_type_net4, .flags = SL_PROP_COLUMN},
    SL_PROP_ROW_COMMENT,
    SL_PROP_ROW_DISABLED,
};

static const struct sl_prop toy_named_props[] = {
    {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN},
    {.name = "disabled",
	.type = &sl_type_bool,
	.flags = SL_PROP_DISABLED,
	.letter = 'X',
	.dflt = "no"},
    {.name = "ports",
	.type = &sl_type_span,
	.flags = SL_PROP_LIST,
	.max = 65535},
};

static const struct sl_prop toy_tracking_props[] = {
    {.name = "enabled", .type = &sl_type_name, .dflt = "auto"},
    {.name = "udp-timeout", .type = &sl_type_time, .dflt = "10s"},
    {.name = "loose-tcp-tracking", .type = &sl_type_bool, .dflt = "yes"},
};

static const struct sl_prop toy_identity_props[] = {
    {.name = "name", .type = &sl_type_name, .dflt = "MikroTik"},
};

static inline int
toy_no_rows(struct sl_menu *menu, struct sl_cursor *at, unsigned most,
    sl_row_fn visit, void *arg)
{
	(void)menu;
	(void)at;
	(void)most;
	(void)visit;
	(void)arg;
	return 0;
}

#define TOY_MENU(where, what, table)                                           \
	.path = (where), .kind = (what), .props = (table),                     \
	.n_props = SL_COUNT_OF(table), .apply = toy_apply

static const struct sl_menu_def toy_group = {
    TOY_MENU("/interface/list", SL_MENU_ITEMS, toy_group_props),
};
static const struct sl_menu_def toy_member = {
    TOY_MENU("/interface/list/member", SL_MENU_ITEMS, toy_member_props),
};
static const struct sl_menu_def toy_log = {
    TOY_MENU("/log", SL_MENU_ROWS, toy_identity_props),
    .walk = toy_no_rows,
};
static const struct sl_menu_def toy_filter = {
    TOY_MENU("/ip/firewall/filter", SL_MENU_ITEMS, toy_rule_props),
    .flags = SL_MENU_ORDERED | SL_MENU_LONG,
    .check = toy_check,
};
static const struct sl_menu_def toy_nat = {
    TOY_MENU("/ip/firewall/nat", SL_MENU_ITEMS, toy_rule_props),
    .flags = SL_MENU_ORDERED | SL_MENU_LONG,
};
static const struct sl_menu_def toy_address_list = {
    TOY_MENU("/ip/firewall/address-list", SL_MENU_ITEMS, toy_list_props),
};
static const struct sl_menu_def toy_tracking = {
    TOY_MENU("/ip/firewall/connection/tracking", SL_MENU_SETTINGS,
	toy_tracking_props),
};
static const struct sl_menu_def toy_service_port = {
    TOY_MENU("/ip/firewall/service-port", SL_MENU_ITEMS, toy_named_props),
};
static const struct sl_menu_def toy_address = {
    TOY_MENU("/ip/address", SL_MENU_ITEMS, toy_address_props),
};
static const struct sl_menu_def toy_identity = {
    TOY_MENU("/system/identity", SL_MENU_SETTINGS, toy_identity_props),
};

static const struct sl_menu_def *const toy_defs[] = {
    &toy_group,
    &toy_member,
    &toy_address,
    &toy_address_list,
    &toy_tracking,
    &toy_service_port,
    &toy_filter,
    &toy_nat,
    &toy_identity,
    &toy_log,
    NULL,
};

static inline int
toy_write(struct sl_out *out, const char *data, size_t len)
{
	struct toy *toy = out->arg;

	sl_text_add(&toy->text, data, len);
	return 0;
}

static inline void
toy_warn(struct sl_model *model, const struct sl_place *place, const char *text)
{
	struct toy *toy = model->warn_arg;

	sl_text_printf(
	    &toy->warnings, "%u:%u %s\n", place->line, place->column, text);
}

static inline bool
toy_open(struct toy *toy)
{
	static const char *const ports[] = {"bridge", "ether1", "wan"};
	struct sl_err err = {0};

	memset(toy, 0, sizeof(*toy));
	toy->out.write = toy_write;
	toy->out.arg = toy;
	toy->model = sl_model_new(toy_defs, toy, &err);
	if (!toy->model) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	toy->model->warn = toy_warn;
	toy->model->warn_arg = toy;
	for (size_t i = 0; i < SL_COUNT_OF(ports); i++)
		sl_interface_names_add(
		    toy->model->interfaces, ports[i], SL_INTERFACE_NETDEV);
	return true;
}

static inline void
toy_close(struct toy *toy)
{
	sl_model_free(toy->model);
	sl_out_fini(&toy->out);
	sl_text_free(&toy->text);
	sl_text_free(&toy->warnings);
}

/* 1, and says so, if a row of a table did not give what it should. */
static inline unsigned
toy_differs(const char *row, const char *got, const char *want)
{
	if (!strcmp(got, want ? want : ""))
		return 0;
	fprintf(
	    stderr, "%s\n  gave: %s\n  want: %s\n", row, got, want ? want : "");
	return 1;
}

static inline size_t
toy_count(const struct toy *toy, const char *path)
{
	return sl_items_count(sl_model_find(toy->model, path));
}

#endif
