/* SPDX-License-Identifier: Apache-2.0 */
/* /ip firewall mangle and /ipv6 firewall mangle: their rows. */
#include <menu/firewall.h>

#define FW_TABLE  FW_M
#define FW_FAMILY 4

static const struct sl_prop props_mangle4[] = {
#define ROW(id, ...) __VA_ARGS__,
#include <menu/firewall_rows.h>
#undef ROW
};

static const uint8_t ids_mangle4[] = {
#define ROW(id, ...) FW_##id,
#include <menu/firewall_rows.h>
#undef ROW
};

#undef FW_FAMILY
#define FW_FAMILY 6

static const struct sl_prop props_mangle6[] = {
#define ROW(id, ...) __VA_ARGS__,
#include <menu/firewall_rows.h>
#undef ROW
};

static const uint8_t ids_mangle6[] = {
#define ROW(id, ...) FW_##id,
#include <menu/firewall_rows.h>
#undef ROW
};

SL_FIREWALL_MENU(mangle4, "/ip/firewall/mangle", "packet marks and changes",
    SL_TABLE_MANGLE, FW_M, SL_IPV4);
SL_FIREWALL_MENU(mangle6, "/ipv6/firewall/mangle", "packet marks and changes",
    SL_TABLE_MANGLE, FW_M, SL_IPV6);
