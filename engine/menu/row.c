/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/row.h>

#include <menu/item.h>

#include <string.h>

/* The flags that the machinery keeps; false if 'p' is none of them. */
static bool
get_flag(
    const struct sl_item *it, const struct sl_prop *p, struct sl_value *out)
{
	static const struct {
		uint32_t prop;
		uint8_t item;
	} flags[] = {
	    {SL_PROP_INVALID, SL_ITEM_INVALID},
	    {SL_PROP_DYNAMIC, SL_ITEM_DYNAMIC},
	    {SL_PROP_BUILTIN, SL_ITEM_BUILTIN},
	};

	for (size_t i = 0; i < SL_COUNT_OF(flags); i++) {
		if (!(p->flags & flags[i].prop))
			continue;
		*out = sl_value_bool(it->flags & flags[i].item);
		return true;
	}
	return false;
}

void
sl_row_get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct sl_menu_def *def = row->menu->def;
	const struct sl_value *v;

	*out = (struct sl_value){0};
	if (!row->item || (def->props[prop].flags & SL_PROP_VIRTUAL)) {
		if (def->get)
			def->get(row, prop, out);
		return;
	}
	if (get_flag(row->item, &def->props[prop], out))
		return;
	v = sl_item_effective(row->item, prop);
	if (v)
		sl_value_copy(out, v);
}

bool
sl_row_get_named(
    const struct sl_row *row, const char *name, struct sl_value *out)
{
	int prop;

	if (strcmp(name, ".id") == 0) {
		*out = sl_value_id(row->id);
		return true;
	}
	prop = sl_menu_prop(row->menu, name, false);
	if (prop < 0) {
		*out = (struct sl_value){0};
		return false;
	}
	sl_row_get(row, (unsigned)prop, out);
	return true;
}

bool
sl_row_is(const struct sl_row *row, unsigned prop)
{
	struct sl_value v;
	bool set;

	sl_row_get(row, prop, &v);
	set = sl_value_truth(&v);
	sl_value_free(&v);
	return set;
}
