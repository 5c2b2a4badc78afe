/* SPDX-License-Identifier: Apache-2.0 */
/* /ip firewall service-port: helpers and the server ports they are for. */
#ifndef SL_MENU_SERVICE_PORT_H
#define SL_MENU_SERVICE_PORT_H

#include <menu/model.h>

#define SL_SERVICE_PORT_PATH "/ip/firewall/service-port"

extern const struct sl_menu_def sl_menu_service_port;

/* A helper came or went: rows and flags follow.  => Role: control. */
int sl_service_port_refresh(struct sl_model *, struct sl_err *);

#endif
