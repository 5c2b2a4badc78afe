/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Out by a port: route, size, next hop, Ethernet header.
 */
#ifndef SL_PATH_FORWARD_H
#define SL_PATH_FORWARD_H

#include <path/worker.h>

/* Sets pkt->dst_type, out_port, next_hop and out_mtu from the destination address
 * as it stands, or from the next hop that a rule has forced.  Answers and drops
 * where the table says unreachable.
 * => Role: worker. */
enum sl_verdict sl_forward_route(struct sl_worker *, struct sl_pkt *);

/* TTL, scope and the forwarding switch.  => Role: worker. */
enum sl_verdict sl_forward_check(struct sl_worker *, struct sl_pkt *);

/* Can the packet leave by its port: size against the MTU, next hop not known to
 * be dead.  Sets pkt->next_hop_state and next_hop_mac.  Answers (fragmentation
 * needed, too big, host unreachable) and drops otherwise.  Before the source is
 * translated.  => Role: worker. */
enum sl_verdict sl_forward_fits(struct sl_worker *, struct sl_pkt *);

/* Cuts if needed, sends to the next hop or lets wait.  After sl_forward_fits(),
 * but for a packet from the host: the kernel has sized and resolved it, and its
 * out_mtu is 0.  => Role: worker. */
enum sl_verdict sl_forward_send(struct sl_worker *, struct sl_pkt *);

#endif
