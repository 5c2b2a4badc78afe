/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /interface ethernet, bridge and vlan: names for netdevs that exist in Linux.
 *
 * An ethernet item stands for a netdev found at start (or later) and can be given
 * another name; bridge and vlan items only say that a netdev of that name is
 * expected: sluice makes no netdevs, Linux does.  What else RouterOS keeps there
 * is kept and exported, and has no effect.
 */
#include <menu/ethernet.h>

#include <menu/engine_menus.h>
#include <menu/interface_names.h>
#include <menu/item.h>

#include <base/log.h>
#include <io/port.h>
#include <mirror/state.h>

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

enum ethernet_col {
	E_NAME,
	E_DEFAULT_NAME,
	E_ACTUAL_MTU,
	E_ORIG_MAC,
	E_MTU,
	E_L2MTU,
	E_MAC,
	E_ARP,
	E_ARP_TIMEOUT,
	E_AUTO,
	E_ADVERTISE,
	E_SPEED,
	E_FULL_DUPLEX,
	E_RX_FLOW,
	E_TX_FLOW,
	E_BANDWIDTH,
	E_CABLE,
	E_COMBO,
	E_FEC,
	E_RUNNING_CHECK,
	E_LOOP,
	E_LOOP_SEND,
	E_LOOP_TIME,
	E_MASTER,
	E_POE_OUT,
	E_POE_PRIORITY,
	E_POE_VOLTAGE,
	E_CYCLE_ENABLED,
	E_CYCLE_ADDRESS,
	E_CYCLE_TIMEOUT,
	E_CYCLE_INTERVAL,
	E_SFP_RATE,
	E_SFP_LOS,
	E_SFP_TEMP,
	E_COMMENT,
	E_DISABLED,
	E_RUNNING,
	E_INVALID,
	E_COLS
};
enum bridge_col {
	B_NAME,
	B_MTU,
	B_ADMIN_MAC,
	B_AUTO_MAC,
	B_ARP,
	B_ARP_TIMEOUT,
	B_PROTOCOL,
	B_FAST,
	B_IGMP,
	B_IGMP_VERSION,
	B_MLD_VERSION,
	B_QUERIER,
	B_ROUTER,
	B_VLAN_FILTERING,
	B_ETHER_TYPE,
	B_PVID,
	B_FRAME_TYPES,
	B_INGRESS,
	B_MVRP,
	B_DHCP,
	B_OPTION82,
	B_AGEING,
	B_PRIORITY,
	B_FORWARD_DELAY,
	B_MAX_AGE,
	B_HOLD_COUNT,
	B_COST_MODE,
	B_REGION,
	B_REVISION,
	B_MAX_HOPS,
	B_LEARNED,
	B_COMMENT,
	B_DISABLED,
	B_INVALID,
	B_COLS
};
enum vlan_col {
	V_NAME,
	V_INTERFACE,
	V_ID,
	V_MTU,
	V_ARP,
	V_ARP_TIMEOUT,
	V_TAG,
	V_LOOP,
	V_LOOP_SEND,
	V_LOOP_TIME,
	V_MVRP,
	V_COMMENT,
	V_DISABLED,
	V_INVALID,
	V_COLS
};

#define NAME 0 /* comes first in all three menus */
_Static_assert(E_NAME == NAME && B_NAME == NAME && V_NAME == NAME, "first");

#define KEPT(col_, name_)                                                      \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_name,                                             \
	    .help = "kept for export; Linux decides"}

