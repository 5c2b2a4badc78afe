/* SPDX-License-Identifier: Apache-2.0 */
/* /log: the lines of base/log, and commands that add one. */
#ifndef SL_MENU_LOG_H
#define SL_MENU_LOG_H

#include <menu/model.h>

extern const struct sl_menu_def sl_menu_log;

#endif
