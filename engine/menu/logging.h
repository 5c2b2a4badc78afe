/* SPDX-License-Identifier: Apache-2.0 */
/* /system logging: the routes of base/log_route.h as items. */
#ifndef SL_MENU_LOGGING_H
#define SL_MENU_LOGGING_H

#include <menu/model.h>

extern const struct sl_menu_def sl_menu_logging;
extern const struct sl_menu_def sl_menu_logging_action;

#endif
