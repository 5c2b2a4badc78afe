/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/item.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BUCKETS_MIN 16

struct sl_items {
	struct sl_item *first, *last;
	size_t n;
	uint64_t next_id;

	struct sl_item **buckets; /* by id; a power of two */
	size_t n_buckets;

	/* order[i]->number == i for i < n_ordered; the rest of the list is
	 * renumbered on demand. */
	struct sl_item **order;
	size_t order_cap, n_ordered;

	uint64_t steps;
};

struct sl_items *
sl_items_new(void)
{
	struct sl_items *items = calloc(1, sizeof(*items));

	if (!items)
		return NULL;
	items->buckets = calloc(BUCKETS_MIN, sizeof(*items->buckets));
	if (!items->buckets) {
		free(items);
		return NULL;
	}
	items->n_buckets = BUCKETS_MIN;
	items->next_id = 1;
	return items;
}

void
sl_items_free(struct sl_items *items)
{
	struct sl_item *it, *next;

	if (!items)
		return;
	for (it = items->first; it; it = next) {
		next = it->next;
		sl_item_free(it);
	}
	free(items->buckets);
	free(items->order);
	free(items);
}

struct sl_item *
sl_items_first(const struct sl_menu *menu)
{
	return menu->items ? menu->items->first : NULL;
}

struct sl_item *
sl_items_last(const struct sl_menu *menu)
{
	return menu->items ? menu->items->last : NULL;
}

size_t
sl_items_count(const struct sl_menu *menu)
{
	return menu->items ? menu->items->n : 0;
}

uint64_t
sl_items_steps(const struct sl_menu *menu)
{
	return menu->items->steps;
}

struct sl_item *
sl_item_settings(const struct sl_menu *menu)
{
	return sl_items_first(menu);
}

struct sl_item *
sl_items_find(const struct sl_menu *menu, uint64_t id)
{
	struct sl_items *items = menu->items;
	struct sl_item *it;

	if (!items)
		return NULL;
	it = items->buckets[id & (items->n_buckets - 1)];
	for (; it && it->id != id; it = it->hash_next)
		items->steps++;
	return it;
}

/* Brings order[] up to date; false if memory was refused. */
static bool
renumber(struct sl_items *items)
{
	struct sl_item **grown, *it;
	size_t cap;

	if (items->n > items->order_cap) {
		cap = SL_MAX(items->n * 2, (size_t)BUCKETS_MIN);
		grown = realloc(items->order, cap * sizeof(*grown));
		if (!grown)
			return false;
		items->order = grown;
		items->order_cap = cap;
	}
	it = items->n_ordered ? items->order[items->n_ordered - 1]->next
			      : items->first;
	for (; it; it = it->next) {
		it->number = (uint32_t)items->n_ordered;
		items->order[items->n_ordered++] = it;
		items->steps++;
	}
	return true;
}

struct sl_item *
sl_items_at(const struct sl_menu *menu, uint32_t number)
{
	struct sl_items *items = menu->items;

	if (!items || number >= items->n)
		return NULL;
	if (number >= items->n_ordered && !renumber(items))
		return NULL;
	return items->order[number];
}

uint32_t
sl_item_number(const struct sl_item *it)
{
	struct sl_items *items = it->menu->items;

	if (it->number < items->n_ordered && items->order[it->number] == it)
		return it->number;
	return renumber(items) ? it->number : 0;
}

struct sl_item *
sl_items_named(const struct sl_menu *menu, const char *name)
{
	int prop = sl_menu_prop_flagged(menu, SL_PROP_NAME);
	struct sl_item *it;

	if (prop < 0)
		return NULL;
	SL_ITEM_EACH (it, menu) {
		menu->items->steps++;
		if (strcmp(sl_item_str(it, (unsigned)prop), name) == 0)
			return it;
	}
	return NULL;
}

static void
hash_insert(struct sl_items *items, struct sl_item *it)
{
	struct sl_item **b = &items->buckets[it->id & (items->n_buckets - 1)];

	it->hash_next = *b;
	*b = it;
}

