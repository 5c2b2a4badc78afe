/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip route and /ipv6 route: static routes go to the kernel; all routes that the
 * kernel has are shown, those of others as dynamic.
 *
 * Routes of tables that /routing table names are shown, no others.  A route whose
 * gateway is not reachable yet (its
 * port is absent) is kept, shown without the flag A, and put when it is.
 */
#include <menu/engine_menus.h>
#include <menu/placed_items.h>
#include <menu/routing_table.h>

#include <base/log.h>
#include <conn/tuple.h>
#include <mirror/state.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

/* Kernel routes shown as dynamic items; with a full BGP table, the first ones. */
#define DYNAMIC_MAX 4096

enum col {
	DYNAMIC,
	DISABLED,
	INVALID,
	ACTIVE,
	CONNECT,
	STATIC_,
	DST,
	TABLE,
	ROUTING_MARK,
	PREF_SRC,
	GATEWAY,
	DISTANCE,
	TYPE,
	BLACKHOLE,
	CHECK,
	SCOPE,
	TARGET_SCOPE,
	VRF,
	SUPPRESS,
	COMMENT,
	COLS
};
static const uint8_t columns[] = {DST, GATEWAY, TABLE, DISTANCE};

static const char *const types[] = {
    "unicast", "blackhole", "prohibit", "unreachable", NULL};
static const uint8_t type_numbers[] = {SL_ROUTE_UNICAST, SL_ROUTE_BLACKHOLE,
    SL_ROUTE_PROHIBIT, SL_ROUTE_UNREACHABLE};

#define VIRTUAL_FLAG(col_, name_, letter_, group_, help_)                      \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_bool,                                             \
	    .flags = SL_PROP_VIRTUAL | SL_PROP_READ_ONLY,                      \
	    .letter = letter_,                                                 \
	    .group = group_,                                                   \
	    .help = help_}
#define KEPT(col_, name_)                                                      \
	[col_] = {                                                             \
	    .name = name_, .type = &sl_type_str, .help = "kept for export"}

/* clang-format off */
#define ROUTE_FLAG(col_, name_, flag_, letter_, group_, help_)         \
	[col_] = { .name = name_, .type = &sl_type_bool, .flags = flag_,   \
		.letter = letter_, .group = group_, .help = help_ }
#define ROUTE_PROPS(prefix_type, ip_type, any)                             \
	ROUTE_FLAG(DYNAMIC, "dynamic", SL_PROP_DYNAMIC | SL_PROP_READ_ONLY, \
		'D', 1, "somebody else's, not saved"),                     \
	[DISABLED] = { .name = "disabled", .type = &sl_type_bool,          \
		.flags = SL_PROP_DISABLED, .letter = 'X', .group = 2,      \
		.dflt = "no", .help = "not in use" },                      \
	ROUTE_FLAG(INVALID, "invalid", SL_PROP_INVALID | SL_PROP_READ_ONLY, \
		'I', 2, "has no effect; the reason is printed"),           \
	VIRTUAL_FLAG(ACTIVE, "active", 'A', 2, "in the kernel"),           \
	VIRTUAL_FLAG(CONNECT, "connect", 'c', 3, "of an address"),         \
	VIRTUAL_FLAG(STATIC_, "static", 's', 3, "from the configuration"), \
	[DST] = { .name = "dst-address", .type = &prefix_type, .dflt = any, \
		.flags = SL_PROP_COLUMN, .help = "destination" },          \
	[TABLE] = { .name = "routing-table", .type = &sl_type_ref,         \
		.ref = &sl_ref_routing_table, .dflt = "main",              \
		.flags = SL_PROP_COLUMN, .help = "routing table" },        \
	[ROUTING_MARK] = { .name = "routing-mark", .type = &sl_type_name,  \
		.help = "what RouterOS 6 called the table" },              \
	[PREF_SRC] = { .name = "pref-src", .type = &sl_type_str,           \
		.flags = SL_PROP_WANTED, .help = "preferred source" },     \
	[GATEWAY] = { .name = "gateway", .type = &sl_type_name,            \
		.flags = SL_PROP_LIST | SL_PROP_COLUMN,                    \
		.help = "next hop: address, interface or address%interface" }, \
	[DISTANCE] = { .name = "distance", .type = &sl_type_num, .min = 1, \
		.max = 255, .dflt = "1", .flags = SL_PROP_COLUMN,          \
		.help = "lower is preferred" },                            \
	[TYPE] = { .name = "type", .type = &sl_type_enum, .names = types,  \
		.dflt = "unicast", .flags = SL_PROP_QUIET,                 \
		.help = "what happens to matching packets" },              \
	[BLACKHOLE] = { .name = "blackhole", .type = &sl_type_bool,        \
		.flags = SL_PROP_KEEP_EMPTY, .help = "drop silently" },    \
	[CHECK] = { .name = "check-gateway", .type = &sl_type_name,        \
		.help = "kept; the gateway is not checked yet" },          \
	KEPT(SCOPE, "scope"), KEPT(TARGET_SCOPE, "target-scope"),          \
	KEPT(VRF, "vrf-interface"), KEPT(SUPPRESS, "suppress-hw-offload"), \
	[COMMENT] = SL_PROP_ROW_COMMENT
