/* SPDX-License-Identifier: Apache-2.0 */
/* /ip firewall layer7-protocol: names for what connections look like. */
#ifndef SL_MENU_LAYER7_H
#define SL_MENU_LAYER7_H

#include <menu/model.h>

#define SL_LAYER7_PATH "/ip/firewall/layer7-protocol"

extern const struct sl_menu_def sl_menu_layer7;
extern const struct sl_ref sl_ref_layer7;

/* The expression of a name; NULL: there is no such name.  => Role: control. */
const struct sl_value *sl_layer7_regexp(struct sl_model *, const char *name);

#endif
