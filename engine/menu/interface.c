/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /interface: the ports, with state and counters; and the place where the names
 * of the configuration become ports.
 *
 * A port is made for every interface that has an address in the configuration or
 * is a member of an interface list.  (A name that stands in a rule alone makes
 * none: nothing could be routed there.)  Ports are numbered here, before the
 * firewall menus compile rules with those numbers; opening their devices is the
 * daemon's business, when the netdev is there.
 */
#include <menu/engine_menus.h>
#include <menu/ethernet.h>
#include <menu/interface_list.h>
#include <menu/item.h>

#include <io/port.h>
#include <mirror/state.h>

#include <errno.h>
#include <string.h>

enum col {
	NAME,
	TYPE,
	NETDEV,
	MTU,
	MAC,
	RX_BYTE,
	TX_BYTE,
	RX_PACKET,
	TX_PACKET,
	RX_DROP,
	TX_DROP,
	RUNNING,
	COLS
};

#define ROW(col_, name_, type_, flags_, help_)                                 \
	[col_] = {.name = name_,                                               \
	    .type = &type_,                                                    \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | (flags_),           \
	    .help = help_}

#define LIVE (SL_PROP_STATS | SL_PROP_LIVE)

static const struct sl_prop props[COLS] = {
    ROW(NAME, "name", sl_type_name, SL_PROP_COLUMN | SL_PROP_STATS, "the port"),
    ROW(TYPE, "type", sl_type_name, SL_PROP_COLUMN, "kind of netdev"),
    ROW(NETDEV, "default-name", sl_type_name, 0, "the netdev behind it"),
    ROW(MTU, "actual-mtu", sl_type_num, SL_PROP_COLUMN, "bytes of IP"),
    ROW(MAC, "mac-address", sl_type_mac, SL_PROP_COLUMN, "link address"),
    ROW(RX_BYTE, "rx-byte", sl_type_count, LIVE, "received"),
    ROW(TX_BYTE, "tx-byte", sl_type_count, LIVE, "sent"),
    ROW(RX_PACKET, "rx-packet", sl_type_count, LIVE, "received"),
    ROW(TX_PACKET, "tx-packet", sl_type_count, LIVE, "sent"),
    ROW(RX_DROP, "rx-drop", sl_type_count, LIVE, "ring overruns"),
    ROW(TX_DROP, "tx-drop", sl_type_count, LIVE, "refused frames"),
    [RUNNING] = {.name = "running",
	.type = &sl_type_bool,
	.letter = 'R',
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL,
	.help = "up, with a carrier, and forwarding"},
};

static bool
wants_port(struct sl_model *model, const char *name)
{
	return *name && !sl_ethernet_is_disabled(model, name) &&
	       !sl_port_by_name(name) && strcmp(name, "lo") != 0;
}

static int
want(struct sl_model *model, const char *name, struct sl_err *err)
{
	if (!wants_port(model, name))
		return 0;
	return sl_port_add(name, sl_ethernet_netdev(model, name), err)
		   ? 0
		   : -ENOSPC;
}

static int
want_all_of(struct sl_model *model, const char *path, struct sl_err *err)
{
	struct sl_menu *menu = sl_model_find(model, path);
	int prop = sl_menu_prop(menu, "interface", false);
	struct sl_item *item;
	int rc = 0;

	SL_ITEM_EACH (item, menu)
		if (!rc && !sl_item_is_disabled(item))
			rc =
			    want(model, sl_item_str(item, (unsigned)prop), err);
	return rc;
}

static const char *const sources[] = {
    "/ip/address", "/ipv6/address", SL_INTERFACE_LIST_MEMBER_PATH};

/* Adds the menu's interfaces without a port to 'names', each once; stops when
 * these are 'max'. */
