/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Menus whose items stand in the kernel: addresses, routes.  menu->priv is the
 * set of what was put there (mirror/placed); dynamic items are what others did.
 */
#ifndef SL_MENU_PLACED_ITEMS_H
#define SL_MENU_PLACED_ITEMS_H

#include <menu/item.h>
#include <mirror/placed.h>

/* The item as the kernel takes it; false while that is not possible. */
typedef bool (*sl_placed_item_fn)(const struct sl_item *, void *record);

/* For the menu's open() and close(): records of 'size' bytes, and put() as
 * sl_placed_new() has it.  => Role: control. */
int sl_placed_items_open(struct sl_menu *, size_t size,
    int (*put)(bool add, const void *record, struct sl_err *), struct sl_err *);
void sl_placed_items_close(struct sl_menu *);

/* The kernel gets what active items say and loses what none says any more;
 * nothing in a replay.  'record' is room for one.  => Role: control. */
int sl_placed_items_apply(struct sl_menu *, sl_placed_item_fn to_kernel,
    void *record, struct sl_err *);

/* After the kernel changed, in this order: refresh puts back what 'is_lost' says
 * is gone, show is told each dynamic item that there now is, and sweep takes off
 * those that were not told.  An item that was there keeps its id: show frees a
 * candidate that says the same.  => Role: control.  => Consumes candidate. */
void sl_placed_items_refresh(struct sl_menu *,
    bool (*is_lost)(void *arg, const void *record), const char *log_topic);
void sl_placed_items_show(struct sl_item *candidate, struct sl_item **at);
void sl_placed_items_sweep(struct sl_menu *);

#endif
