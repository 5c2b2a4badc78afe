/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host side of a port: a TAP, the kernel's own end.
 *
 * What it is.  A TAP netdev with the port's MAC and MTU, one file descriptor
 *   per worker, virtio headers and all offloads both ways.
 * Life cycle.  Exists as long as it is open: it goes with the process, however
 *   that ends.  is_dead if somebody deletes it.
 * Who writes.  Each worker its own queue.
 * Who reads.   Control: counters.
 * Ordering.    None between queues.
 * Bounds.      SL_BATCH_MAX frames a queue; the kernel's queue is the TAP's
 *   txqueuelen.
 *
 * The kernel spreads what it sends over the queues by flow, not by our steer
 * hash: frames from the host may be another worker's to track.
 */
#ifndef SL_IO_TAP_H
#define SL_IO_TAP_H

#include <io/port.h>

/* Creates the TAP 'name' (at most 15 characters), sets MAC and MTU and brings
 * it up.  NULL: see *err.  => Role: control.  => May sleep. */
struct sl_dev *sl_tap_open(const char *name, const uint8_t mac[6], uint32_t mtu,
    uint16_t workers, struct sl_err *err);

/* Gives the TAP 'name' the MAC and MTU that its port has now.
 * => Role: control. */
int sl_tap_follow(
    const char *name, const uint8_t mac[6], uint32_t mtu, struct sl_err *err);

/* Gives the TAP a carrier, or takes it away: without one the kernel's routes by it
 * are dead.  A kernel without TUNSETCARRIER (before 5.0) keeps it.
 * => Role: control. */
void sl_tap_set_carrier(struct sl_dev *, bool on);

uint32_t sl_tap_ifindex(const struct sl_dev *);

#endif