/* Ids count up, so buckets fill evenly; growing may fail without harm. */
static void
hash_grow(struct sl_items *items)
{
	size_t n = items->n_buckets * 2;
	struct sl_item **grown = calloc(n, sizeof(*grown)), *it;

	if (!grown)
		return;
	free(items->buckets);
	items->buckets = grown;
	items->n_buckets = n;
	for (it = items->first; it; it = it->next) {
		hash_insert(items, it);
		items->steps++;
	}
}

int
sl_items_link(struct sl_item *it, struct sl_item *before)
{
	struct sl_items *items = it->menu->items;
	uint32_t at = before ? before->number : 0;

	if (items->n >= UINT32_MAX)
		return -ENOSPC;
	if (items->n >= items->n_buckets)
		hash_grow(items);
	/* Numbers from here on are stale. */
	if (before && at < items->n_ordered && items->order[at] == before)
		items->n_ordered = at;
	it->next = before;
	it->prev = before ? before->prev : items->last;
	*(it->prev ? &it->prev->next : &items->first) = it;
	*(before ? &before->prev : &items->last) = it;
	hash_insert(items, it);
	items->n++;
	it->listed = true;
	return 0;
}

void
sl_items_unlink(struct sl_item *it)
{
	struct sl_items *items = it->menu->items;
	struct sl_item **b = &items->buckets[it->id & (items->n_buckets - 1)];

	for (; *b != it; b = &(*b)->hash_next)
		items->steps++;
	*b = it->hash_next;
	if (it->number < items->n_ordered && items->order[it->number] == it)
		items->n_ordered = it->number;
	*(it->prev ? &it->prev->next : &items->first) = it->next;
	*(it->next ? &it->next->prev : &items->last) = it->prev;
	it->prev = it->next = it->hash_next = NULL;
	items->n--;
	it->listed = false;
}

struct sl_item *
sl_item_make(struct sl_menu *menu, uint8_t flags)
{
	struct sl_item *it = calloc(1, sizeof(*it));

	if (!it)
		return NULL;
	it->menu = menu;
	it->flags = flags;
	it->id = menu->items->next_id++;
	return it;
}

void
sl_item_free(struct sl_item *it)
{
	if (!it)
		return;
	for (unsigned i = 0; i < it->n_values; i++)
		sl_value_free(&it->values[i].value);
	free(it->values);
	free(it->reason);
	free(it);
}

struct sl_item *
sl_item_clone(const struct sl_item *from)
{
	struct sl_item *it = calloc(1, sizeof(*it));
	struct sl_value v;

	if (!it)
		return NULL;
	it->menu = from->menu;
	it->id = from->id;
	it->flags = from->flags & (uint8_t)~SL_ITEM_INVALID;
	for (unsigned i = 0; i < from->n_values; i++) {
		if (sl_value_copy(&v, &from->values[i].value) ||
		    sl_item_set(it, from->values[i].prop, &v)) {
			sl_item_free(it);
			return NULL;
		}
	}
	return it;
}

/* Where the value of 'prop' is, or would be. */
static unsigned
find_value(const struct sl_item *it, unsigned prop)
{
	unsigned i = 0;

	while (i < it->n_values && it->values[i].prop < prop)
		i++;
	return i;
}

const struct sl_value *
sl_item_get(const struct sl_item *it, unsigned prop)
{
	unsigned i = find_value(it, prop);

	if (i == it->n_values || it->values[i].prop != prop)
		return NULL;
	return &it->values[i].value;
}

const struct sl_value *
sl_item_effective(const struct sl_item *it, unsigned prop)
{
	const struct sl_value *v = sl_item_get(it, prop);

	if (!v && it->menu->defaults[prop].type != SL_VALUE_NONE)
		v = &it->menu->defaults[prop];
	return v;
}

const char *
sl_item_str(const struct sl_item *it, unsigned prop)
{
	const struct sl_value *v = sl_item_effective(it, prop);

	return v && v->type == SL_VALUE_STR ? v->str.s : "";
}