/* clang-format on */

static const struct sl_prop props4[COLS] = {
    ROUTE_PROPS(sl_type_prefix4, sl_type_ip4, "0.0.0.0/0")};
static const struct sl_prop props6[COLS] = {
    ROUTE_PROPS(sl_type_prefix6, sl_type_ip6, "::/0")};

static uint8_t
family_of(const struct sl_menu *menu)
{
	return menu->def == &sl_menu_route4 ? SL_IPV4 : SL_IPV6;
}

static uint8_t
type_of(const struct sl_item *item)
{
	const struct sl_value *hole = sl_item_get(item, BLACKHOLE);

	if (hole && (hole->type != SL_VALUE_BOOL || hole->b))
		return SL_ROUTE_BLACKHOLE;
	return type_numbers[sl_item_num(item, TYPE)];
}

/* Of RouterOS 6 the mark is the table. */
static const char *
table_of(const struct sl_item *item)
{
	const char *mark = sl_item_str(item, ROUTING_MARK);

	return *mark ? mark : sl_item_str(item, TABLE);
}

/* One gateway: "10.0.0.1", "ether1", "fe80::1%ether1".  False while an interface
 * it names is no port with a host side. */
static bool
gateway_hop(const char *text, struct sl_fib_hop *hop, uint32_t *oif)
{
	char addr[SL_ADDR_TEXT + SL_PORT_NAME];
	const char *interface = strchr(text, '%');
	struct sl_port *port;

	memset(hop, 0, sizeof(*hop));
	hop->weight = 1;
	*oif = 0;
	snprintf(addr, sizeof(addr), "%.*s",
	    interface ? (int)(interface - text) : (int)strlen(text), text);
	if (!sl_addr_parse(addr, &hop->gateway_family, &hop->gateway)) {
		hop->gateway_family = 0;
		interface = text;
	} else if (interface) {
		interface++;
	} else {
		return true;
	}
	port = sl_port_by_name(interface);
	*oif = port ? sl_load_relaxed(&port->host_ifindex) : 0;
	return *oif != 0;
}

static int
check(struct sl_menu *menu, struct sl_item *item, const struct sl_item *old,
    struct sl_err *err)
{
	const struct sl_value *gateways = sl_item_get(item, GATEWAY);
	size_t n = gateways ? sl_array_len(gateways) : 0;
	struct sl_fib_hop hop = {0};
	uint32_t oif;

	(void)old;
	if (type_of(item) == SL_ROUTE_UNICAST && !n)
		return sl_err_set(err, -EINVAL,
		    "failure: gateway is required for a unicast route");
	if (!sl_routing_table_number(menu->model, table_of(item)))
		sl_item_set_reason(item,
		    "no routing table %s: add it to /routing table",
		    table_of(item));
	else if (n > 1)
		sl_item_set_reason(
		    item, "routes with several gateways are not supported yet");
	if (n)
		gateway_hop(sl_array_at(gateways, 0)->str.s, &hop, &oif);
	if (hop.gateway_family && hop.gateway_family != family_of(menu))
		sl_item_set_reason(
		    item, "gateways of the other family are not supported yet");
	return 0;
}

