/* SPDX-License-Identifier: Apache-2.0 */
/* Every menu of the router, in the order in which changes are applied. */
#ifndef SL_MENU_REGISTRY_H
#define SL_MENU_REGISTRY_H

#include <menu/model.h>

extern const struct sl_menu_def *const sl_menu_registry[]; /* NULL-ended */

#endif
