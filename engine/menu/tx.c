/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/tx.h>

#include <base/log.h>

#include <errno.h>
#include <string.h>

/* A change and how to undo it. */
struct logged {
	struct sl_menu *menu; /* the item may be gone when it is forgotten */
	struct sl_change change;
	struct logged *prev;	 /* of all menus, latest first */
	struct sl_change **slot; /* what the menu's list ended with */
	struct sl_item *saved;	 /* SET: holds the former values */
	uint64_t before_id;	 /* REMOVE, MOVE: stood before this; 0: last */
};

struct sl_tx {
	struct logged *last;
	size_t n;
};

static int
index_item(struct sl_item *it, bool in, struct sl_err *err)
{
	struct sl_menu *menu = it->menu;

	return menu->def->index ? menu->def->index(menu, it, in, err) : 0;
}

bool
sl_tx_is_open(const struct sl_model *model)
{
	return model->tx != NULL;
}

size_t
sl_tx_mark(const struct sl_model *model)
{
	return model->tx->n;
}

int
sl_tx_begin(struct sl_model *model, struct sl_err *err)
{
	if (model->tx)
		return sl_err_set(
		    err, -EBUSY, "failure: another change is under way");
	model->tx = calloc(1, sizeof(*model->tx));
	if (!model->tx)
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	for (unsigned i = 0; i < model->n_menus; i++) {
		struct sl_menu *menu = model->menus[i];

		menu->touched = menu->applied = false;
		menu->changes = NULL;
		menu->changes_end = &menu->changes;
	}
	return 0;
}

static struct logged *
log_change(enum sl_change_op op, struct sl_item *it)
{
	struct sl_menu *menu = it->menu;
	struct sl_tx *tx = menu->model->tx;
	struct logged *l = calloc(1, sizeof(*l));

	SL_ASSERT(tx);
	if (!l)
		return NULL;
	l->menu = menu;
	l->change.op = op;
	l->change.item = it;
	l->before_id = it->next ? it->next->id : 0;
	l->prev = tx->last;
	l->slot = menu->changes_end;
	*menu->changes_end = &l->change;
	menu->changes_end = &l->change.next;
	tx->last = l;
	tx->n++;
	return l;
}

/* Takes the latest change off all lists. */
static struct logged *
unlog(struct sl_tx *tx)
{
	struct logged *l = tx->last;

	tx->last = l->prev;
	tx->n--;
	*l->slot = NULL;
	l->menu->changes_end = l->slot;
	return l;
}

static void
swap_values(struct sl_item *a, struct sl_item *b)
{
	struct sl_item was = *a;

	a->values = b->values;
	a->n_values = b->n_values;
	a->reason = b->reason;
	a->flags = b->flags;
	b->values = was.values;
	b->n_values = was.n_values;
	b->reason = was.reason;
	b->flags = was.flags;
}

static void
undo(struct logged *l)
{
	struct sl_item *it = l->change.item;
	struct sl_menu *menu = it->menu;

	switch (l->change.op) {
	case SL_CHANGE_ADD:
		index_item(it, false, NULL);
		sl_items_unlink(it);
		sl_item_free(it);
		break;
	case SL_CHANGE_REMOVE:
		sl_items_link(it, sl_items_find(menu, l->before_id));
		index_item(it, true, NULL);
		break;
	case SL_CHANGE_SET:
		index_item(it, false, NULL);
		swap_values(it, l->saved);
		index_item(it, true, NULL);
		sl_item_free(l->saved);
		break;
	case SL_CHANGE_MOVE:
		sl_items_unlink(it);
		sl_items_link(it, sl_items_find(menu, l->before_id));
		break;
	}
	free(l);
}

void
sl_tx_undo_to(struct sl_model *model, size_t mark)
{
	while (model->tx->n > mark)
		undo(unlog(model->tx));
}

/* The log of a transaction that stays done. */
static void
forget(struct sl_model *model)
{
	struct logged *l;

	while (model->tx->n) {
		l = unlog(model->tx);
		if (l->change.op == SL_CHANGE_REMOVE)
			sl_item_free(l->change.item);
		sl_item_free(l->saved);
		free(l);
	}
	free(model->tx);
	model->tx = NULL;
}

