/* SPDX-License-Identifier: Apache-2.0 */
/* /ip firewall nat and /ipv6 firewall nat: their rows. */
#include <menu/firewall.h>

#define FW_TABLE  FW_N
#define FW_FAMILY 4

static const struct sl_prop props_nat4[] = {
#define ROW(id, ...) __VA_ARGS__,
#include <menu/firewall_rows.h>
#undef ROW
};

static const uint8_t ids_nat4[] = {
#define ROW(id, ...) FW_##id,
#include <menu/firewall_rows.h>
#undef ROW
};

#undef FW_FAMILY
#define FW_FAMILY 6

static const struct sl_prop props_nat6[] = {
#define ROW(id, ...) __VA_ARGS__,
#include <menu/firewall_rows.h>
#undef ROW
};

static const uint8_t ids_nat6[] = {
#define ROW(id, ...) FW_##id,
#include <menu/firewall_rows.h>
#undef ROW
};

SL_FIREWALL_MENU(nat4, "/ip/firewall/nat", "address translation", SL_TABLE_NAT,
    FW_N, SL_IPV4);
SL_FIREWALL_MENU(nat6, "/ipv6/firewall/nat", "address translation",
    SL_TABLE_NAT, FW_N, SL_IPV6);
