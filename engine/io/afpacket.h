/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire side of a port: AF_PACKET sockets on a netdev, one per worker.
 *
 * What it is.  Per worker one raw socket with a receive ring (io/rxring) and a
 *   send batch (io/txbatch), both with virtio headers.  With more than one
 *   worker the sockets are a fanout group steered by io/steer_bpf.
 * Life cycle.  Opened on an existing netdev that is up; is_dead once that is
 *   unregistered; closed by control, and opened anew when a netdev of that name
 *   returns.  A netdev that only goes down and up needs nothing.
 * Who writes.  Each worker its own queue.
 * Who reads.   Control: counters and the dead flag.
 * Ordering.    None between queues.
 * Bounds.      SL_AFPACKET_SLOTS slots over all workers, never less than
 *   SL_AFPACKET_SLOTS_MIN each.
 *
 * Frames leave through the netdev's queueing discipline: PACKET_QDISC_BYPASS
 * would save nothing measurable (README.md), skip the admin's shaping, and drop
 * every GSO frame that a netdev without TSO needs cut in software.
 *
 * fd().  Poll for POLLIN.  POLLERR means that the netdev went down: rx() on an
 * empty ring looks after the socket's pending error every few calls and so
 * clears it; a worker never spins longer than that.
 */
#ifndef SL_IO_AFPACKET_H
#define SL_IO_AFPACKET_H

#include <io/port.h>

#define SL_AFPACKET_SLOTS     4096 /* 4 ms, a jiffy off the CPU, at 1 M/s */
#define SL_AFPACKET_SLOTS_MIN 1024

/* Opens 'netdev' of the calling thread's network namespace for 'workers'
 * workers.  Frames flow at once: the shield must be up.  NULL: see *err.
 * => Role: control. */
struct sl_dev *sl_afpacket_open(
    const char *netdev, uint16_t workers, struct sl_err *err);

/* Asks the kernel whether the netdev is still there (sl_dev_is_alive() is what
 * the workers have noticed so far).  => Role: any. */
bool sl_afpacket_is_alive(struct sl_dev *);

#endif
