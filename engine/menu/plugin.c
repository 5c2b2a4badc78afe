/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /system sluice plugin: the files found at start; those that were refused have
 * flag I and say why.  Ours; RouterOS has nothing like it.
 */
#include <menu/engine_menus.h>

#include <plugin/loader.h>

#include <string.h>

enum col { NAME, VERSION, FILE_, SUMMARY, INVALID, REASON, COLS };

#define ROW(col_, name_, flags_, help_)                                        \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_name,                                             \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | (flags_),           \
	    .help = help_}

static const struct sl_prop props[COLS] = {
    ROW(NAME, "name", SL_PROP_COLUMN, "as it calls itself"),
    ROW(VERSION, "version", SL_PROP_COLUMN, "its own"),
    ROW(FILE_, "file", SL_PROP_COLUMN, "where it was found"),
    ROW(SUMMARY, "summary", SL_PROP_COLUMN, "what it is for"),
    [INVALID] = {.name = "invalid",
	.type = &sl_type_bool,
	.letter = 'I',
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL,
	.help = "refused; the reason is printed"},
    ROW(REASON, "reason", SL_PROP_COMMENT, "why it was refused"),
};

static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max, sl_row_fn fn,
    void *arg)
{
	struct sl_plugin_info info;
	struct sl_row row = {.menu = menu, .data = &info};

	while (max--) {
		if (!sl_plugins_at((unsigned)cursor->pos[0], &info))
			return 0;
		row.id = ++cursor->pos[0];
		if (!fn(&row, arg))
			return 0;
	}
	return 1;
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct sl_plugin_info *info = row->data;
	const char *const texts[COLS] = {[NAME] = info->name,
	    [VERSION] = info->version,
	    [FILE_] = info->file,
	    [SUMMARY] = info->summary,
	    [REASON] = info->why};

	if (prop == INVALID)
		*out = sl_value_bool(info->why != NULL);
	else if (texts[prop])
		sl_value_str(out, texts[prop], strlen(texts[prop]));
}

const struct sl_menu_def sl_menu_sluice_plugin = {
    .path = "/system/sluice/plugin",
    .help = "protocol trackers and helpers",
    .kind = SL_MENU_ROWS,
    .props = props,
    .n_props = COLS,
    .walk = walk,
    .get = get,
};
