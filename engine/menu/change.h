/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that change stored items; they run inside a transaction. */
#ifndef SL_MENU_CHANGE_H
#define SL_MENU_CHANGE_H

#include <menu/args.h>

/* Runs a bound command. */
typedef int (*sl_change_fn)(struct sl_command *, struct sl_err *);

/* The function of "add", "set", ...; NULL if the verb changes no items. */
sl_change_fn sl_change_find(const char *verb);

/* remove of virtual rows. */
int sl_change_remove_rows(struct sl_command *, struct sl_err *);

#endif