static const struct sl_prop ethernet_props[E_COLS] = {
    [E_NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_COLUMN,
	.help = "the port's name in this configuration"},
    [E_DEFAULT_NAME] = {.name = "default-name",
	.type = &sl_type_name,
	.flags = SL_PROP_READ_ONLY | SL_PROP_EPHEMERAL | SL_PROP_COLUMN,
	.help = "the netdev's name in Linux"},
    [E_ACTUAL_MTU] = {.name = "actual-mtu",
	.type = &sl_type_num,
	.flags = SL_PROP_VIRTUAL | SL_PROP_READ_ONLY | SL_PROP_COLUMN,
	.help = "bytes of IP; Linux decides"},
    [E_ORIG_MAC] = {.name = "orig-mac-address",
	.type = &sl_type_mac,
	.flags = SL_PROP_VIRTUAL | SL_PROP_READ_ONLY | SL_PROP_COLUMN,
	.help = "link address; Linux decides"},
    KEPT(E_MTU, "mtu"),
    KEPT(E_L2MTU, "l2mtu"),
    KEPT(E_MAC, "mac-address"),
    KEPT(E_ARP, "arp"),
    KEPT(E_ARP_TIMEOUT, "arp-timeout"),
    KEPT(E_AUTO, "auto-negotiation"),
    KEPT(E_ADVERTISE, "advertise"),
    KEPT(E_SPEED, "speed"),
    KEPT(E_FULL_DUPLEX, "full-duplex"),
    KEPT(E_RX_FLOW, "rx-flow-control"),
    KEPT(E_TX_FLOW, "tx-flow-control"),
    KEPT(E_BANDWIDTH, "bandwidth"),
    KEPT(E_CABLE, "cable-settings"),
    KEPT(E_COMBO, "combo-mode"),
    KEPT(E_FEC, "fec-mode"),
    KEPT(E_RUNNING_CHECK, "disable-running-check"),
    KEPT(E_LOOP, "loop-protect"),
    KEPT(E_LOOP_SEND, "loop-protect-send-interval"),
    KEPT(E_LOOP_TIME, "loop-protect-disable-time"),
    KEPT(E_MASTER, "master-port"),
    KEPT(E_POE_OUT, "poe-out"),
    KEPT(E_POE_PRIORITY, "poe-priority"),
    KEPT(E_POE_VOLTAGE, "poe-voltage"),
    KEPT(E_CYCLE_ENABLED, "power-cycle-ping-enabled"),
    KEPT(E_CYCLE_ADDRESS, "power-cycle-ping-address"),
    KEPT(E_CYCLE_TIMEOUT, "power-cycle-ping-timeout"),
    KEPT(E_CYCLE_INTERVAL, "power-cycle-interval"),
    KEPT(E_SFP_RATE, "sfp-rate-select"),
    KEPT(E_SFP_LOS, "sfp-ignore-rx-los"),
    KEPT(E_SFP_TEMP, "sfp-shutdown-temperature"),
    SL_PROP_ROW_COMMENT,
    SL_PROP_ROW_DISABLED,
    [E_RUNNING] = {.name = "running",
	.type = &sl_type_bool,
	.letter = 'R',
	.group = 2,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL,
	.help = "up and with a carrier"},
    SL_PROP_ROW_INVALID,
};

static const struct sl_prop bridge_props[B_COLS] = {
    [B_NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "of the bridge in Linux"},
    KEPT(B_MTU, "mtu"),
    KEPT(B_ADMIN_MAC, "admin-mac"),
    KEPT(B_AUTO_MAC, "auto-mac"),
    KEPT(B_ARP, "arp"),
    KEPT(B_ARP_TIMEOUT, "arp-timeout"),
    KEPT(B_PROTOCOL, "protocol-mode"),
    KEPT(B_FAST, "fast-forward"),
    KEPT(B_IGMP, "igmp-snooping"),
    KEPT(B_IGMP_VERSION, "igmp-version"),
    KEPT(B_MLD_VERSION, "mld-version"),
    KEPT(B_QUERIER, "multicast-querier"),
    KEPT(B_ROUTER, "multicast-router"),
    KEPT(B_VLAN_FILTERING, "vlan-filtering"),
    KEPT(B_ETHER_TYPE, "ether-type"),
    KEPT(B_PVID, "pvid"),
    KEPT(B_FRAME_TYPES, "frame-types"),
    KEPT(B_INGRESS, "ingress-filtering"),
    KEPT(B_MVRP, "mvrp"),
    KEPT(B_DHCP, "dhcp-snooping"),
    KEPT(B_OPTION82, "add-dhcp-option82"),
    KEPT(B_AGEING, "ageing-time"),
    KEPT(B_PRIORITY, "priority"),
    KEPT(B_FORWARD_DELAY, "forward-delay"),
    KEPT(B_MAX_AGE, "max-message-age"),
    KEPT(B_HOLD_COUNT, "transmit-hold-count"),
    KEPT(B_COST_MODE, "port-cost-mode"),
    KEPT(B_REGION, "region-name"),
    KEPT(B_REVISION, "region-revision"),
    KEPT(B_MAX_HOPS, "max-hops"),
    KEPT(B_LEARNED, "max-learned-entries"),
    SL_PROP_ROW_COMMENT,
    SL_PROP_ROW_DISABLED,
    SL_PROP_ROW_INVALID,
};

