/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stored items: an ordered list with stable ids (*1, *2, ... in hex).
 *
 * What it is.  Each item holds only the properties that were set, sorted by
 *   their index in the menu's table.
 * Life cycle.  Commands make, change and remove items inside a transaction
 *   (menu/tx.h); a menu makes its own (built-in, dynamic) with sl_item_make().
 * Who writes, who reads.  Control.
 * Ordering.    Of the list: the order that prints and rules follow.
 * Bounds.      Append, id lookup, remove: O(1).  By number: O(1) while the
 *   order is unchanged, else one O(n) renumbering.
 */
#ifndef SL_MENU_ITEM_H
#define SL_MENU_ITEM_H

#include <menu/model.h>

#define SL_ITEM_DYNAMIC 1u
#define SL_ITEM_BUILTIN 2u /* may not be removed */
#define SL_ITEM_INVALID 4u /* see sl_item_set_reason() */
#define SL_ITEM_STALE	8u /* see sl_placed_items_show() */

struct sl_item_value {
	unsigned prop;
	struct sl_value value;
};

struct sl_item {
	struct sl_menu *menu;
	uint64_t id;
	struct sl_item *prev, *next; /* in the list */
	uint32_t number;	     /* in the list; see sl_item_number() */
	uint8_t flags;		     /* SL_ITEM_* */
	bool listed;
	uint16_t n_values;
	struct sl_item_value *values; /* by prop */
	char *reason;		      /* why invalid; may be NULL even then */
	void *priv;		      /* the menu's own; not copied by set */
	struct sl_item *hash_next;    /* private */
};

/* Inspection. */
struct sl_item *sl_items_first(const struct sl_menu *);
struct sl_item *sl_items_last(const struct sl_menu *);
size_t sl_items_count(const struct sl_menu *);
struct sl_item *sl_items_find(const struct sl_menu *, uint64_t id);
struct sl_item *sl_items_at(const struct sl_menu *, uint32_t number);
struct sl_item *sl_items_named(const struct sl_menu *, const char *name);
uint32_t sl_item_number(const struct sl_item *);
/* The one item of a SETTINGS menu. */
struct sl_item *sl_item_settings(const struct sl_menu *);

#define SL_ITEM_EACH(it, menu)                                                 \
	for ((it) = sl_items_first(menu); (it); (it) = (it)->next)

/* The value that was set; NULL if unset.  Valid until the item changes. */
const struct sl_value *sl_item_get(const struct sl_item *, unsigned prop);
/* The same, or the default of the table; NULL if there is neither. */
const struct sl_value *sl_item_effective(const struct sl_item *, unsigned prop);
/* Effective value, simple forms: "" / 0 / false when unset or of another type
 * (TIME counts as a number of ns, an enum's number is its index). */
const char *sl_item_str(const struct sl_item *, unsigned prop);
int64_t sl_item_num(const struct sl_item *, unsigned prop);
bool sl_item_bool(const struct sl_item *, unsigned prop);
bool sl_item_is_disabled(const struct sl_item *);
/* Neither disabled nor invalid. */
bool sl_item_is_active(const struct sl_item *);
/* "" if there is none. */
const char *sl_item_comment(const struct sl_item *);

/* For check() and for items a menu makes itself. */

/* Sets a value (moved: NONE afterwards); NONE unsets.  0 or -ENOMEM.  Not for
 * listed items, except read-only properties from inside apply(). */
int sl_item_set(struct sl_item *, unsigned prop, struct sl_value *v);
int sl_item_set_text(
    struct sl_item *, unsigned prop, const char *text, struct sl_err *);

/* The item has no effect, and why: flag I and a ";;;" line. */
void sl_item_set_reason(struct sl_item *, const char *fmt, ...) SL_PRINTF(2, 3);
/* Valid again, unless it uses a property that is SL_PROP_WANTED: that reason
 * comes back. The machinery does this before each check(). */
void sl_item_clear_reason(struct sl_item *);

/* A new unlisted item; list it with sl_item_list(), or free it. */
struct sl_item *sl_item_make(struct sl_menu *, uint8_t flags);
void sl_item_free(struct sl_item *);

/* Lists, before 'before' (NULL: at the end), or takes off the list and frees,
 * an item of the menu's own, outside of transactions: no check(), no apply();
 * index() is called. */
int sl_item_list(struct sl_item *, struct sl_item *before, struct sl_err *);
void sl_item_drop(struct sl_item *);

/* Private to item.c and tx.c: the raw list. */
struct sl_items *sl_items_new(void);
void sl_items_free(struct sl_items *);
int sl_items_link(struct sl_item *, struct sl_item *before);
void sl_items_unlink(struct sl_item *);
struct sl_item *sl_item_clone(const struct sl_item *);
uint64_t sl_items_steps(const struct sl_menu *); /* work done, for tests */

#endif
