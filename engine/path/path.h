/* SPDX-License-Identifier: Apache-2.0 */
/* The packet's way; read path.c, which reads as design.md §4 draws it. */
#ifndef SL_PATH_PATH_H
#define SL_PATH_PATH_H

#include <path/worker.h>

/* Takes 'n' received frames (data, len, room, offload, in_port or, from the host,
 * out_port and the flag FROM_HOST set by the caller) all the way.  What is sent is
 * queued on the devices: flush before the frames are given back.
 * => Role: worker.  => In a read section. */
void sl_path_batch(struct sl_worker *, struct sl_pkt *pkts, uint32_t n);

#endif
