/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classic BPF program by which the kernel deals a port's frames out to the
 * workers' sockets (PACKET_FANOUT_CBPF).  It computes what sl_tuple_owner() of
 * conn/tuple.h computes from the tuple that the tracker will see, so that a
 * packet arrives at the worker that owns its connection:
 *
 *   TCP, UDP, UDP-Lite, SCTP, DCCP   the two ports
 *   ICMP and ICMPv6 queries          the id, and the type of the request
 *   any other IP, any fragment       the two addresses, folded
 *   anything else, or cut short      worker 0
 *
 * A wrong answer costs a hand-over, never correctness.
 */
#ifndef SL_IO_STEER_BPF_H
#define SL_IO_STEER_BPF_H

#include <stdint.h>

#include <linux/filter.h>

#define SL_STEER_BPF_MAX 128

struct sl_steer_bpf {
	uint16_t n;
	struct sock_filter insns[SL_STEER_BPF_MAX];
};

/* Writes the program for the process's hash key.  The program returns the
 * worker, below 'workers' (at least 1). */
void sl_steer_bpf_build(struct sl_steer_bpf *, uint16_t workers);

#endif