static const struct sl_prop vlan_props[V_COLS] = {
    [V_NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "of the VLAN netdev in Linux"},
    [V_INTERFACE] = {.name = "interface",
	.type = &sl_type_ref,
	.ref = &sl_ref_interface,
	.flags = SL_PROP_COLUMN,
	.help = "the interface below it"},
    [V_ID] = {.name = "vlan-id",
	.type = &sl_type_num,
	.min = 1,
	.max = 4095,
	.flags = SL_PROP_COLUMN,
	.help = "802.1Q VLAN id"},
    KEPT(V_MTU, "mtu"),
    KEPT(V_ARP, "arp"),
    KEPT(V_ARP_TIMEOUT, "arp-timeout"),
    KEPT(V_TAG, "use-service-tag"),
    KEPT(V_LOOP, "loop-protect"),
    KEPT(V_LOOP_SEND, "loop-protect-send-interval"),
    KEPT(V_LOOP_TIME, "loop-protect-disable-time"),
    KEPT(V_MVRP, "mvrp"),
    SL_PROP_ROW_COMMENT,
    SL_PROP_ROW_DISABLED,
    SL_PROP_ROW_INVALID,
};

/* Is the netdev one that can be a port, and not one of ours? */
static bool
is_candidate(const struct sl_link *link)
{
	return link->ethernet && !(link->flags & IFF_LOOPBACK) &&
	       strncmp(link->name, "sl-", 3) && strcmp(link->kind, "bridge") &&
	       strcmp(link->kind, "vlan");
}

static struct sl_item *
by_default_name(struct sl_menu *menu, const char *netdev)
{
	struct sl_item *item;

	SL_ITEM_EACH (item, menu)
		if (!strcmp(sl_item_str(item, E_DEFAULT_NAME), netdev))
			return item;
	return NULL;
}

static void
mark_absent(struct sl_item *item)
{
	const char *netdev = sl_item_str(item, E_DEFAULT_NAME);

	if (!sl_mirror_link_by_name(netdev))
		sl_item_set_reason(item, "%s not present", netdev);
}

static int
declare(struct sl_menu *menu, const char *netdev, struct sl_err *err)
{
	struct sl_item *item;
	int rc;

	if (by_default_name(menu, netdev))
		return 0;
	item = sl_item_make(menu, 0);
	if (!item)
		return sl_err_set(err, -ENOMEM, "out of memory");
	if ((rc = sl_item_set_text(item, E_NAME, netdev, err)) ||
	    (rc = sl_item_set_text(item, E_DEFAULT_NAME, netdev, err)) ||
	    (rc = sl_item_list(item, NULL, err))) {
		sl_item_free(item);
		return rc;
	}
	mark_absent(item);
	return 0;
}

int
sl_ethernet_declare(
    struct sl_model *model, const char *netdev, struct sl_err *err)
{
	return declare(
	    sl_model_find(model, "/interface/ethernet"), netdev, err);
}

/* Lists new netdevs; bridges and VLANs only become known names. */
static int
list_netdevs(struct sl_menu *menu, struct sl_err *err)
{
	int rc = 0;

	for (uint32_t i = 0; i < sl_mirror_state.n_links && !rc; i++) {
		const struct sl_link *link = &sl_mirror_state.links[i];

		if (is_candidate(link))
			rc = declare(menu, link->name, err);
		else if (link->ethernet && strncmp(link->name, "sl-", 3))
			rc = sl_interface_names_add(menu->model->interfaces,
			    link->name, SL_INTERFACE_NETDEV);
	}
	return rc;
}

void
sl_ethernet_refresh(struct sl_model *model)
{
	struct sl_menu *menu = sl_model_find(model, "/interface/ethernet");
	struct sl_err err = {0};
	struct sl_item *item;

	if (list_netdevs(menu, &err))
		sl_log(SL_LOG_ERROR, "interface", "%s", err.text);
	SL_ITEM_EACH (item, menu) {
		sl_item_clear_reason(item);
		mark_absent(item);
	}
}

/* Rules may name what is listed here, under its present name. */
static int
index_name(
    struct sl_menu *menu, struct sl_item *item, bool in, struct sl_err *err)
{
	struct sl_interface_names *names = menu->model->interfaces;
	const char *name = sl_item_str(item, NAME);
	unsigned source = menu->def == &sl_menu_interface_ethernet
			      ? SL_INTERFACE_NETDEV
			      : SL_INTERFACE_CONFIG;

	if (!in)
		sl_interface_names_remove(names, name, source);
	else if (sl_interface_names_add(names, name, source))
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	return 0;
}

