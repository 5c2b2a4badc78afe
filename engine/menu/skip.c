/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/skip.h>

#include <base/log.h>
#include <menu/command.h>
#include <menu/interface_names.h>

#include <errno.h>
#include <string.h>

/* A menu here that has a definition is not skipped; menus below these are
 * skipped too. */
/* clang-format off */
const struct sl_skip sl_skip_menus[] = {
	{"/app"},
	{"/caps-man"},
	{"/certificate"},
	{"/console"},
	{"/container"},
	{"/disk"},
	{"/dude"},
	{"/file"},
	{"/interface/6to4", SL_SKIP_INTERFACE},
	{"/interface/bonding", SL_SKIP_INTERFACE},
	{"/interface/bridge", SL_SKIP_INTERFACE},
	{"/interface/bridge/port"},
	{"/interface/bridge/vlan"},
	{"/interface/bridge/settings"},
	{"/interface/bridge/filter"},
	{"/interface/bridge/nat"},
	{"/interface/bridge/msti"},
	{"/interface/bridge/mdb"},
	{"/interface/bridge/host"},
	{"/interface/detect-internet"},
	{"/interface/dot1x"},
	{"/interface/eoip", SL_SKIP_INTERFACE},
	{"/interface/eoipv6", SL_SKIP_INTERFACE},
	{"/interface/ethernet", SL_SKIP_INTERFACE},
	{"/interface/ethernet/poe"},
	{"/interface/ethernet/switch"},
	{"/interface/gre", SL_SKIP_INTERFACE},
	{"/interface/gre6", SL_SKIP_INTERFACE},
	{"/interface/ipip", SL_SKIP_INTERFACE},
	{"/interface/ipipv6", SL_SKIP_INTERFACE},
	{"/interface/l2tp-client", SL_SKIP_INTERFACE},
	{"/interface/l2tp-ether", SL_SKIP_INTERFACE},
	{"/interface/l2tp-server", SL_SKIP_INTERFACE},
	{"/interface/list"},
	{"/interface/lte", SL_SKIP_INTERFACE},
	{"/interface/lte/apn"},
	{"/interface/macsec", SL_SKIP_INTERFACE},
	{"/interface/macvlan", SL_SKIP_INTERFACE},
	{"/interface/mesh", SL_SKIP_INTERFACE},
	{"/interface/ovpn-client", SL_SKIP_INTERFACE},
	{"/interface/ovpn-server", SL_SKIP_INTERFACE},
	{"/interface/ppp-client", SL_SKIP_INTERFACE},
	{"/interface/ppp-server", SL_SKIP_INTERFACE},
	{"/interface/pppoe-client", SL_SKIP_INTERFACE},
	{"/interface/pppoe-server", SL_SKIP_INTERFACE},
	{"/interface/pptp-client", SL_SKIP_INTERFACE},
	{"/interface/pptp-server", SL_SKIP_INTERFACE},
	{"/interface/sstp-client", SL_SKIP_INTERFACE},
	{"/interface/sstp-server", SL_SKIP_INTERFACE},
	{"/interface/traffic-eng", SL_SKIP_INTERFACE},
	{"/interface/veth", SL_SKIP_INTERFACE},
	{"/interface/virtual-ethernet", SL_SKIP_INTERFACE},
	{"/interface/vlan", SL_SKIP_INTERFACE},
	{"/interface/vpls", SL_SKIP_INTERFACE},
	{"/interface/vrrp", SL_SKIP_INTERFACE},
	{"/interface/vxlan", SL_SKIP_INTERFACE},
	{"/interface/w60g", SL_SKIP_INTERFACE},
	{"/interface/wifi", SL_SKIP_INTERFACE},
	{"/interface/wifi/configuration"},
	{"/interface/wifi/datapath"},
	{"/interface/wifi/security"},
	{"/interface/wifi/channel"},
	{"/interface/wifiwave2", SL_SKIP_INTERFACE},
	{"/interface/wifiwave2/configuration"},
	{"/interface/wifiwave2/datapath"},
	{"/interface/wifiwave2/security"},
	{"/interface/wifiwave2/channel"},
	{"/interface/wireguard", SL_SKIP_INTERFACE},
	{"/interface/wireguard/peers"},
	{"/interface/wireless", SL_SKIP_INTERFACE},
	{"/interface/wireless/access-list"},
	{"/interface/wireless/cap"},
	{"/interface/wireless/channels"},
	{"/interface/wireless/connect-list"},
	{"/interface/wireless/manual-tx-power-table"},
	{"/interface/wireless/nstreme"},
	{"/interface/wireless/security-profiles"},
	{"/interface/wireless/align"},
	{"/interface/wireless/sniffer"},
	{"/interface/wireless/snooper"},
	{"/iot"},
	{"/ip/accounting"},
	{"/ip/arp"},
	{"/ip/cloud"},
	{"/ip/dhcp-client"},
	{"/ip/dhcp-relay"},
	{"/ip/dhcp-server"},
	{"/ip/dns"},
	{"/ip/firewall/address-list"},
	{"/ip/firewall/calea"},
	{"/ip/firewall/connection"},
	{"/ip/firewall/connection/tracking"},
	{"/ip/firewall/filter"},
	{"/ip/firewall/layer7-protocol"},
	{"/ip/firewall/mangle"},
	{"/ip/firewall/nat"},
	{"/ip/firewall/raw"},
	{"/ip/firewall/service-port"},
	{"/ip/hotspot"},
	{"/ip/ipsec"},
	{"/ip/kid-control"},
	{"/ip/media"},
	{"/ip/nat-pmp"},
	{"/ip/neighbor"},
	{"/ip/packing"},
	{"/ip/pool"},
	{"/ip/proxy"},
	{"/ip/route"},
	{"/ip/service"},
	{"/ip/settings"},
	{"/ip/smb"},
	{"/ip/socks"},
	{"/ip/socksify"},
	{"/ip/ssh"},
	{"/ip/tftp"},
	{"/ip/traffic-flow"},
	{"/ip/upnp"},
	{"/ip/vrf"},
	{"/ipv6/address"},
	{"/ipv6/dhcp-client"},
	{"/ipv6/dhcp-relay"},
	{"/ipv6/dhcp-server"},
	{"/ipv6/firewall/address-list"},
	{"/ipv6/firewall/connection"},
	{"/ipv6/firewall/filter"},
	{"/ipv6/firewall/mangle"},
	{"/ipv6/firewall/nat"},
	{"/ipv6/firewall/raw"},
	{"/ipv6/nd"},
	{"/ipv6/neighbor"},
	{"/ipv6/pool"},
	{"/ipv6/route"},
	{"/ipv6/settings"},
	{"/lcd"},
	{"/lora"},
	{"/metarouter"},
	{"/mpls"},
	{"/partitions"},
	{"/port"},
	{"/ppp"},
	{"/queue"},
	{"/radius"},
	{"/routing"},
	{"/rsync-daemon"},
	{"/snmp"},
	{"/special-login"},
	{"/system/auto-upgrade"},
	{"/system/backup"},
	{"/system/check-installation"},
	{"/system/clock"},
	{"/system/console"},
	{"/system/device-mode"},
	{"/system/gps"},
	{"/system/hardware"},
	{"/system/health"},
	{"/system/history"},
	{"/system/lcd"},
	{"/system/leds"},
	{"/system/license"},
	{"/system/logging"},
	{"/system/note"},
	{"/system/ntp"},
	{"/system/package"},
	{"/system/ptp"},
	{"/system/routerboard"},
	{"/system/scheduler"},
	{"/system/script"},
	{"/system/swos"},
	{"/system/upgrade"},
	{"/system/ups"},
	{"/system/watchdog"},
	{"/task"},
	{"/tool"},
	{"/tool/mac-server"},
	{"/tool/mac-server/ping"},
	{"/tr069-client"},
	{"/user"},
	{"/user-manager"},
	{"/zerotier"},
	{0},
};