static size_t
add_wanted(const struct sl_menu *menu, const char **names, size_t n, size_t max)
{
	int prop = menu ? sl_menu_prop(menu, "interface", false) : -1;
	struct sl_item *item;

	if (prop < 0)
		return n;
	SL_ITEM_EACH (item, menu) {
		const char *name = sl_item_str(item, (unsigned)prop);
		size_t i = 0;

		if (n == max || !wants_port(menu->model, name))
			continue;
		while (i < n && strcmp(names[i], name) != 0)
			i++;
		if (i == n)
			names[n++] = name;
	}
	return n;
}

int
sl_interface_check_room(
    struct sl_model *model, const char *name, struct sl_err *err)
{
	const char *names[SL_PORTS_MAX];
	size_t n = 0, max = SL_PORTS_MAX - sl_port_count();

	if (!wants_port(model, name))
		return 0;
	for (unsigned i = 0; i < SL_COUNT_OF(sources); i++)
		n = add_wanted(sl_model_find(model, sources[i]), names, n, max);
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return 0;
	return n < max ? 0
		       : sl_err_set(err, -ENOSPC,
			     "failure: more than %d interfaces in use",
			     SL_PORTS_MAX);
}

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	int rc = 0;

	(void)changes;
	for (unsigned i = 0; i < SL_COUNT_OF(sources) && !rc; i++)
		rc = want_all_of(menu->model, sources[i], err);
	return rc;
}

static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max, sl_row_fn fn,
    void *arg)
{
	while (max-- && cursor->pos[0] < sl_port_count()) {
		struct sl_row row = {.menu = menu,
		    .data = sl_port_by_number((uint16_t)cursor->pos[0]),
		    .id = cursor->pos[0] + 1};

		cursor->pos[0]++;
		if (!fn(&row, arg))
			return 0;
	}
	return cursor->pos[0] < sl_port_count();
}

static uint64_t
counter_of(const struct sl_dev *dev, unsigned prop)
{
	struct sl_dev_totals t;

	sl_dev_totals(dev, &t);
	switch (prop) {
	case RX_BYTE:
		return t.rx_bytes;
	case TX_BYTE:
		return t.tx_bytes;
	case RX_PACKET:
		return t.rx_packets;
	case TX_PACKET:
		return t.tx_packets;
	case RX_DROP:
		return t.rx_dropped;
	default:
		return t.tx_dropped;
	}
}

static const char *
type_of(const struct sl_port *port)
{
	static const char *const kinds[] = {"bridge", "vlan", "bond", NULL};
	const struct sl_link *link = sl_mirror_link_by_name(port->netdev);

	for (unsigned i = 0; link && kinds[i]; i++)
		if (!strcmp(link->kind, kinds[i]))
			return kinds[i];
	return "ether";
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	struct sl_port *port = (struct sl_port *)(uintptr_t)row->data;
	struct sl_dev *dev = sl_rcu_own(&port->wire);

	switch (prop) {
	case NAME:
		sl_value_str(out, port->name, strlen(port->name));
		break;
	case TYPE:
		*out = sl_value_static(type_of(port));
		break;
	case NETDEV:
		sl_value_str(out, port->netdev, strlen(port->netdev));
		break;
	case MTU:
		*out = sl_value_num(sl_load_relaxed(&port->mtu));
		break;
	case MAC:
		out->type = SL_VALUE_MAC;
		sl_port_mac(port, out->mac);
		break;
	case RUNNING:
		*out = sl_value_bool(
		    dev && (sl_load_relaxed(&port->flags) & SL_PORT_UP));
		break;
	default:
		*out = sl_value_count(dev ? counter_of(dev, prop) : 0);
		break;
	}
}

static const char *const depends[] = {"/interface/ethernet", "/ip/address",
    "/ipv6/address", SL_INTERFACE_LIST_MEMBER_PATH, NULL};

const struct sl_menu_def sl_menu_interface = {
    .path = "/interface",
    .help = "ports and their counters",
    .kind = SL_MENU_ROWS,
    .props = props,
    .n_props = COLS,
    .verbs = sl_interface_verbs,
    .depends = depends,
    .apply = apply,
    .walk = walk,
    .get = get,
};