static int
check_name(struct sl_menu *menu, const struct sl_item *item,
    const struct sl_item *old, struct sl_err *err)
{
	const char *name = sl_item_str(item, NAME);
	const struct sl_item *other = sl_items_named(menu, name);

	if (!*name || strlen(name) >= SL_PORT_NAME)
		return sl_err_set(err, -EINVAL,
		    "failure: interface name must have 1 to %d characters",
		    SL_PORT_NAME - 1);
	if (other && other != old)
		return sl_err_set(err, -EEXIST,
		    "failure: already have interface with such name");
	return 0;
}

/* A port keeps the name it was made with, and serves until the end. */
static int
check_ethernet(struct sl_menu *menu, struct sl_item *item,
    const struct sl_item *old, struct sl_err *err)
{
	const char *before = old ? sl_item_str(old, NAME) : "";

	if (old && strcmp(sl_item_str(item, NAME), before) &&
	    sl_port_by_name(before))
		return sl_err_set(err, -EBUSY,
		    "failure: port %s is in use, it can not be renamed",
		    before);
	if (old && sl_item_is_disabled(item) && !sl_item_is_disabled(old) &&
	    sl_port_by_name(before))
		return sl_err_set(err, -EBUSY,
		    "failure: port %s is in use, it can not be disabled",
		    before);
	mark_absent(item);
	return check_name(menu, item, old, err);
}

static void
put_mac(const uint8_t mac[6], struct sl_value *out)
{
	out->type = SL_VALUE_MAC;
	memcpy(out->mac, mac, sizeof(out->mac));
}

static void
get_ethernet(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct sl_link *link =
	    sl_mirror_link_by_name(sl_item_str(row->item, E_DEFAULT_NAME));

	if (prop == E_ACTUAL_MTU && link)
		*out = sl_value_num(link->mtu);
	else if (prop == E_ORIG_MAC && link)
		put_mac(link->mac, out);
	else if (prop == E_RUNNING)
		*out = sl_value_bool(link && (link->flags & IFF_RUNNING));
}

/* A name that is the netdev's own need not be exported. */
static void
ethernet_default(
    const struct sl_item *item, unsigned prop, struct sl_value *out)
{
	const char *netdev = sl_item_str(item, E_DEFAULT_NAME);

	if (prop == E_NAME)
		sl_value_str(out, netdev, strlen(netdev));
}

const char *
sl_ethernet_netdev(struct sl_model *model, const char *name)
{
	struct sl_item *item =
	    sl_items_named(sl_model_find(model, "/interface/ethernet"), name);

	return item ? sl_item_str(item, E_DEFAULT_NAME) : name;
}

bool
sl_ethernet_is_disabled(struct sl_model *model, const char *name)
{
	struct sl_item *item =
	    sl_items_named(sl_model_find(model, "/interface/ethernet"), name);

	return item && sl_item_is_disabled(item);
}

/* bridge and vlan: the name is enough; whether it exists is a flag. */
static int
check_named(struct sl_menu *menu, struct sl_item *item,
    const struct sl_item *old, struct sl_err *err)
{
	if (!sl_mirror_link_by_name(sl_item_str(item, NAME)))
		sl_item_set_reason(item, "no netdev of this name in Linux");
	return check_name(menu, item, old, err);
}

const struct sl_menu_def sl_menu_interface_ethernet = {
    .path = "/interface/ethernet",
    .help = "netdevs and their names in this configuration",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_FIXED,
    .props = ethernet_props,
    .n_props = E_COLS,
    .key = "default-name",
    .named_by = &sl_ref_interface,
    .open = list_netdevs,
    .check = check_ethernet,
    .index = index_name,
    .get = get_ethernet,
    .default_of = ethernet_default,
};

const struct sl_menu_def sl_menu_interface_bridge = {
    .path = "/interface/bridge",
    .help = "bridges that exist in Linux",
    .kind = SL_MENU_ITEMS,
    .props = bridge_props,
    .n_props = B_COLS,
    .named_by = &sl_ref_interface,
    .check = check_named,
    .index = index_name,
};

const struct sl_menu_def sl_menu_interface_vlan = {
    .path = "/interface/vlan",
    .help = "VLAN netdevs that exist in Linux",
    .kind = SL_MENU_ITEMS,
    .props = vlan_props,
    .n_props = V_COLS,
    .named_by = &sl_ref_interface,
    .check = check_named,
    .index = index_name,
};
