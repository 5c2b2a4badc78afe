/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items by a hash of the menu's choosing, to find duplicates: chains in a table
 * that grows.  => Role of all: control.
 */
#ifndef SL_MENU_KNOWN_ITEMS_H
#define SL_MENU_KNOWN_ITEMS_H

#include <menu/item.h>

struct sl_known_item;

struct sl_known_items { /* zero is empty */
	struct sl_known_item **buckets;
	uint32_t n_buckets, n;
};

int sl_known_items_add(struct sl_known_items *, uint64_t hash,
    struct sl_item *item); /* 0 or -ENOMEM */
/* Nothing, if it was not added under that hash. */
void sl_known_items_remove(
    struct sl_known_items *, uint64_t hash, const struct sl_item *item);
/* The first with that hash for which is_it() holds; NULL. */
struct sl_item *sl_known_items_find(const struct sl_known_items *,
    uint64_t hash, bool (*is_it)(const struct sl_item *, const void *arg),
    const void *arg);
/* Also of what is still in it. */
void sl_known_items_fini(struct sl_known_items *);

#endif
