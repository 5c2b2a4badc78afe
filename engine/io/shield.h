/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shield: what sluice receives, the kernel's own stack must not.
 *
 * What it is.  An nftables table "sluice-PID" of family netdev with one ingress
 *   chain per port device, policy drop, before any other chain.  Packet sockets
 *   see a frame earlier than ingress does, so they still get it.
 * Life cycle.  Add a device before its packet socket opens; remove it after.
 *   The table carries the flag "owner": it belongs to our netlink socket and
 *   vanishes with it, also when the process is killed.
 * Who writes.  Control.  Nobody reads.
 * Bounds.      One chain a device.
 */
#ifndef SL_IO_SHIELD_H
#define SL_IO_SHIELD_H

#include <base/error.h>

struct sl_shield;

/* Creates the table in the calling thread's network namespace.  NULL: *err.
 * => Role of all: control.  => May sleep. */
struct sl_shield *sl_shield_open(struct sl_err *err);
void sl_shield_close(struct sl_shield *); /* NULL: nothing */

/* Shields 'netdev', which must exist.  With 'pass_vlans', frames with a VLAN id
 * go on to the VLAN netdevs on top of it.  Adding again is how 'pass_vlans' is
 * changed, and what a netdev needs that was deleted and returned. */
int sl_shield_add(struct sl_shield *, const char *netdev, bool pass_vlans,
    struct sl_err *err);

/* Lets the kernel see the device again; nothing if it was not shielded or is
 * gone. */
int sl_shield_remove(
    struct sl_shield *, const char *netdev, struct sl_err *err);

#endif
