/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins that come, change and go while traffic flows.
 *
 * What it is.  What was replaced or unloaded stays mapped while a session has one of
 *   its helpers or a connection one of its trackers: a list of such objects, and a
 *   walk over the connections in slices.
 * Life cycle.  loaded -> replaced or unloaded (outgoing) -> unused -> cut off from
 *   what leads to it -> grace period -> still unused -> unmapped.
 * Who writes, who reads.  Control.
 * Ordering.    RCU, of what plugin/install.h publishes.
 * Bounds.      A slice a tick.
 */
#ifndef SL_PLUGIN_RELOAD_H
#define SL_PLUGIN_RELOAD_H

#include <conn/table.h>

/* Loads one more file, or again the one at the path of a refused or unloaded one.
 * 'name' (optional) is set to the plugin's.  A refusal leaves everything as it is.
 * => Role: control.  => May sleep. */
int sl_plugins_add(const char *file, const char **name, struct sl_err *err);

/* Takes the file of plugin 'name' again, checked as at the start; on failure the old
 * one goes on.  -ENOENT: there is no such plugin.
 * => Role: control.  => May sleep. */
int sl_plugins_reload(const char *name, struct sl_err *err);

/* Takes the helpers of 'name' out of use; sessions finish on them.  -EBUSY: it
 * brings trackers.  => Role: control. */
int sl_plugins_remove(const char *name, struct sl_err *err);

/* Looks at a slice of the connections, and unmaps what is no longer used.
 * => Role: control.  => May sleep. */
void sl_plugins_tick(struct sl_table *, uint64_t now_ns);

#endif