void
sl_tx_rollback(struct sl_model *model)
{
	sl_tx_undo_to(model, 0);
	forget(model);
}

/* Does something that 'menu' is compiled from change? */
static bool
depends_on_touched(const struct sl_menu *menu)
{
	const char *const *d = menu->def->depends;
	struct sl_menu *other;

	for (; d && *d; d++) {
		other = sl_model_find(menu->model, *d);
		if (other && other->touched)
			return true;
	}
	return false;
}

static int
apply_menu(struct sl_menu *menu, struct sl_err *err)
{
	const struct sl_change *changes = menu->touched ? NULL : menu->changes;

	if (depends_on_touched(menu)) {
		menu->touched = true;
		changes = NULL;
	}
	if (!menu->touched && !menu->changes)
		return 0;
	menu->touched = true;
	if (!menu->def->apply)
		return 0;
	menu->applied = true;
	return menu->def->apply(menu, changes, err);
}

static void
apply_former(struct sl_model *model)
{
	struct sl_err err;

	for (unsigned i = 0; i < model->n_menus; i++) {
		struct sl_menu *menu = model->menus[i];

		err = (struct sl_err){0};
		if (menu->applied && menu->def->apply(menu, NULL, &err))
			sl_log(SL_LOG_ERROR, "system",
			    "%s: former state could not be restored: %s",
			    menu->path, err.text);
	}
}

int
sl_tx_commit(struct sl_model *model, struct sl_err *err)
{
	int rc = 0;

	for (unsigned i = 0; i < model->n_menus && !rc; i++)
		rc = apply_menu(model->menus[i], err);
	if (rc) {
		sl_tx_undo_to(model, 0);
		apply_former(model);
	}
	forget(model);
	return rc;
}

static int
judge(struct sl_item *it, const struct sl_item *old, struct sl_err *err)
{
	struct sl_menu *menu = it->menu;

	sl_item_clear_reason(it);
	return menu->def->check ? menu->def->check(menu, it, old, err) : 0;
}

static int
no_memory(struct sl_err *err)
{
	return sl_err_set(err, -ENOMEM, "failure: out of memory");
}

int
sl_tx_add(struct sl_item *it, struct sl_item *before, struct sl_err *err)
{
	int rc;

	rc = judge(it, NULL, err);
	if (rc)
		goto out_free;
	rc = sl_items_link(it, before);
	if (rc) {
		sl_err_set(err, rc, "failure: too many items");
		goto out_free;
	}
	rc = index_item(it, true, err);
	if (rc)
		goto out_unlink;
	if (log_change(SL_CHANGE_ADD, it))
		return 0;
	rc = no_memory(err);
	index_item(it, false, NULL);
out_unlink:
	sl_items_unlink(it);
out_free:
	sl_item_free(it);
	return rc;
}

int
sl_tx_remove(struct sl_item *it, struct sl_err *err)
{
	if (!log_change(SL_CHANGE_REMOVE, it))
		return no_memory(err);
	index_item(it, false, NULL);
	sl_items_unlink(it);
	return 0;
}

int
sl_tx_move(struct sl_item *it, struct sl_item *before, struct sl_err *err)
{
	if (before == it || before == it->next)
		return 0;
	if (!log_change(SL_CHANGE_MOVE, it))
		return no_memory(err);
	sl_items_unlink(it);
	return sl_items_link(it, before);
}

int
sl_tx_set(struct sl_item *it, struct sl_item *candidate, struct sl_err *err)
{
	struct logged *l;
	int rc;

	rc = judge(candidate, it, err);
	if (rc)
		goto out_free;
	l = log_change(SL_CHANGE_SET, it);
	if (!l) {
		rc = no_memory(err);
		goto out_free;
	}
	index_item(it, false, NULL);
	swap_values(it, candidate);
	rc = index_item(it, true, err);
	if (!rc) {
		l->saved = candidate;
		return 0;
	}
	swap_values(it, candidate);
	index_item(it, true, NULL);
	free(unlog(it->menu->model->tx));
out_free:
	sl_item_free(candidate);
	return rc;
}

void
sl_tx_touch(struct sl_menu *menu)
{
	menu->touched = true;
}
