/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One shared object: from a file to checked descriptor, trackers and helpers.
 *
 * What it is.  The file is read once, checked as bytes (plugin/elf.h), and mapped
 *   from a private copy of those very bytes: a file that is written over while it
 *   is in use breaks nothing, and opening a changed file at the same path gives
 *   the new one.
 * Life cycle.  sl_object_open() -> registered by the loader -> sl_object_close(),
 *   or sl_object_retire() once nothing leads to it.
 * Who writes, who reads.  Main or control.
 * Ordering.    None needed.
 * Bounds.      SL_OBJECT_MAX bytes of file.
 */
#ifndef SL_PLUGIN_OBJECT_H
#define SL_PLUGIN_OBJECT_H

#include <base/rcu.h>
#include <plugin/abi.h>

#define SL_OBJECT_MAX (64u << 20) /* debug facts included */

struct sl_object {
	struct sl_rcu_head head;
	char *file; /* where it came from */
	void *handle;
	int fd; /* of the private copy: keeps its name from being used again */
	struct sl_plugin plugin; /* our copy of the descriptor */
	void *options;		 /* in force; sl_options_free() */
	unsigned n_trackers, n_helpers;
	struct sl_tracker_ops trackers[SL_PLUGIN_TRACKERS_MAX];
	struct sl_helper_ops helpers[SL_PLUGIN_HELPERS_MAX];
	/* What the loader made of them. */
	uint8_t slots[SL_PLUGIN_TRACKERS_MAX];
	struct sl_helper *versions[SL_PLUGIN_HELPERS_MAX];
	/* Of what was replaced or unloaded. */
	struct sl_object *next;
	uint64_t since_ns;
};

/* NULL and 'err', which names the file, if anything is wrong with it by itself.
 * => Role: main or control.  => May sleep. */
struct sl_object *sl_object_open(const char *file, struct sl_err *err);
/* Unmaps it.  NULL is fine.  => Role: any. */
void sl_object_close(struct sl_object *);
/* The same after a grace period.  => Role: main or control. */
void sl_object_retire(struct sl_object *);

#endif
