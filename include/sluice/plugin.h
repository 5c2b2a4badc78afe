/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The descriptor of a plugin, and the one symbol it exports.
 *
 * A plugin is constant data plus pure functions: before its first packet the
 * only code of it that runs is sl_plugin_query() and check_options().  It has
 * no constructors, no writable globals and no imports but libc's.
 */
#ifndef SLUICE_PLUGIN_H
#define SLUICE_PLUGIN_H

#include <sluice/option.h>
#include <sluice/tracker.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SL_PLUGIN_MAGIC 0x534c5047u /* "SLPG" */
#define SL_ABI_MAJOR	1 /* meaning or order changed: must be equal */
#define SL_ABI_MINOR	1 /* members appended: plugin <= engine */

/* Sizes of the structs both sides lay out, folded into one word: a plugin built
 * with other packing is refused by name of this fact. */
#define SL_LAYOUT_ID                                                           \
	((uint32_t)(sizeof(struct sl_tuple) |                                  \
		    sizeof(struct sl_pkt_view) << 8 |                          \
		    sizeof(struct sl_track_out) << 16 | sizeof(void *) << 24))

struct sl_helper_ops; /* sluice/helper.h */

struct sl_plugin {
	uint32_t magic;		       /* SL_PLUGIN_MAGIC */
	uint32_t size;		       /* sizeof(struct sl_plugin) as built */
	uint16_t abi_major, abi_minor; /* SL_ABI_* as built */
	uint32_t layout;	       /* SL_LAYOUT_ID as built */
	const char *name;	       /* [a-z][a-z0-9-]{0,14} */
	const char *version, *summary;
	const struct sl_option *options; /* ended by { NULL }; may be NULL */
	uint32_t option_size;		 /* of the plugin's option struct */
	uint32_t reserved;
	const struct sl_tracker_ops *const *trackers; /* NULL-ended, or NULL */
	const struct sl_helper_ops *const *helpers;   /* NULL-ended, or NULL */
	/* Optional: cross-option checks; 0, or -EINVAL and text in 'why'. */
	int (*check_options)(const void *options, char *why, uint32_t why_size);
};

#define SL_EXPORT __attribute__((visibility("default")))

/* Fills the facts of the build; use first in the initializer. */
#define SL_PLUGIN_FACTS                                                        \
	.magic = SL_PLUGIN_MAGIC, .size = sizeof(struct sl_plugin),            \
	.abi_major = SL_ABI_MAJOR, .abi_minor = SL_ABI_MINOR,                  \
	.layout = SL_LAYOUT_ID

/* The single exported symbol.  A function, because dlsym() promises those. */
#define SL_PLUGIN(desc)                                                        \
	SL_EXPORT const struct sl_plugin *sl_plugin_query(void);               \
	const struct sl_plugin *sl_plugin_query(void)                          \
	{                                                                      \
		return &(desc);                                                \
	}

typedef const struct sl_plugin *(*sl_plugin_query_fn)(void);

#ifdef __cplusplus
}
#endif
#endif
