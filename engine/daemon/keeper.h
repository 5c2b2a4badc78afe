/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper of the ports: opens a port's devices when its netdev is there,
 * closes them when it goes, and follows its MAC, MTU and carrier.
 *
 * Order of opening, so that the kernel never forwards what arrives: shield the
 * netdev, claim it (no kernel forwarding, no IPv6, up), make the TAP, and only
 * then open the packet socket.  Closing goes the other way round.
 * => Role of all: control.
 */
#ifndef SL_DAEMON_KEEPER_H
#define SL_DAEMON_KEEPER_H

#include <io/port.h>

struct sl_keeper;

struct sl_keeper *sl_keeper_new(uint16_t workers, struct sl_err *err);
/* Closes every port and puts back what the keeper changed.  NULL is fine. */
void sl_keeper_free(struct sl_keeper *);

/* Looks at all ports and links.  True if a device was opened or closed: the
 * mirror is stale.  What cannot be opened is logged and tried again. */
bool sl_keeper_look(struct sl_keeper *);

/* Does every port whose netdev exists forward? */
bool sl_keeper_is_ready(const struct sl_keeper *);

#endif
