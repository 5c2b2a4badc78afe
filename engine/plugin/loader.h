/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins: from folders of shared objects to registered trackers and helpers.
 *
 * What it is.  A list of what was found, loaded or refused with the reason.
 * Life cycle.  sl_plugins_load() before the workers; sl_plugins_unload() after
 *   them.  Nothing is half-loaded: a file is taken whole or refused.
 * Who writes.  Main; control.
 * Who reads.   Main and control (menus).
 * Ordering.    None: only what it registers is seen by workers.
 * Bounds.      SL_PLUGINS_MAX files.
 */
#ifndef SL_PLUGIN_LOADER_H
#define SL_PLUGIN_LOADER_H

#include <base/error.h>
#include <sluice/plugin.h>

#define SL_PLUGINS_MAX 64

struct sl_object;

struct sl_plugin_info {
	const char *file;
	const char *name; /* its own; of the file, in a refused one */
	const char *version, *summary;	/* NULL in a refused one */
	const char *why;		/* NULL in a loaded one */
	const struct sl_object *object; /* NULL in a refused one */
	bool is_outgoing; /* replaced or unloaded, and still used */
};

/*
 * Loads DIR/trackers/NAME.so and DIR/helpers/NAME.so of every name, in the order
 * of names; 'dir' NULL is ../lib/sluice as seen from the program's own folder.
 * What a file brings does not depend on where it lies.  Then publishes the tracking
 * settings with the defaults of what is loaded.
 *
 * 0, or -errno and in 'err' the first thing that went wrong: -ENOENT no folder of
 * trackers or nothing in it (helpers may be missing), -EACCES somebody else may
 * write there, -EINVAL a file was refused.  The others are loaded all the same; who
 * wants all or nothing unloads.  Every refusal is logged.
 * => Role: main.  => May sleep.
 */
int sl_plugins_load(const char *dir, struct sl_err *err);

/* One file, and of the default folder's trackers those that do not want what it
 * has: for who looks at one plugin.  0 if the file was taken, else as above.
 * => Role: main.  => May sleep. */
int sl_plugins_load_one(const char *file, struct sl_err *err);

/* 0 if there is a tracker for all that RouterOS tracks (tcp, udp, icmp, icmpv6 and
 * the rest); else -ENOENT, and 'err' names the first that is missing.
 * => Role: main. */
int sl_plugins_lack(struct sl_err *err);

/* Forgets trackers, helpers and settings and unmaps the files.  No worker runs, no
 * connection lives, and the caller is an offline RCU thread.
 * => Role: main.  => May sleep. */
void sl_plugins_unload(void);

/* The loaded plugin of that name; NULL.  => Role: main or control. */
struct sl_object *sl_plugins_find(const char *name);

/* The 'n'th file found, then what was replaced and is still used; false at the end.  => Role: main or control. */
bool sl_plugins_at(unsigned n, struct sl_plugin_info *info);

#endif
