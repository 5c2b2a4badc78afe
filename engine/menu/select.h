/* SPDX-License-Identifier: Apache-2.0 */
/* Which items a command means: numbers, ids, names, lists of them. */
#ifndef SL_MENU_SELECT_H
#define SL_MENU_SELECT_H

#include <menu/command.h>

/* Zero is empty; freed by sl_selection_free(). */
struct sl_selection {
	uint64_t *ids;
	size_t n, cap;
};

/* Adds what the argument selects.  Stored items must exist ("no such item");
 * ids of virtual rows are taken as they are. */
int sl_select(const struct sl_command *, const struct sl_arg *,
    struct sl_selection *out, struct sl_err *);

/* The "numbers" of the command; without them "missing value(s) of
 * argument(s) numbers". */
int sl_select_numbers(
    const struct sl_command *, struct sl_selection *out, struct sl_err *);

int sl_selection_add(struct sl_selection *, uint64_t id);
void sl_selection_free(struct sl_selection *);

#endif
