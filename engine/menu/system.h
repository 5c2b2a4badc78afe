/* SPDX-License-Identifier: Apache-2.0 */
/* /system identity, /system resource and /system clock. */
#ifndef SL_MENU_SYSTEM_H
#define SL_MENU_SYSTEM_H

#include <menu/model.h>

extern const struct sl_menu_def sl_menu_system_identity;
extern const struct sl_menu_def sl_menu_system_resource;
extern const struct sl_menu_def sl_menu_system_clock;

/* The router's name, for prompts; valid until it is set again. */
const char *sl_system_identity(struct sl_model *);

#endif
