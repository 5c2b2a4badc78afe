/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip address and /ipv6 address: the router's own addresses.
 *
 * An address goes onto the host side of its port (the TAP "sl-NAME"), where the
 * kernel answers for it.  What has been put there is remembered (mirror/placed),
 * so that a change, or a port that comes back, puts only what is missing.
 * Addresses that others put there (dhclient) are shown as dynamic.
 */
#include <menu/engine_menus.h>
#include <menu/interface_names.h>
#include <menu/placed_items.h>

#include <conn/tuple.h>
#include <mirror/state.h>

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

enum col {
	ADDRESS,
	SECOND,
	INTERFACE,
	COMMENT,
	DISABLED,
	INVALID,
	DYNAMIC,
	COLS4,
	ADVERTISE = COLS4,
	EUI_64,
	NO_DAD,
	COLS6
};

#define COMMON_ROWS                                                            \
	[INTERFACE] = {.name = "interface",                                    \
	    .type = &sl_type_ref,                                              \
	    .ref = &sl_ref_interface,                                          \
	    .flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,                        \
	    .help = "the port it belongs to"},                                 \
	[COMMENT] = SL_PROP_ROW_COMMENT, [DISABLED] = SL_PROP_ROW_DISABLED,    \
	[INVALID] = SL_PROP_ROW_INVALID, [DYNAMIC] = SL_PROP_ROW_DYNAMIC

static const struct sl_prop props4[COLS4] = {
    [ADDRESS] = {.name = "address",
	.type = &sl_type_prefix4,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "address and prefix length"},
    [SECOND] = {.name = "network",
	.type = &sl_type_ip4,
	.flags = SL_PROP_COLUMN,
	.help = "first address of the prefix"},
    COMMON_ROWS,
};

static const struct sl_prop props6[COLS6] = {
    [ADDRESS] = {.name = "address",
	.type = &sl_type_prefix6,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "address and prefix length"},
    [SECOND] = {.name = "from-pool",
	.type = &sl_type_str,
	.flags = SL_PROP_WANTED,
	.help = "prefix from a pool"},
    COMMON_ROWS,
    [ADVERTISE] = {.name = "advertise",
	.type = &sl_type_bool,
	.dflt = "yes",
	.help = "kept: router advertisements are radvd's work"},
    [EUI_64] = {.name = "eui-64",
	.type = &sl_type_bool,
	.dflt = "no",
	.help = "interface id from the MAC"},
    [NO_DAD] = {.name = "no-dad",
	.type = &sl_type_bool,
	.dflt = "no",
	.help = "skip duplicate address detection"},
};

static uint8_t
family_of(const struct sl_menu *menu)
{
	return menu->def == &sl_menu_address4 ? SL_IPV4 : SL_IPV6;
}

static void
address_of(const struct sl_item *item, struct sl_addr *addr)
{
	const struct sl_value *v = sl_item_get(item, ADDRESS);

	memset(addr, 0, sizeof(*addr));
	memcpy(addr, v->addr[0], family_of(item->menu) == SL_IPV4 ? 4 : 16);
}

static bool
is_same(const struct sl_item *item, const char *interface,
    const struct sl_addr *addr)
{
	struct sl_addr own;

	address_of(item, &own);
	return !strcmp(sl_item_str(item, INTERFACE), interface) &&
	       !memcmp(&own, addr, sizeof(own));
}

/* The first address of an IPv4 item's prefix. */
static struct sl_value
network_of(const struct sl_item *item)
{
	struct sl_addr net;

	address_of(item, &net);
	sl_addr_mask(SL_IPV4, &net, sl_item_get(item, ADDRESS)->bits);
	return sl_value_ip4(net.u.b);
}

static bool
has_own_network(const struct sl_item *item)
{
	const struct sl_value *given = sl_item_get(item, SECOND);
	struct sl_value own = network_of(item);

	return !given || sl_value_compare(given, SL_COMPARE_EQ, &own);
}

/* The network of an IPv4 address: filled in, also anew where only the address
 * was changed; or it must be the derived one. */
static int
check_network(struct sl_item *item, const struct sl_item *old)
{
	const struct sl_value *now = sl_item_get(item, SECOND);
	const struct sl_value *was = old ? sl_item_get(old, SECOND) : NULL;
	struct sl_value own = network_of(item);

	if (!now || (was && has_own_network(old) &&
			sl_value_compare(now, SL_COMPARE_EQ, was)))
		return sl_item_set(item, SECOND, &own);
	if (!has_own_network(item))
		sl_item_set_reason(item,
		    "a network that is not the address's own is not supported");
	return 0;
}

/* An address that a host may have: not "any", not of the loopback, not one that
 * means many. */
static bool
is_of_host(const struct sl_item *item)
{
	const uint8_t *a = sl_item_get(item, ADDRESS)->addr[0];
	static const uint8_t low[15];

	if (family_of(item->menu) == SL_IPV4)
		return a[0] != 0 && a[0] != 127 && a[0] < 224;
	return a[0] != 0xff && (memcmp(a, low, sizeof(low)) || a[15] > 1);
}

static int
check(struct sl_menu *menu, struct sl_item *item, const struct sl_item *old,
    struct sl_err *err)
{
	struct sl_item *other;
	struct sl_addr addr;
	int rc;

