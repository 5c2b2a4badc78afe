/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what a plugin brings is somebody else's already.
 * => Role of all: main or control. */
#ifndef SL_PLUGIN_CLASH_H
#define SL_PLUGIN_CLASH_H

#include <plugin/object.h>

/* No tracker of 'o' wants what another one, in it or loaded, has, but for those of
 * 'former' (NULL: nobody) which it is to replace; -EEXIST, or -ENOSPC if there is
 * no room for so many. */
int sl_clash_trackers(const struct sl_object *o, const struct sl_object *former,
    struct sl_err *err);
/* The same of helpers and their names. */
int sl_clash_helpers(const struct sl_object *o, const struct sl_object *former,
    struct sl_err *err);

#endif
