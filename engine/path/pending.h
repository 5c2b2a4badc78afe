/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets that wait for their next hop's link-layer address.
 *
 * What it is.  A small array of frame copies per worker.
 * Life cycle.  put -> sent when the mirror knows the address, or dropped after
 *   SL_PENDING_NS or when the kernel says the neighbour failed; the sender is
 *   then told "host unreachable" about what he sent, whatever was translated.
 * Who writes.  The worker that owns it.  Bounds.  SL_PENDING_MAX packets in all,
 *   SL_PENDING_PER_HOP for one next hop (as Linux's unres_qlen does in kind);
 *   the memory is taken per packet and given back.
 */
#ifndef SL_PATH_PENDING_H
#define SL_PATH_PENDING_H

#include <packet/pkt.h>

#define SL_PENDING_MAX	   256
#define SL_PENDING_PER_HOP 32
#define SL_PENDING_NS	   (3 * 1000000000ull)

struct sl_worker;

struct sl_pending_pkt {
	uint64_t give_up_ns;
	bool translated; /* its tuple is 'now', it came as pkt.tuple */
	bool answered;	 /* its sender is told when it is given up */
	struct sl_tuple now;
	struct sl_pkt pkt; /* its data is a malloc'ed copy of the frame */
};

struct sl_pending {
	uint32_t n;
	uint32_t seen_generation; /* of the neighbour table */
	uint64_t next_look_ns;
	struct sl_pending_pkt pkts[SL_PENDING_MAX];
};

/* Keeps a copy of 'pkt' (ready but for its Ethernet header) for
 * pkt->next_hop on pkt->out_port.  SL_TAKEN, or a counted drop. => Role: worker. */
enum sl_verdict sl_pending_put(struct sl_pending *, const struct sl_pkt *pkt);

/* Sends what has become sendable, drops what is overdue; cheap when nothing
 * changed.  => Role: worker. */
void sl_pending_run(struct sl_worker *);

void sl_pending_clear(struct sl_pending *);

#endif
