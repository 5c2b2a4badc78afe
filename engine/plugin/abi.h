/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every check that a plugin must pass before it is used, each with a message
 * that names file, fact, what was found and what was wanted.
 *
 * Structs of a plugin are copied into zeroed ones of ours: members that an older
 * plugin does not have are zero; a newer plugin is taken if what we do not know
 * is zero in it.
 */
#ifndef SL_PLUGIN_ABI_H
#define SL_PLUGIN_ABI_H

#include <base/error.h>
#include <sluice/helper.h>
#include <sluice/plugin.h>

#define SL_PLUGIN_TRACKERS_MAX 8 /* trackers of one plugin */
#define SL_PLUGIN_HELPERS_MAX  8

/* The descriptor, without what it brings.  => Role: main or control. */
int sl_abi_check_plugin(const char *file, const struct sl_plugin *raw,
    struct sl_plugin *out, struct sl_err *err);

/* One tracker of it. => Role: main or control. */
int sl_abi_check_tracker(const char *file, const struct sl_tracker_ops *raw,
    struct sl_tracker_ops *out, struct sl_err *err);

/* One helper of it. => Role: main or control. */
int sl_abi_check_helper(const char *file, const struct sl_helper_ops *raw,
    struct sl_helper_ops *out, struct sl_err *err);

/* The option table. => Role: main or control. */
int sl_abi_check_options(
    const char *file, const struct sl_plugin *plugin, struct sl_err *err);

#endif
