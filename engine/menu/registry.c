/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/registry.h>

#include <menu/engine_menus.h>
#include <menu/firewall.h>
#include <menu/interface_list.h>
#include <menu/layer7.h>
#include <menu/log.h>
#include <menu/logging.h>
#include <menu/plugin.h>
#include <menu/routing_table.h>
#include <menu/service_port.h>
#include <menu/sluice.h>
#include <menu/system.h>

/* Names first, then what makes ports of them, then what rules need, then rules. */
const struct sl_menu_def *const sl_menu_registry[] = {
    &sl_menu_system_identity,
    &sl_menu_system_resource,
    &sl_menu_sluice,
    &sl_menu_system_clock,
    &sl_menu_sluice_counters,
    &sl_menu_sluice_nat_pool,
    &sl_menu_plugin,
    &sl_menu_log,
    &sl_menu_logging_action,
    &sl_menu_logging,
    &sl_menu_trace,
    &sl_menu_interface_ethernet,
    &sl_menu_interface_bridge,
    &sl_menu_interface_vlan,
    &sl_menu_interface_list,
    &sl_menu_interface_list_member,
    &sl_menu_routing_table,
    &sl_menu_address4,
    &sl_menu_address6,
    &sl_menu_interface,
    &sl_menu_route4,
    &sl_menu_route6,
    &sl_menu_arp,
    &sl_menu_neighbor6,
    &sl_menu_settings4,
    &sl_menu_settings6,
    &sl_menu_tracking,
    &sl_menu_connection4,
    &sl_menu_connection6,
    &sl_menu_address_list4,
    &sl_menu_address_list6,
    &sl_menu_layer7,
    &sl_menu_filter4,
    &sl_menu_nat4,
    &sl_menu_mangle4,
    &sl_menu_raw4,
    &sl_menu_filter6,
    &sl_menu_nat6,
    &sl_menu_mangle6,
    &sl_menu_raw6,
    &sl_menu_service_port,
    &sl_menu_plugin_option,
    &sl_menu_firewall_check4,
    &sl_menu_firewall_check6,
    NULL,
};
