/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS names in address lists: the entry with the name stays, dynamic entries with
 * the addresses it has now come and go as the records' TTL says.
 *
 * What it is.  One record per entry with a name, the entry's priv.
 * Life cycle.  enter (the entry is listed) -> asked, answered, asked again after
 *   the TTL -> leave (the entry is off the list) -> its addresses go with the next
 *   step, or to the record of the same entry if it was only edited.
 * Who writes, who reads.  Control.
 * Ordering.    None needed.
 * Bounds.      ASKING_MAX questions at a time.  A step looks at every record.
 *
 * While nobody answers, the addresses of the last answer stay; a name that has
 * none (any more) loses them.
 */
#ifndef SL_MENU_ADDRESS_NAMES_H
#define SL_MENU_ADDRESS_NAMES_H

#include <menu/item.h>
#include <menu/resolver.h>

struct sl_address_name;

struct sl_address_names { /* zero is empty */
	struct sl_address_name *first;
	unsigned asking;
};

/* NULL: no memory. */
struct sl_address_name *sl_address_names_enter(
    struct sl_address_names *, struct sl_item *item);
void sl_address_names_leave(struct sl_address_name *); /* NULL: nothing */

/* Asks, drops, adopts; no open transaction.  Without a resolver the entries get
 * flag I. */
void sl_address_names_step(
    struct sl_address_names *, struct sl_menu *, struct sl_resolver *);

/* The menu closes, and with it go the entries.  The resolver must have answered
 * everything, or be gone. */
void sl_address_names_fini(struct sl_address_names *);

#endif
