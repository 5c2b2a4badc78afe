/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address lists, as those see them who have entries come and go by themselves.
 * The menus are declared in menu/firewall.h.  => Role of all: control, no open
 * transaction.
 */
#ifndef SL_MENU_ADDRESS_LIST_H
#define SL_MENU_ADDRESS_LIST_H

#include <menu/item.h>
#include <sluice/types.h>

struct sl_resolver;

/* Once a second or more often: entries whose time is over go, addresses that rules
 * added come, names are resolved.  Without a resolver (NULL) names stay without
 * effect and say so. */
void sl_address_list_tick(struct sl_model *, struct sl_resolver *);

/* A dynamic entry without a deadline; its id, or 0: no memory. */
uint64_t sl_address_list_add(struct sl_menu *, const char *list,
    const struct sl_addr *addr, const char *comment);
/* Nothing, if it is gone already. */
void sl_address_list_drop(struct sl_menu *, uint64_t id);

/* What an entry says; "" if it has no name. */
const char *sl_address_list_of(const struct sl_item *);
const char *sl_address_list_name(const struct sl_item *);
/* SL_ADDRLIST_FOREVER: none. */
uint64_t sl_address_list_deadline(const struct sl_item *);
uint8_t sl_address_list_family(const struct sl_menu *);

#endif