static bool
to_kernel(const struct sl_item *item, void *record)
{
	struct sl_kroute *k = record;
	const struct sl_value *dst = sl_item_effective(item, DST);
	const struct sl_value *gateways = sl_item_get(item, GATEWAY);

	memset(k, 0, sizeof(*k));
	k->family = family_of(item->menu);
	k->protocol = RTPROT_STATIC;
	k->table = sl_routing_table_number(item->menu->model, table_of(item));
	k->route.type = type_of(item);
	k->route.len = dst->bits;
	k->route.metric = (uint32_t)sl_item_num(item, DISTANCE);
	memcpy(&k->route.dst, dst->addr[0], k->family == SL_IPV4 ? 4 : 16);
	sl_addr_mask(k->family, &k->route.dst, k->route.len);
	if (!sl_routing_table_is_used(item->menu->model, table_of(item)))
		return false;
	if (k->route.type != SL_ROUTE_UNICAST)
		return true;
	k->route.hops = 1;
	return gateway_hop(
	    sl_array_at(gateways, 0)->str.s, &k->route.hop[0], &k->hop_oif[0]);
}

static bool
is_same_route(const struct sl_kroute *a, const struct sl_kroute *b)
{
	return a->family == b->family && a->table == b->table &&
	       a->route.type == b->route.type && a->route.len == b->route.len &&
	       a->route.metric == b->route.metric &&
	       a->protocol == b->protocol &&
	       !memcmp(&a->route.dst, &b->route.dst, sizeof(a->route.dst)) &&
	       (!a->route.hops || !b->route.hops ||
		   !memcmp(&a->route.hop[0].gateway, &b->route.hop[0].gateway,
		       sizeof(struct sl_addr)));
}

static const struct sl_kroute *
kernel_has(const struct sl_kroute *k)
{
	for (uint32_t i = 0; i < sl_mirror_state.n_routes; i++)
		if (is_same_route(&sl_mirror_state.routes[i], k))
			return &sl_mirror_state.routes[i];
	return NULL;
}

static bool
is_in_use(const struct sl_kroute *k)
{
	const struct sl_kroute *found = kernel_has(k);

	return found && !found->dead;
}

/* A gateway that is not reachable now leaves the route inactive; so does somebody
 * else's route to the same destination, until it goes. */
static int
put(bool add, const void *record, struct sl_err *err)
{
	struct sl_err why = {0};
	int rc = sl_mirror_backend->route(add, record, &why);

	switch (add ? rc : 0) {
	case 0:
		return 0;
	case -EEXIST:
		if (kernel_has(record)) // ours, of a life that ended badly
			return 0;
		/* fallthrough */
	case -ENETUNREACH:
	case -ENETDOWN:
	case -EHOSTUNREACH:
	case -ENODEV:
		sl_log(SL_LOG_DEBUG, "route", "%s (kept inactive)", why.text);
		return 1;
	default:
		return sl_err_set(err, rc, "failure: %s", why.text);
	}
}

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct sl_kroute k;

	(void)changes;
	return sl_placed_items_apply(menu, to_kernel, &k, err);
}

static int
open_menu(struct sl_menu *menu, struct sl_err *err)
{
	return sl_placed_items_open(menu, sizeof(struct sl_kroute), put, err);
}

static bool
is_lost(void *arg, const void *record)
{
	(void)arg;
	return !kernel_has(record);
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	bool dynamic = (row->item->flags & SL_ITEM_DYNAMIC) != 0;
	struct sl_kroute k;

	switch (prop) {
	case ACTIVE:
		*out = sl_value_bool(
		    dynamic || (sl_item_is_active(row->item) &&
				   to_kernel(row->item, &k) && is_in_use(&k)));
		break;
	case STATIC_:
		*out = sl_value_bool(!dynamic);
		break;
	case CONNECT:
		*out = sl_value_bool(dynamic && row->item->priv);
		break;
	default:
		break;
	}
}

