/* SPDX-License-Identifier: Apache-2.0 */
/* /ip firewall filter and /ipv6 firewall filter: their rows. */
#include <menu/firewall.h>

#define FW_TABLE  FW_F
#define FW_FAMILY 4

static const struct sl_prop props_filter4[] = {
#define ROW(id, ...) __VA_ARGS__,
#include <menu/firewall_rows.h>
#undef ROW
};

static const uint8_t ids_filter4[] = {
#define ROW(id, ...) FW_##id,
#include <menu/firewall_rows.h>
#undef ROW
};

#undef FW_FAMILY
#define FW_FAMILY 6

static const struct sl_prop props_filter6[] = {
#define ROW(id, ...) __VA_ARGS__,
#include <menu/firewall_rows.h>
#undef ROW
};

static const uint8_t ids_filter6[] = {
#define ROW(id, ...) FW_##id,
#include <menu/firewall_rows.h>
#undef ROW
};

SL_FIREWALL_MENU(filter4, "/ip/firewall/filter", "filter rules",
    SL_TABLE_FILTER, FW_F, SL_IPV4);
SL_FIREWALL_MENU(filter6, "/ipv6/firewall/filter", "filter rules",
    SL_TABLE_FILTER, FW_F, SL_IPV6);
