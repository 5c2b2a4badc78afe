/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/routing_table.h>

#include <menu/item.h>
#include <mirror/mirror.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RT_TABLES "/etc/iproute2/rt_tables"

/* Numbers made of names: out of the way of those that people choose. */
#define MADE_FIRST 10000u
#define MADE_COUNT 50000u

enum { DYNAMIC, DISABLED, INVALID, NAME, FIB, KERNEL_TABLE, COMMENT, COLS };

static const struct sl_prop props[COLS] = {
    [DYNAMIC] = SL_PROP_ROW_DYNAMIC,
    [DISABLED] = SL_PROP_ROW_DISABLED,
    [INVALID] = SL_PROP_ROW_INVALID,
    [NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.help = "what routes and routing marks call it"},
    [FIB] = {.name = "fib",
	.type = &sl_type_bool,
	.flags = SL_PROP_KEEP_EMPTY | SL_PROP_COLUMN,
	.help = "its routes are for packets: they go to the kernel"},
    [KERNEL_TABLE] = {.name = "kernel-table",
	.type = &sl_type_num,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN,
	.help = "what 'ip route show table' calls it"},
    [COMMENT] = SL_PROP_ROW_COMMENT,
};

/* Numbers. */

static bool
is_reserved(uint64_t n)
{
	return n == RT_TABLE_UNSPEC || n == RT_TABLE_MAIN ||
	       n == RT_TABLE_LOCAL || n > UINT32_MAX;
}

/* Of the lines "NUMBER NAME". */
static uint32_t
number_of_tools(const char *wanted)
{
	FILE *f = fopen(RT_TABLES, "re");
	char line[256], name[64];
	unsigned long n;
	uint32_t found = 0;

	if (!f)
		return 0;
	while (!found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%lu %63s", &n, name) == 2 &&
		    strcmp(name, wanted) == 0 && !is_reserved(n))
			found = (uint32_t)n;
	fclose(f);
	return found;
}

static uint32_t
number_of_digits(const char *name)
{
	char *end;
	unsigned long n;

	if (*name < '1' || *name > '9')
		return 0;
	errno = 0;
	n = strtoul(name, &end, 10);
	return *end || errno || is_reserved(n) ? 0 : (uint32_t)n;
}

/* FNV-1a: the same number on every machine. */
static uint32_t
number_made(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return MADE_FIRST + h % MADE_COUNT;
}

static uint32_t
number_of(const char *name)
{
	uint32_t n;

	if (strcmp(name, SL_ROUTING_TABLE_MAIN) == 0)
		return SL_TABLE_MAIN;
	n = number_of_digits(name);
	if (!n)
		n = number_of_tools(name);
	return n ? n : number_made(name);
}

/* Items. */

static uint32_t
number_kept(const struct sl_item *item)
{
	return (uint32_t)(uintptr_t)item->priv;
}

static struct sl_item *
find(struct sl_model *model, const char *name)
{
	struct sl_menu *menu = sl_model_find(model, SL_ROUTING_TABLE_PATH);

	return menu && menu->items ? sl_items_named(menu, name) : NULL;
}

static struct sl_item *
find_number(struct sl_menu *menu, uint32_t number)
{
	struct sl_item *it;

	SL_ITEM_EACH (it, menu)
		if (number_kept(it) == number)
			return it;
	return NULL;
}

uint32_t
sl_routing_table_number(struct sl_model *model, const char *name)
{
	const struct sl_item *item;

	if (strcmp(name, SL_ROUTING_TABLE_MAIN) == 0)
		return SL_TABLE_MAIN;
	item = find(model, name);
	return item ? number_kept(item) : 0;
}

const char *
sl_routing_table_name(struct sl_model *model, uint32_t number)
{
	struct sl_menu *menu = sl_model_find(model, SL_ROUTING_TABLE_PATH);
	const struct sl_item *item;

	if (number == SL_TABLE_MAIN)
		return SL_ROUTING_TABLE_MAIN;
	item = menu && menu->items ? find_number(menu, number) : NULL;
	return item ? sl_item_str(item, NAME) : NULL;
}

