/* SPDX-License-Identifier: Apache-2.0 */
/* Visiting the rows of any menu in slices. */
#include <menu/model.h>

#include <base/control.h>
#include <menu/item.h>
#include <menu/print.h>

#include <errno.h>

struct walk {
	struct sl_menu *menu;
	sl_row_fn visit;
	void *arg;
	struct sl_cursor cursor;
	bool stopped;
};

static struct sl_row
item_row(const struct sl_item *it)
{
	return (struct sl_row){.menu = it->menu,
	    .item = it,
	    .id = it->id,
	    .number = sl_item_number(it)};
}

/* The end of a slice: output, and a turn for the others. */
static int
pause_walk(int (*between)(void *arg), void *arg)
{
	int rc = between ? between(arg) : 0;

	if (!rc)
		sl_control_yield();
	return rc;
}

/* By id, because a slice's end may let others change the list. */
static int
walk_items(struct walk *w, int (*between)(void *arg))
{
	size_t n = sl_items_count(w->menu), i = 0;
	uint64_t *ids = calloc(n + 1, sizeof(*ids));
	struct sl_item *it;
	struct sl_row row;
	int rc = 0;

	if (!ids)
		return -ENOMEM;
	SL_ITEM_EACH (it, w->menu)
		ids[i++] = it->id;
	for (i = 0; i < n && !w->stopped && !rc; i++) {
		if (i && i % SL_PRINT_SLICE == 0)
			rc = pause_walk(between, w->arg);
		it = rc ? NULL : sl_items_find(w->menu, ids[i]);
		if (!it)
			continue;
		row = item_row(it);
		w->stopped = !w->visit(&row, w->arg);
	}
	free(ids);
	return rc ? rc : between ? between(w->arg) : 0;
}

static bool
visit_numbered(const struct sl_row *row, void *arg)
{
	struct walk *w = arg;
	struct sl_row numbered = *row;

	numbered.menu = w->menu;
	numbered.number = w->cursor.number++;
	w->stopped = !w->visit(&numbered, w->arg);
	return !w->stopped;
}

static int
walk_rows(struct walk *w, int (*between)(void *arg))
{
	const struct sl_menu_def *def = w->menu->def;
	int more = 1, rc = 0;

	while (more == 1 && !rc && !w->stopped) {
		more = def->walk(
		    w->menu, &w->cursor, SL_PRINT_SLICE, visit_numbered, w);
		if (more == 1 && !w->stopped)
			rc = pause_walk(between, w->arg);
	}
	if (def->walk_end)
		def->walk_end(w->menu, &w->cursor);
	if (more < 0 || rc)
		return rc ? rc : more;
	return between ? between(w->arg) : 0;
}

int
sl_menu_walk(
    struct sl_menu *menu, sl_row_fn visit, int (*between)(void *arg), void *arg)
{
	struct walk w = {.menu = menu, .visit = visit, .arg = arg};

	if (menu->items)
		return walk_items(&w, between);
	if (menu->def && menu->def->walk)
		return walk_rows(&w, between);
	return 0;
}

struct wanted {
	uint64_t id;
	sl_row_fn visit;
	void *arg;
	bool found;
};

static bool
visit_wanted(const struct sl_row *row, void *arg)
{
	struct wanted *w = arg;

	if (row->id != w->id)
		return true;
	w->found = true;
	w->visit(row, w->arg);
	return false;
}

int
sl_menu_row(struct sl_menu *menu, uint64_t id, sl_row_fn visit, void *arg)
{
	struct wanted want = {.id = id, .visit = visit, .arg = arg};
	struct walk w = {.menu = menu, .visit = visit_wanted, .arg = &want};
	struct sl_item *it;
	struct sl_row row;
	int rc;

	if (menu->items) {
		it = sl_items_find(menu, id);
		if (!it)
			return -ENOENT;
		row = item_row(it);
		visit(&row, arg);
		return 0;
	}
	if (!menu->def || !menu->def->walk)
		return -ENOENT;
	if (menu->def->find_row) {
		w.visit = visit;
		w.arg = arg;
		return menu->def->find_row(menu, id, visit_numbered, &w);
	}
	rc = walk_rows(&w, NULL);
	return rc ? rc : want.found ? 0 : -ENOENT;
}