int64_t
sl_item_num(const struct sl_item *it, unsigned prop)
{
	const struct sl_value *v = sl_item_effective(it, prop);

	if (!v)
		return 0;
	switch (v->type) {
	case SL_VALUE_NUM:
	case SL_VALUE_TIME:
		return v->num;
	case SL_VALUE_BOOL:
		return v->b;
	case SL_VALUE_STR:
		return v->index;
	default:
		return 0;
	}
}

bool
sl_item_bool(const struct sl_item *it, unsigned prop)
{
	const struct sl_value *v = sl_item_effective(it, prop);

	return v && v->type == SL_VALUE_BOOL && v->b;
}

bool
sl_item_is_disabled(const struct sl_item *it)
{
	int prop = sl_menu_prop_flagged(it->menu, SL_PROP_DISABLED);

	return prop >= 0 && sl_item_bool(it, (unsigned)prop);
}

bool
sl_item_is_active(const struct sl_item *it)
{
	return !(it->flags & SL_ITEM_INVALID) && !sl_item_is_disabled(it);
}

const char *
sl_item_comment(const struct sl_item *it)
{
	int prop = sl_menu_prop_flagged(it->menu, SL_PROP_COMMENT);

	return prop >= 0 ? sl_item_str(it, (unsigned)prop) : "";
}

int
sl_item_set(struct sl_item *it, unsigned prop, struct sl_value *v)
{
	unsigned i = find_value(it, prop);
	bool present = i < it->n_values && it->values[i].prop == prop;
	struct sl_item_value *grown;
	size_t behind = (it->n_values - i) * sizeof(*grown);

	if (present && v->type != SL_VALUE_NONE) {
		sl_value_free(&it->values[i].value);
	} else if (present) {
		sl_value_free(&it->values[i].value);
		it->n_values--;
		memmove(&it->values[i], &it->values[i + 1],
		    behind - sizeof(*grown));
		return 0;
	} else if (v->type == SL_VALUE_NONE) {
		return 0;
	} else {
		grown =
		    realloc(it->values, (it->n_values + 1u) * sizeof(*grown));
		if (!grown) {
			sl_value_free(v);
			return -ENOMEM;
		}
		it->values = grown;
		memmove(&grown[i + 1], &grown[i], behind);
		it->n_values++;
	}
	it->values[i] = (struct sl_item_value){prop, *v};
	*v = (struct sl_value){0};
	return 0;
}

int
sl_item_set_text(
    struct sl_item *it, unsigned prop, const char *text, struct sl_err *err)
{
	struct sl_value v;
	int rc;

	rc = sl_prop_parse(it->menu->model, &it->menu->def->props[prop], text,
	    strlen(text), &v, err);
	if (rc)
		return rc;
	rc = sl_item_set(it, prop, &v);
	return rc ? sl_err_set(err, rc, "failure: out of memory") : 0;
}

void
sl_item_set_reason(struct sl_item *it, const char *fmt, ...)
{
	va_list ap;

	free(it->reason);
	it->flags |= SL_ITEM_INVALID;
	va_start(ap, fmt);
	if (vasprintf(&it->reason, fmt, ap) < 0)
		it->reason = NULL;
	va_end(ap);
}

void
sl_item_clear_reason(struct sl_item *it)
{
	const struct sl_prop *p;

	free(it->reason);
	it->reason = NULL;
	it->flags &= (uint8_t)~SL_ITEM_INVALID;
	for (unsigned i = 0; i < it->n_values; i++) {
		p = &it->menu->def->props[it->values[i].prop];
		if (p->flags & SL_PROP_WANTED) {
			sl_item_set_reason(it, "%s is not supported", p->name);
			return;
		}
	}
}

int
sl_item_list(struct sl_item *it, struct sl_item *before, struct sl_err *err)
{
	struct sl_menu *menu = it->menu;
	int rc;

	rc = sl_items_link(it, before);
	if (rc)
		return sl_err_set(err, rc, "failure: too many items");
	if (menu->def->index && (rc = menu->def->index(menu, it, true, err)))
		sl_items_unlink(it);
	return rc;
}

void
sl_item_drop(struct sl_item *it)
{
	struct sl_menu *menu = it->menu;

	if (menu->def->index)
		menu->def->index(menu, it, false, NULL);
	sl_items_unlink(it);
	sl_item_free(it);
}
