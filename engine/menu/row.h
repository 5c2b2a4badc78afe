/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of a menu, stored item or virtual row, seen alike.  A row lives for
 * one callback: nothing in it may be kept.
 */
#ifndef SL_MENU_ROW_H
#define SL_MENU_ROW_H

#include <menu/value.h>

struct sl_menu;
struct sl_item;

struct sl_row {
	struct sl_menu *menu;
	const struct sl_item *item; /* NULL: virtual row */
	const void *data;	    /* of a virtual row: the menu's own */
	uint64_t id;
	uint32_t number; /* position in the whole menu, from 0 */
};

/* False stops the walk. */
typedef bool (*sl_row_fn)(const struct sl_row *, void *arg);

/* Where a walk stands; zero before the first slice. */
struct sl_cursor {
	uint64_t pos[6]; /* the menu's own */
	void *data;	 /* the menu's own; freed by its walk_end() */
	uint32_t number; /* the machinery's: rows so far */
};

/* The value of a property (index in the menu's table), defaults included; NONE
 * if it has none.  The caller frees it. */
void sl_row_get(const struct sl_row *, unsigned prop, struct sl_value *out);

/* By name, ".id" included (and ".nextid" is not known).  The name must be
 * complete.  False if the menu has no such property. */
bool sl_row_get_named(
    const struct sl_row *, const char *name, struct sl_value *out);

/* True if a flag property (disabled, dynamic, ...) is set. */
bool sl_row_is(const struct sl_row *, unsigned prop);

#endif
