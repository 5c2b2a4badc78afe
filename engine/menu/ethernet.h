/* SPDX-License-Identifier: Apache-2.0 */
/* Netdevs and the names that the configuration gives them. => Role: control. */
#ifndef SL_MENU_ETHERNET_H
#define SL_MENU_ETHERNET_H

#include <menu/model.h>

/* Lists a netdev that is not there (yet), so that a config can name it. */
int sl_ethernet_declare(struct sl_model *, const char *netdev, struct sl_err *);

/* Netdevs came or went: new ones are listed, absent ones get flag I. */
void sl_ethernet_refresh(struct sl_model *);

/* The netdev behind a configured name (the name itself if it was not given one). */
const char *sl_ethernet_netdev(struct sl_model *, const char *name);
bool sl_ethernet_is_disabled(struct sl_model *, const char *name);

#endif
