/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small router for the doors' tests: three of the real menus without an
 * engine behind them, and /toy/row, a million rows that nobody stores.
 */
#ifndef TOY_H
#define TOY_H

#include <menu/command.h>
#include <menu/item.h>
#include <menu/model.h>
#include <menu/tx.h>

#include <errno.h>
#include <string.h>

#ifndef TOY_ROWS
#define TOY_ROWS 1000000u
#endif

static const struct sl_prop toy_identity_props[] = {
    {.name = "name", .type = &sl_type_str, .dflt = "toy", .help = "its name"},
};

static const struct sl_prop toy_list_props[] = {
    {.name = "list",
	.type = &sl_type_name,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "name of the list"},
    {.name = "address",
	.type = &sl_type_net4,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "address or range"},
    SL_PROP_ROW_DISABLED,
    SL_PROP_ROW_DYNAMIC,
    SL_PROP_ROW_COMMENT,
};

static const char *const toy_actions[] = {"accept", "drop", NULL};
static const char *const toy_protocols[] = {"tcp", "udp", "icmp", NULL};

enum { TOY_PROTOCOL = 2, TOY_PORT = 3, TOY_BYTES = 4, TOY_PACKETS = 5 };

static const struct sl_prop toy_filter_props[] = {
    {.name = "chain",
	.type = &sl_type_name,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "chain the rule is in"},
    {.name = "action",
	.type = &sl_type_enum,
	.names = toy_actions,
	.dflt = "accept",
	.flags = SL_PROP_COLUMN,
	.help = "what to do"},
    [TOY_PROTOCOL] = {.name = "protocol",
	.type = &sl_type_enum,
	.names = toy_protocols,
	.flags = SL_PROP_NEG,
	.help = "protocol"},
    [TOY_PORT] = {.name = "dst-port",
	.type = &sl_type_span,
	.flags = SL_PROP_NEG | SL_PROP_LIST,
	.max = 65535,
	.help = "destination port"},
    [TOY_BYTES] = {.name = "bytes",
	.type = &sl_type_count,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_STATS |
		 SL_PROP_STATS_ONLY,
	.help = "counted"},
    [TOY_PACKETS] = {.name = "packets",
	.type = &sl_type_count,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_STATS |
		 SL_PROP_STATS_ONLY,
	.help = "counted"},
    SL_PROP_ROW_DISABLED,
    SL_PROP_ROW_INVALID,
    SL_PROP_ROW_DYNAMIC,
    SL_PROP_ROW_COMMENT,
};

static int
toy_check(struct sl_menu *menu, struct sl_item *item, const struct sl_item *old,
    struct sl_err *err)
{
	(void)menu;
	(void)old;
	if (sl_item_get(item, TOY_PORT) && !sl_item_get(item, TOY_PROTOCOL))
		return sl_err_set(err, -EINVAL,
		    "failure: ports can be specified if proto is "
		    "tcp,udp,udp-lite,dccp,sctp");
	return 0;
}

static void
toy_counters(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	(void)row;
	if (prop == TOY_BYTES || prop == TOY_PACKETS)
		*out = sl_value_count(0);
}

static int
toy_reset(struct sl_command *cmd, const uint64_t *ids, size_t n_ids,
    struct sl_err *err)
{
	(void)cmd;
	(void)ids;
	(void)n_ids;
	(void)err;
	return 0;
}

static const struct sl_verb toy_filter_verbs[] = {
    {.name = "reset-counters",
	.help = "counters to zero",
	.items = true,
	.run = toy_reset},
    {0},
};

static const struct sl_prop toy_row_props[] = {
    {.name = "value",
	.type = &sl_type_num,
	.flags = SL_PROP_COLUMN | SL_PROP_READ_ONLY,
	.help = "the row's number"},
    {.name = "even",
	.type = &sl_type_bool,
	.flags = SL_PROP_COLUMN | SL_PROP_READ_ONLY,
	.help = "is it even"},
};

static void
toy_row_get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	*out = prop ? sl_value_bool(row->id % 2 == 0)
		    : sl_value_num((int64_t)row->id);
}

static int
toy_row_walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max,
    sl_row_fn fn, void *arg)
{
	while (max-- && cursor->pos[0] < TOY_ROWS) {
		struct sl_row row = {.menu = menu, .id = ++cursor->pos[0]};

		if (!fn(&row, arg))
			return 0;
	}
	return cursor->pos[0] < TOY_ROWS;
}

static const struct sl_menu_def toy_identity = {
    .path = "/system/identity",
    .help = "name of the router",
    .kind = SL_MENU_SETTINGS,
    .props = toy_identity_props,
    .n_props = SL_COUNT_OF(toy_identity_props),
};

static const struct sl_menu_def toy_list = {
    .path = "/ip/firewall/address-list",
    .help = "lists of addresses",
    .kind = SL_MENU_ITEMS,
    .props = toy_list_props,
    .n_props = SL_COUNT_OF(toy_list_props),
};

static const struct sl_menu_def toy_filter = {
    .path = "/ip/firewall/filter",
    .help = "filter rules",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_ORDERED | SL_MENU_LONG,
    .props = toy_filter_props,
    .n_props = SL_COUNT_OF(toy_filter_props),
    .verbs = toy_filter_verbs,
    .check = toy_check,
    .get = toy_counters,
};

static const struct sl_menu_def toy_row = {
    .path = "/toy/row",
    .help = "many rows",
    .kind = SL_MENU_ROWS,
    .props = toy_row_props,
    .n_props = SL_COUNT_OF(toy_row_props),
    .get = toy_row_get,
    .walk = toy_row_walk,
};

static const struct sl_menu_def *const toy_menus[] = {
    &toy_identity, &toy_list, &toy_filter, &toy_row, NULL};

#endif
