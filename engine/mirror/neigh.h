/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Neighbours: (port, address) to link-layer address.
 *
 * What it is.  One liburcu cds_lfht; an entry is replaced, never changed.
 * Life cycle.  Set from a netlink message (or the config of a replay), retired
 *   when replaced or deleted.
 * Who writes.  Control.  Who reads.  Workers, through mirror.h.
 * Ordering.    cds_lfht's: an entry is complete before it is reachable.
 * Bounds.      SL_NEIGH_MAX entries; the kernel's own gc keeps it far below.
 */
#ifndef SL_MIRROR_NEIGH_H
#define SL_MIRROR_NEIGH_H

#include <mirror/mirror.h>

struct sl_neigh_entry {
	uint16_t port;
	uint8_t family;
	uint8_t state; /* enum sl_neigh */
	struct sl_addr addr;
	uint8_t mac[6];
	uint16_t nud; /* the kernel's NUD_* state, for print */
};

/* => Role: main; before and after all threads. */
int sl_neigh_init(struct sl_err *err);
void sl_neigh_fini(void);

/* Adds or replaces.  -ENOSPC when SL_NEIGH_MAX is reached, -ENOMEM: then nothing
 * is known of that neighbour.  => Role: control. */
int sl_neigh_set(const struct sl_neigh_entry *entry);
/* => Role: control. */
void sl_neigh_delete(uint16_t port, uint8_t family, const struct sl_addr *addr);
void sl_neigh_clear(void);

/* A dump: begin, set each, sweep away what was not set.  Who is still there is
 * never missing in between.  => Role: control. */
void sl_neigh_begin(void);
void sl_neigh_sweep(void);

/* Calls visit() for every entry. => Role: control. */
void sl_neigh_walk(
    void (*visit)(void *arg, const struct sl_neigh_entry *), void *arg);

#endif
