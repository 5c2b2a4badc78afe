/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /system sluice counters: every counter and every reason for which a packet was
 * dropped or found invalid, by name.  Ours; RouterOS has nothing like it.
 */
#include <menu/engine_menus.h>

#include <base/drop.h>
#include <track/trackers.h>

#include <errno.h>
#include <string.h>

enum col { KIND, NAME, COUNT, MEANING, COLS };

static const struct sl_prop props[COLS] = {
    [KIND] = {.name = "kind",
	.type = &sl_type_name,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN,
	.help = "counter, drop, or the tracker that found it invalid"},
    [NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN,
	.help = "what was counted"},
    [COUNT] = {.name = "count",
	.type = &sl_type_count,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN,
	.help = "how often since start"},
    [MEANING] = {.name = "meaning",
	.type = &sl_type_name,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN,
	.help = "in a few words"},
};

struct line {
	const char *kind, *name, *meaning;
	uint64_t count;
};

/* Line 'n' of the list: counters, then drops, then the trackers' reasons. */
static bool
line_at(uint64_t n, struct line *line)
{
	*line = (struct line){.meaning = ""};
	if (n < SL_COUNTER_DROPS) {
		line->kind = "counter";
		line->name = sl_counter_name((enum sl_counter)n);
		line->meaning = sl_counter_help((enum sl_counter)n);
		line->count = sl_counter_sum((unsigned)n);
		return true;
	}
	n -= SL_COUNTER_DROPS;
	if (n < SL_DROP_N) {
		line->kind = "drop";
		line->name = sl_drop_name((enum sl_drop_reason)n);
		line->meaning = sl_drop_help((enum sl_drop_reason)n);
		line->count = sl_counter_sum(SL_COUNTER_DROPS + (unsigned)n);
		return true;
	}
	line->meaning = "packets found invalid";
	return sl_trackers_reason_at(
	    (unsigned)(n - SL_DROP_N), &line->kind, &line->name, &line->count);
}

static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max, sl_row_fn fn,
    void *arg)
{
	struct line line;

	while (max--) {
		struct sl_row row = {
		    .menu = menu, .data = &line, .id = cursor->pos[0] + 1};

		if (!line_at(cursor->pos[0]++, &line) || !fn(&row, arg))
			return 0;
	}
	return 1;
}

/* Names may be a plugin's, which may be gone before the value is. */
static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct line *line = row->data;

	switch (prop) {
	case KIND:
		sl_value_str(out, line->kind, strlen(line->kind));
		break;
	case NAME:
		sl_value_str(out, line->name, strlen(line->name));
		break;
	case COUNT:
		*out = sl_value_count(line->count);
		break;
	default:
		*out = sl_value_static(line->meaning);
		break;
	}
}

const struct sl_menu_def sl_menu_sluice_counters = {
    .path = "/system/sluice/counters",
    .help = "why packets were dropped or found invalid",
    .kind = SL_MENU_ROWS,
    .props = props,
    .n_props = COLS,
    .walk = walk,
    .get = get,
};
