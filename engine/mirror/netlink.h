/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rtnetlink: the kernel's links, addresses, routes and neighbours, followed, and
 * the few writes that the menus ask for.
 *
 * What it is.  One socket for requests, one subscribed to notifications.
 * Life cycle.  open -> a full dump -> notifications, each marking what is stale;
 *   sync() dumps what is stale and publishes.  A lost notification (ENOBUFS)
 *   marks everything stale.
 * Who writes.  Control.  Bounds.  A burst of notifications is one dump.
 */
#ifndef SL_MIRROR_NETLINK_H
#define SL_MIRROR_NETLINK_H

#include <mirror/state.h>

/* Opens both sockets and takes the first full dump.  => Role: main. */
int sl_netlink_open(struct sl_err *err);
void sl_netlink_close(void);

/* Readable when the kernel has news. */
int sl_netlink_fd(void);

/* Reads the news.  True if something is stale and sync() is due.
 * => Role: control.  => Does not block. */
bool sl_netlink_read(void);

/* Dumps what is stale and publishes.  After a failure the state is as before,
 * still stale, and the next call tries again.  => Role: control. */
int sl_netlink_sync(struct sl_err *err);
/* Everything is stale: ports were added or removed. => Role: control. */
void sl_netlink_mark_stale(void);

/* Resolves or verifies a neighbour (NTF_USE).  For sl_mirror_take_asked(). */
void sl_netlink_resolve(
    uint16_t port, uint8_t family, const struct sl_addr *addr);

/* Writes to the kernel.  => Role: control. */
extern const struct sl_mirror_backend sl_netlink_backend;

#endif