static void
gateway_text(const struct sl_kroute *k, char *text, size_t size)
{
	const struct sl_port *port = sl_port_by_ifindex(k->oif);
	const struct sl_fib_hop *hop = &k->route.hop[0];
	char addr[SL_ADDR_TEXT];

	if (hop->gateway_family)
		snprintf(text, size, "%s",
		    sl_addr_print(hop->gateway_family, &hop->gateway, addr));
	else
		snprintf(text, size, "%s", port ? port->name : "");
}

/* Linux has larger metrics than RouterOS has distances; there the route of an
 * address has 0. */
static struct sl_value
distance_of(const struct sl_kroute *k)
{
	if (k->protocol == RTPROT_KERNEL)
		return sl_value_num(0);
	return sl_value_num(SL_MIN(SL_MAX(k->route.metric, 1u), 255u));
}

static void
show(struct sl_menu *menu, const struct sl_kroute *k, struct sl_item **at)
{
	char addr[SL_ADDR_TEXT], dst[SL_ADDR_TEXT + 8], gw[SL_PORT_NAME];
	struct sl_value distance = distance_of(k);
	struct sl_item *item = sl_item_make(menu, SL_ITEM_DYNAMIC);
	struct sl_err err = {0};

	if (!item)
		return;
	snprintf(dst, sizeof(dst), "%s/%u",
	    sl_addr_print(k->family, &k->route.dst, addr), k->route.len);
	gateway_text(k, gw, sizeof(gw));
	item->priv = k->protocol == RTPROT_KERNEL ? menu : NULL;
	if (sl_item_set_text(item, DST, dst, &err) ||
	    sl_item_set_text(item, GATEWAY, gw, &err) ||
	    (k->table != SL_TABLE_MAIN &&
		sl_item_set_text(item, TABLE,
		    sl_routing_table_name(menu->model, k->table), &err)) ||
	    sl_item_set(item, DISTANCE, &distance))
		sl_item_free(item);
	else
		sl_placed_items_show(item, at);
}

static bool
is_configured(struct sl_menu *menu, const struct sl_kroute *k)
{
	struct sl_kroute own;
	struct sl_item *item;

	if (k->protocol != RTPROT_STATIC)
		return false;
	SL_ITEM_EACH (item, menu)
		if (!(item->flags & SL_ITEM_DYNAMIC) && to_kernel(item, &own) &&
		    is_same_route(&own, k))
			return true;
	return false;
}

void
sl_route_follow_kernel(struct sl_menu *menu)
{
	struct sl_item *at = NULL;
	uint32_t shown = 0;

	sl_placed_items_refresh(menu, is_lost, "route");
	for (uint32_t i = 0; i < sl_mirror_state.n_routes; i++) {
		const struct sl_kroute *k = &sl_mirror_state.routes[i];

		if (k->family != family_of(menu) || k->dead ||
		    !sl_routing_table_name(menu->model, k->table) ||
		    (k->oif && !sl_port_by_ifindex(k->oif)) ||
		    is_configured(menu, k) || shown == DYNAMIC_MAX)
			continue;
		show(menu, k, &at);
		shown++;
	}
	sl_placed_items_sweep(menu);
}

static const char *const depends4[] = {
    "/ip/address", "/interface", SL_ROUTING_TABLE_PATH, NULL};
static const char *const depends6[] = {
    "/ipv6/address", "/interface", SL_ROUTING_TABLE_PATH, NULL};

#define ROUTE_MENU(path_, props_, depends_, help_)                             \
	{                                                                      \
		.path = path_, .help = help_, .kind = SL_MENU_ITEMS,           \
		.flags = SL_MENU_FOREIGN, .props = props_, .n_props = COLS,    \
		.columns = columns, .n_columns = SL_COUNT_OF(columns),         \
		.depends = depends_, .open = open_menu,                        \
		.close = sl_placed_items_close, .check = check,                \
		.apply = apply, .get = get                                     \
	}

const struct sl_menu_def sl_menu_route4 =
    ROUTE_MENU("/ip/route", props4, depends4, "IPv4 routes");
const struct sl_menu_def sl_menu_route6 =
    ROUTE_MENU("/ipv6/route", props6, depends6, "IPv6 routes");
