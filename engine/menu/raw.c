/* SPDX-License-Identifier: Apache-2.0 */
/* /ip firewall raw and /ipv6 firewall raw: their rows. */
#include <menu/firewall.h>

#define FW_TABLE  FW_R
#define FW_FAMILY 4

static const struct sl_prop props_raw4[] = {
#define ROW(id, ...) __VA_ARGS__,
#include <menu/firewall_rows.h>
#undef ROW
};

static const uint8_t ids_raw4[] = {
#define ROW(id, ...) FW_##id,
#include <menu/firewall_rows.h>
#undef ROW
};

#undef FW_FAMILY
#define FW_FAMILY 6

static const struct sl_prop props_raw6[] = {
#define ROW(id, ...) __VA_ARGS__,
#include <menu/firewall_rows.h>
#undef ROW
};

static const uint8_t ids_raw6[] = {
#define ROW(id, ...) FW_##id,
#include <menu/firewall_rows.h>
#undef ROW
};

SL_FIREWALL_MENU(raw4, "/ip/firewall/raw", "rules before connection tracking",
    SL_TABLE_RAW, FW_R, SL_IPV4);
SL_FIREWALL_MENU(raw6, "/ipv6/firewall/raw", "rules before connection tracking",
    SL_TABLE_RAW, FW_R, SL_IPV6);
