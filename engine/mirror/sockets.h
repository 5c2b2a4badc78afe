/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ports that programs of this router serve: what TCP sockets listen on, and
 * what UDP sockets are bound to without a peer.  A translation that took one of
 * them would take packets from the program.
 *
 * What it is.  An immutable snapshot: a map of 65,536 bits for every family,
 *   protocol and address that something is bound to; what is bound to no address
 *   is in all of them.
 * Life cycle.  Built from a list of sockets (mirror/sockdiag.c asks the kernel for
 *   it), published if it is another than the last.
 * Who writes.  Control.  Who reads.  Workers, in a read section.
 * Ordering.    sl_rcu_swap pairs with the sl_rcu_read of the lookup.
 * Bounds.      8 KiB for each address with sockets of its own.
 */
#ifndef SL_MIRROR_SOCKETS_H
#define SL_MIRROR_SOCKETS_H

#include <sluice/types.h>

/* The ports with sockets at an address, a bit each; NULL: none, or not a protocol
 * that is asked about.  => In a read section. */
const uint64_t *sl_sockets_bound_rcu(
    uint8_t family, uint8_t l4proto, const struct sl_addr *addr);

struct sl_socket {
	uint8_t family, l4proto;
	uint16_t port;
	struct sl_addr addr; /* zero: all of the family */
};

/* Makes these sockets, from malloc(), the ones that are asked about.  0, or
 * -ENOMEM: the last ones stay.  => Consumes 'sockets'.  => Role: control. */
int sl_sockets_publish(struct sl_socket *sockets, uint32_t n);

/* => Role: main, no worker runs. */
void sl_sockets_fini(void);

#endif
