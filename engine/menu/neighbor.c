/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip arp and /ipv6 neighbor: what the kernel resolved, to look at.
 */
#include <menu/command.h>
#include <menu/engine_menus.h>

#include <base/log.h>
#include <conn/tuple.h>
#include <mirror/neigh.h>

#include <errno.h>
#include <linux/neighbour.h>
#include <string.h>

enum col { DYNAMIC, COMPLETE, ADDRESS, MAC, INTERFACE, STATUS, COLS };

#define ROW(col_, name_, type_, help_)                                         \
	[col_] = {.name = name_,                                               \
	    .type = &type_,                                                    \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN,     \
	    .help = help_}

static const struct sl_prop props[COLS] = {
    [DYNAMIC] = {.name = "dynamic",
	.type = &sl_type_bool,
	.letter = 'D',
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_DYNAMIC,
	.group = 1,
	.help = "found out, not put there"},
    [COMPLETE] = {.name = "complete",
	.type = &sl_type_bool,
	.letter = 'C',
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL,
	.group = 2,
	.help = "the link address is known"},
    ROW(ADDRESS, "address", sl_type_name, "IP address"),
    ROW(MAC, "mac-address", sl_type_mac, "link address"),
    ROW(INTERFACE, "interface", sl_type_name, "port"),
    ROW(STATUS, "status", sl_type_name, "of the kernel's entry"),
};

struct list {
	struct sl_neigh_entry *entries;
	size_t n, cap;
	uint8_t family;
};

static void
collect(void *arg, const struct sl_neigh_entry *e)
{
	struct list *list = arg;

	if (e->family != list->family)
		return;
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 64;
		void *bigger = realloc(list->entries, cap * sizeof(*e));

		if (!bigger)
			return; // the print shows what there was room for
		list->entries = bigger;
		list->cap = cap;
	}
	list->entries[list->n++] = *e;
}

/* The table is small beside connections: one copy at the first slice. */
static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max, sl_row_fn fn,
    void *arg)
{
	struct list *list = cursor->data;

	if (!list) {
		list = cursor->data = calloc(1, sizeof(*list));
		if (!list)
			return -ENOMEM;
		list->family = menu->def == &sl_menu_arp ? SL_IPV4 : SL_IPV6;
		sl_neigh_walk(collect, list);
	}
	while (max-- && cursor->pos[0] < list->n) {
		struct sl_row row = {
		    .menu = menu, .data = &list->entries[cursor->pos[0]]};

		row.id = ++cursor->pos[0];
		if (!fn(&row, arg))
			return 0;
	}
	return cursor->pos[0] < list->n;
}

static void
walk_end(struct sl_menu *menu, struct sl_cursor *cursor)
{
	struct list *list = cursor->data;

	(void)menu;
	if (list)
		free(list->entries);
	free(list);
	cursor->data = NULL;
}

static const char *
status(uint16_t nud)
{
	switch (nud) {
	case NUD_PERMANENT:
	case NUD_NOARP:
		return "permanent";
	case NUD_REACHABLE:
		return "reachable";
	case NUD_STALE:
		return "stale";
	case NUD_DELAY:
		return "delay";
	case NUD_PROBE:
		return "probe";
	case NUD_FAILED:
		return "failed";
	default:
		return "incomplete";
	}
}

static bool
is_complete(const struct sl_neigh_entry *e)
{
	return e->state != SL_NEIGH_UNKNOWN && e->state != SL_NEIGH_FAILED;
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct sl_neigh_entry *e = row->data;
	const struct sl_port *port = sl_port_by_number(e->port);
	char text[SL_ADDR_TEXT];

	switch (prop) {
	case DYNAMIC:
		*out = sl_value_bool(!(e->nud & (NUD_PERMANENT | NUD_NOARP)));
		break;
	case COMPLETE:
		*out = sl_value_bool(is_complete(e));
		break;
	case ADDRESS:
		sl_addr_print(e->family, &e->addr, text);
		sl_value_str(out, text, strlen(text));
		break;
	case MAC:
		if (!is_complete(e))
			break;
		out->type = SL_VALUE_MAC;
		memcpy(out->mac, e->mac, sizeof(out->mac));
		break;
	case INTERFACE:
		sl_value_str(out, port->name, strlen(port->name));
		break;
	default:
		*out = sl_value_static(status(e->nud));
		break;
	}
}

/* A configuration with static entries loads; they are the kernel's to keep. */
static int
add(struct sl_command *cmd, const uint64_t *ids, size_t n_ids,
    struct sl_err *err)
{
	static const char text[] =
	    "static neighbors are not implemented: use ip neigh";

	(void)ids;
	(void)n_ids;
	if (!cmd->place.file)
		return sl_err_set(err, -ENOTSUP, "failure: %s", text);
	sl_log(SL_LOG_WARNING, "system", "%s:%u: %s", cmd->place.file,
	    cmd->place.line, text);
	return 0;
}

static const char *const add_args[] = {"address", "mac-address", "interface",
    "comment", "disabled", "published", "router", NULL};

static const struct sl_verb verbs[] = {
    {"add", "not implemented", add_args, .run = add},
    {.name = NULL},
};

#define NEIGHBOR_MENU(path_, help_)                                            \
	{                                                                      \
		.path = path_, .help = help_, .kind = SL_MENU_ROWS,            \
		.props = props, .n_props = COLS, .verbs = verbs, .walk = walk, \
		.walk_end = walk_end, .get = get                               \
	}

const struct sl_menu_def sl_menu_arp =
    NEIGHBOR_MENU("/ip/arp", "IPv4 neighbors of the ports");
const struct sl_menu_def sl_menu_neighbor6 =
    NEIGHBOR_MENU("/ipv6/neighbor", "IPv6 neighbors of the ports");
