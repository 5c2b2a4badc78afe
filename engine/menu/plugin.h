/* SPDX-License-Identifier: Apache-2.0 */
/* /system sluice plugin and what can be set of plugins. */
#ifndef SL_MENU_PLUGIN_H
#define SL_MENU_PLUGIN_H

#include <menu/model.h>

extern const struct sl_menu_def sl_menu_plugin;	       /* plugin.c */
extern const struct sl_menu_def sl_menu_plugin_option; /* plugin_option.c */

/* A plugin came, changed or went: its rows follow.  => Role: control. */
int sl_plugin_option_refresh(struct sl_model *, struct sl_err *);

#endif
