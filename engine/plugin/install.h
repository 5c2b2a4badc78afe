/* SPDX-License-Identifier: Apache-2.0 */
/* From an object to trackers and helpers at work. => Role of all: main, control. */
#ifndef SL_PLUGIN_INSTALL_H
#define SL_PLUGIN_INSTALL_H

#include <plugin/object.h>

/*
 * Registers what 'o' brings, in the place of what 'former' (NULL: nobody) has: all
 * or nothing.  Connections of a tracker with the same layout, and sessions of a
 * helper with the same private area, go on with the new one; the others finish on
 * the old one.  Slots in 'former' that nobody needs any more become 0.
 * -EEXIST: somebody else has a protocol or name; -EINVAL: another set of trackers,
 * or it does not take what is configured; -ENOSPC, -ENOMEM.
 */
int sl_install(
    struct sl_object *o, struct sl_object *former, struct sl_err *err);

/* New connections get none of its helpers.  0 or -ENOMEM. */
int sl_install_withdraw(struct sl_object *o, struct sl_err *err);

#endif