static const char *const verbs[] = {
	"add", "backup", "cancel", "check", "check-for-updates", "clear",
	"clear-history", "comment", "disable", "disconnect", "download",
	"edit", "enable", "export", "find", "flash", "flush", "format",
	"generate-key", "get", "import", "install", "load", "make-static",
	"monitor", "monitor-traffic", "move", "ping", "print", "provision",
	"reboot", "register", "release", "remove", "renew", "reset",
	"reset-configuration", "reset-counters", "reset-counters-all",
	"reset-mac-address", "restore-config", "run", "save", "scan", "send",
	"set", "setup-packages", "shutdown", "sign", "snmp-get", "start",
	"stop", "sync-mac-address", "unset", "upgrade", "upload", "wps-button",
	NULL,
};
/* clang-format on */

bool
sl_skip_is_verb(const char *word)
{
	for (size_t i = 0; verbs[i]; i++)
		if (strcmp(verbs[i], word) == 0)
			return true;
	return false;
}

static void
warn_once(struct sl_menu *menu, const struct sl_place *place)
{
	struct sl_model *model = menu->model;
	struct sl_text t = {0};

	if (menu->warned)
		return;
	menu->warned = true;
	sl_menu_print_path(menu, &t);
	sl_text_adds(&t, " is not implemented: its commands have no effect");
	if (model->warn)
		model->warn(model, place, sl_text_str(&t));
	else if (place->file)
		sl_log(SL_LOG_WARNING, "system", "%s:%u: %s", place->file,
		    place->line, sl_text_str(&t));
	else
		sl_log(SL_LOG_WARNING, "system", "%s", sl_text_str(&t));
	sl_text_free(&t);
}

/* For export: without them, what names the interface would not load again. */
static int
remember(struct sl_menu *menu, const struct sl_value *name)
{
	struct sl_value copy;
	int rc;

	for (size_t i = 0; menu->learned.array && i < menu->learned.array->n;
	     i++)
		if (sl_value_compare(
			sl_array_at(&menu->learned, i), SL_COMPARE_EQ, name))
			return 0;
	rc = menu->learned.array ? 0 : sl_value_array(&menu->learned);
	if (!rc)
		rc = sl_value_copy(&copy, name);
	return rc ? rc : sl_array_add(&menu->learned, NULL, &copy);
}

/* The names that this menu's commands would have made. */
static int
learn_name(struct sl_command *cmd, struct sl_err *err)
{
	const struct sl_arg *name = sl_command_arg(cmd, "name");

	if (!(cmd->menu->skip & SL_SKIP_INTERFACE) || !name ||
	    name->value.type != SL_VALUE_STR || !name->value.str.len ||
	    (strcmp(cmd->verb, "add") != 0 && strcmp(cmd->verb, "set") != 0))
		return 0;
	if (remember(cmd->menu, &name->value) ||
	    sl_interface_names_add(cmd->menu->model->interfaces,
		name->value.str.s, SL_INTERFACE_CONFIG))
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	return 0;
}

int
sl_skip_run(struct sl_command *cmd, struct sl_err *err)
{
	warn_once(cmd->menu, &cmd->place);
	if (strcmp(cmd->verb, "find") == 0 && sl_value_array(&cmd->result))
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	return learn_name(cmd, err);
}
