/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mirror without a kernel: for replays, tests and benchmarks.  Addresses and
 * routes are set from the config, and every neighbour answers, with a link-layer
 * address made from its IP address (02:00 and the last four bytes).
 */
#ifndef SL_MIRROR_STATIC_H
#define SL_MIRROR_STATIC_H

#include <mirror/state.h>

/* Registers port 'port' as a link whose index is port number + 1, with MAC
 * 02:53:4c:00:00:NN and 'mtu'.  => Role: main. */
int sl_static_add_port(struct sl_port *port, uint32_t mtu);

/* Addresses and routes go into the state and are published at once; an address
 * brings its local, broadcast and connected routes as in a kernel, and a route
 * without interface finds it through its gateway. */
extern const struct sl_mirror_backend sl_static_backend;

/* Neighbours are made up from now on. => Role: main. */
void sl_static_neighbors(bool on);

#endif
