/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items that name other items: a rule its interface list, an address its
 * interface.  What is named may not go, and a new name is followed.
 *
 * A menu whose items are named so says by which kind of reference
 * (sl_menu_def.named_by); the references are found in the tables of all menus.
 */
#ifndef SL_MENU_REFERENCE_H
#define SL_MENU_REFERENCE_H

#include <menu/item.h>

/* -EBUSY if a stored item names 'it', which is about to be removed.
 * => Role: control. */
int sl_reference_check(const struct sl_item *it, struct sl_err *);

/* What named 'it' by its former name names it by the present one; inside of a
 * transaction.  => Role: control. */
int sl_reference_follow(
    const struct sl_item *it, const char *former, struct sl_err *);

#endif
