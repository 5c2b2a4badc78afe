/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Purging masqueraded connections of a port whose address or link went: they come
 * back as new ones with the address that is right then (RouterOS's masquerade).
 *
 * What it is.  The addresses that each port had at the last look.
 * Who writes.  Control; the owners remove (path/jobs).
 * Bounds.      One walk of the table per port that changed.
 */
#ifndef SL_PATH_PURGE_H
#define SL_PATH_PURGE_H

#include <io/port.h>
#include <path/engine.h>

struct sl_purge {
	uint64_t seen[SL_PORTS_MAX]; /* digest of addresses and link; 0: none */
};

/* Compares with the mirror and purges what changed. => Role: control.
 * => May sleep. */
void sl_purge_look(struct sl_purge *, struct sl_engine *);

#endif