	address_of(item, &addr);
	SL_ITEM_EACH (other, menu)
		if (other != old && !(other->flags & SL_ITEM_DYNAMIC) &&
		    is_same(other, sl_item_str(item, INTERFACE), &addr))
			return sl_err_set(
			    err, -EEXIST, "failure: already have such address");
	rc = sl_interface_check_room(
	    menu->model, sl_item_str(item, INTERFACE), err);
	if (rc)
		return rc;
	if (!is_of_host(item))
		sl_item_set_reason(item, "not an address that a port can have");
	if (family_of(menu) == SL_IPV4)
		return check_network(item, old);
	if (sl_item_bool(item, EUI_64))
		sl_item_set_reason(item, "eui-64 is not supported yet");
	return 0;
}

static void
network_default(const struct sl_item *item, unsigned prop, struct sl_value *out)
{
	if (prop == SECOND && family_of(item->menu) == SL_IPV4)
		*out = network_of(item);
}

/* The item as the kernel takes it; false while its port has no host side. */
static bool
to_kernel(const struct sl_item *item, void *record)
{
	struct sl_ifaddr *a = record;
	struct sl_port *port = sl_port_by_name(sl_item_str(item, INTERFACE));

	memset(a, 0, sizeof(*a));
	if (!port)
		return false;
	a->ifindex = sl_load_relaxed(&port->host_ifindex);
	a->family = family_of(item->menu);
	a->prefix_len = sl_item_get(item, ADDRESS)->bits;
	address_of(item, &a->addr);
	if (a->family == SL_IPV6) {
		if (a->addr.u.b[0] == 0xfe && (a->addr.u.b[1] & 0xc0) == 0x80)
			a->scope = RT_SCOPE_LINK;
		if (sl_item_bool(item, NO_DAD))
			a->flags = IFA_F_NODAD;
	}
	return a->ifindex != 0;
}

static int
put(bool add, const void *record, struct sl_err *err)
{
	return sl_mirror_backend->addr(add, record, err);
}

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct sl_ifaddr a;

	(void)changes;
	return sl_placed_items_apply(menu, to_kernel, &a, err);
}

static int
open_menu(struct sl_menu *menu, struct sl_err *err)
{
	return sl_placed_items_open(menu, sizeof(struct sl_ifaddr), put, err);
}

static bool
is_lost(void *arg, const void *record)
{
	const struct sl_ifaddr *a = record;

	(void)arg;
	for (uint32_t i = 0; i < sl_mirror_state.n_addrs; i++)
		if (sl_mirror_state.addrs[i].ifindex == a->ifindex &&
		    !memcmp(&sl_mirror_state.addrs[i].addr, &a->addr,
			sizeof(a->addr)))
			return false;
	return true;
}

static bool
is_ours(struct sl_menu *menu, const char *interface, const struct sl_addr *addr)
{
	struct sl_item *item;

	SL_ITEM_EACH (item, menu)
		if (!(item->flags & SL_ITEM_DYNAMIC) &&
		    is_same(item, interface, addr))
			return true;
	return false;
}

static void
show(struct sl_menu *menu, const struct sl_ifaddr *a, const char *interface,
    struct sl_item **at)
{
	char addr[SL_ADDR_TEXT], text[SL_ADDR_TEXT + 8];
	struct sl_item *item = sl_item_make(menu, SL_ITEM_DYNAMIC);
	struct sl_err err = {0};

	if (!item)
		return;
	snprintf(text, sizeof(text), "%s/%u",
	    sl_addr_print(a->family, &a->addr, addr), a->prefix_len);
	if (sl_item_set_text(item, ADDRESS, text, &err) ||
	    sl_item_set_text(item, INTERFACE, interface, &err) ||
	    (a->family == SL_IPV4 && check_network(item, NULL)))
		sl_item_free(item);
	else
		sl_placed_items_show(item, at);
}

/* Dynamic items are what the kernel has beyond the configuration. */
void
sl_address_follow_kernel(struct sl_menu *menu)
{
	struct sl_item *at = NULL;

	sl_placed_items_refresh(menu, is_lost, "interface");
	for (uint32_t i = 0; i < sl_mirror_state.n_addrs; i++) {
		const struct sl_ifaddr *a = &sl_mirror_state.addrs[i];
		const struct sl_port *port = sl_port_by_ifindex(a->ifindex);

		if (a->family == family_of(menu) && port &&
		    !is_ours(menu, port->name, &a->addr))
			show(menu, a, port->name, &at);
	}
	sl_placed_items_sweep(menu);
}

const struct sl_menu_def sl_menu_address4 = {
    .path = "/ip/address",
    .help = "IPv4 addresses of this router",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_FOREIGN,
    .props = props4,
    .n_props = COLS4,
    .open = open_menu,
    .close = sl_placed_items_close,
    .check = check,
    .apply = apply,
    .default_of = network_default,
};

const struct sl_menu_def sl_menu_address6 = {
    .path = "/ipv6/address",
    .help = "IPv6 addresses of this router",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_FOREIGN,
    .props = props6,
    .n_props = COLS6,
    .open = open_menu,
    .close = sl_placed_items_close,
    .check = check,
    .apply = apply,
};
