/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/placed_items.h>

#include <base/log.h>
#include <mirror/state.h>

#include <errno.h>

int
sl_placed_items_open(struct sl_menu *menu, size_t size,
    int (*put)(bool add, const void *record, struct sl_err *),
    struct sl_err *err)
{
	menu->priv = sl_placed_new(size, put);
	return menu->priv ? 0 : sl_err_set(err, -ENOMEM, "out of memory");
}

void
sl_placed_items_close(struct sl_menu *menu)
{
	if (menu->priv)
		sl_placed_clear(menu->priv);
	sl_placed_free(menu->priv);
}

int
sl_placed_items_apply(struct sl_menu *menu, sl_placed_item_fn to_kernel,
    void *record, struct sl_err *err)
{
	struct sl_item *item;
	int rc = 0;

	if (!sl_mirror_backend)
		return 0;
	sl_placed_begin(menu->priv);
	SL_ITEM_EACH (item, menu)
		if (!rc && sl_item_is_active(item) &&
		    !(item->flags & SL_ITEM_DYNAMIC) && to_kernel(item, record))
			rc = sl_placed_want(menu->priv, record, err);
	return rc ? rc : sl_placed_commit(menu->priv, err);
}

void
sl_placed_items_refresh(struct sl_menu *menu,
    bool (*is_lost)(void *arg, const void *record), const char *log_topic)
{
	struct sl_item *item;
	struct sl_err err = {0};

	sl_placed_forget(menu->priv, is_lost, NULL);
	if (menu->def->apply(menu, NULL, &err))
		sl_log(SL_LOG_ERROR, log_topic, "%s", err.text);
	SL_ITEM_EACH (item, menu)
		if (item->flags & SL_ITEM_DYNAMIC)
			item->flags |= SL_ITEM_STALE;
}

static bool
says_same(const struct sl_item *a, const struct sl_item *b)
{
	bool same = a->priv == b->priv;

	for (unsigned i = 0; i < a->menu->def->n_props && same; i++) {
		const struct sl_value *va = sl_item_get(a, i);
		const struct sl_value *vb = sl_item_get(b, i);

		same = va && vb ? sl_value_compare(va, SL_COMPARE_EQ, vb)
				: va == vb;
	}
	return same;
}

/* The kernel lists in much the same order every time: the search goes on from
 * where the one before ended. */
void
sl_placed_items_show(struct sl_item *candidate, struct sl_item **at)
{
	struct sl_item *first = sl_items_first(candidate->menu);
	struct sl_item *from = *at ? *at : first, *item = from;
	struct sl_err err = {0};

	for (bool wrapped = false; item && !(wrapped && item == from);) {
		if ((item->flags & SL_ITEM_STALE) &&
		    says_same(item, candidate)) {
			item->flags &= (uint8_t)~SL_ITEM_STALE;
			*at = item->next;
			sl_item_free(candidate);
			return;
		}
		item = item->next;
		if (!item && !wrapped) {
			wrapped = true;
			item = first;
		}
	}
	if (sl_item_list(candidate, NULL, &err))
		sl_item_free(candidate);
}

void
sl_placed_items_sweep(struct sl_menu *menu)
{
	struct sl_item *item = sl_items_first(menu), *next;

	for (; item; item = next) {
		next = item->next;
		if (item->flags & SL_ITEM_STALE)
			sl_item_drop(item);
	}
}
