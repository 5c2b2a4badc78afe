/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transactions: changes of items, all or nothing.
 *
 * What it is.  An undo log per model.  Commands change items at once (later
 *   commands see it) and log how to undo it; commit calls apply() once per
 *   touched menu, in order of registration, then frees the log.
 * Life cycle.  begin -> changes -> commit or rollback.  One at a time; a
 *   command that runs without an open transaction makes its own.
 * Who writes.  Control.  Nothing yields the control lock inside a command that
 *   changes items; a long load keeps other sessions out by itself (doors open
 *   after the load).
 * Who reads.   Menus see the log as the 'changes' of apply().
 * Ordering.    Undo runs in reverse.
 * Bounds.      O(changes), never O(items).
 */
#ifndef SL_MENU_TX_H
#define SL_MENU_TX_H

#include <menu/item.h>

/* -EBUSY if one is open. */
int sl_tx_begin(struct sl_model *, struct sl_err *);

/* Applies.  On failure the items of all menus are as before begin, and the
 * menus that had been applied are applied again with the former items. */
int sl_tx_commit(struct sl_model *, struct sl_err *);

/* Forgets all changes; apply() is not called. */
void sl_tx_rollback(struct sl_model *);

bool sl_tx_is_open(const struct sl_model *);

/* A point inside the transaction, to undo one failed command of many. */
size_t sl_tx_mark(const struct sl_model *);
void sl_tx_undo_to(struct sl_model *, size_t mark);

/* Changes, only inside a transaction.  On failure nothing has changed. */

/* Checks and lists 'item' => Consumes item (freed on failure). */
int sl_tx_add(struct sl_item *item, struct sl_item *before, struct sl_err *);
int sl_tx_remove(struct sl_item *, struct sl_err *);
int sl_tx_move(struct sl_item *, struct sl_item *before, struct sl_err *);
/* Gives 'item' the values of 'candidate' (a clone with changes) after check()
 * => Consumes candidate. */
int sl_tx_set(struct sl_item *item, struct sl_item *candidate, struct sl_err *);
/* apply() must run although no item changed. */
void sl_tx_touch(struct sl_menu *);

#endif