bool
sl_routing_table_is_used(struct sl_model *model, const char *name)
{
	const struct sl_item *item;
	const struct sl_value *fib;

	if (strcmp(name, SL_ROUTING_TABLE_MAIN) == 0)
		return true;
	item = find(model, name);
	fib = item ? sl_item_get(item, FIB) : NULL;
	return fib && (fib->type != SL_VALUE_BOOL || fib->b) &&
	       sl_item_is_active(item);
}

static bool
is_known(struct sl_model *model, const struct sl_prop *p, const char *name)
{
	(void)p;
	return sl_routing_table_number(model, name) != 0;
}

static void
each_known(struct sl_model *model, const struct sl_prop *p, sl_word_fn visit,
    void *arg)
{
	struct sl_menu *menu = sl_model_find(model, SL_ROUTING_TABLE_PATH);
	struct sl_item *it;

	(void)p;
	if (!menu || !menu->items)
		return;
	SL_ITEM_EACH (it, menu)
		visit(sl_item_str(it, NAME), sl_item_comment(it), arg);
}

const struct sl_ref sl_ref_routing_table = {is_known, each_known};

static int
open_menu(struct sl_menu *menu, struct sl_err *err)
{
	struct sl_item *it = sl_item_make(menu, SL_ITEM_DYNAMIC);
	int rc;

	if (!it)
		return sl_err_set(err, -ENOMEM, "out of memory");
	it->priv = (void *)(uintptr_t)SL_TABLE_MAIN;
	rc = sl_item_set_text(it, NAME, SL_ROUTING_TABLE_MAIN, err);
	if (!rc)
		rc = sl_item_set_text(it, FIB, "yes", err);
	if (!rc)
		rc = sl_item_list(it, NULL, err);
	if (rc)
		sl_item_free(it);
	return rc;
}

/* Two names may make one number, if seldom: the next free one does. */
static uint32_t
free_number(struct sl_menu *menu, const char *name)
{
	uint32_t n = number_of(name);

	while (find_number(menu, n))
		n = n + 1 < MADE_FIRST ? MADE_FIRST : n + 1;
	return n;
}

static int
check(struct sl_menu *menu, struct sl_item *item, const struct sl_item *old,
    struct sl_err *err)
{
	const char *name = sl_item_str(item, NAME);
	struct sl_item *same = sl_items_named(menu, name);

	if (same && same != old)
		return sl_err_set(
		    err, -EEXIST, "failure: already have such entry");
	if (old) /* a table that is named anew keeps its number */
		return 0;
	if (sl_items_count(menu) > SL_ROUTING_TABLES_MAX)
		return sl_err_set(err, -ENOSPC,
		    "failure: at most %d routing tables",
		    SL_ROUTING_TABLES_MAX);
	item->priv = (void *)(uintptr_t)free_number(menu, name);
	return 0;
}

int
sl_routing_table_declare(
    struct sl_model *model, const char *name, struct sl_err *err)
{
	struct sl_menu *menu = sl_model_find(model, SL_ROUTING_TABLE_PATH);
	struct sl_item *it = sl_item_make(menu, 0);
	int rc;

	if (!it)
		return sl_err_set(err, -ENOMEM, "out of memory");
	if ((rc = sl_item_set_text(it, NAME, name, err)) ||
	    (rc = sl_item_set_text(it, FIB, "yes", err)) ||
	    (rc = check(menu, it, NULL, err)) ||
	    (rc = sl_item_list(it, NULL, err)))
		sl_item_free(it);
	return rc;
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	if (prop == KERNEL_TABLE)
		*out = sl_value_num(number_kept(row->item));
}

const struct sl_menu_def sl_menu_routing_table = {
    .path = SL_ROUTING_TABLE_PATH,
    .help = "names of routing tables",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_FOREIGN,
    .named_by = &sl_ref_routing_table,
    .props = props,
    .n_props = COLS,
    .open = open_menu,
    .check = check,
    .get = get,
};
