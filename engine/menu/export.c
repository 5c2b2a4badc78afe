/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/export.h>

#include <base/clock.h>
#include <menu/args.h>
#include <menu/export_line.h>
#include <menu/interface_list.h>
#include <menu/item.h>
#include <menu/layer7.h>

#include <errno.h>
#include <string.h>
#include <time.h>

struct exporter {
	const struct sl_export *how;
	struct sl_out *out;
	struct sl_menu *menu;
	bool headed; /* the section's path line is out */
	struct sl_export_line line;
	int rc;
};

/* May the property stand in a command? */
static bool
is_config(const struct exporter *ex, const struct sl_prop *p)
{
	const uint32_t never =
	    SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_EPHEMERAL;

	if (p->flags & never)
		return false;
	return !(p->flags & SL_PROP_SENSITIVE) || ex->how->show_sensitive;
}

static bool
is_same_text(const struct sl_value *a, const struct sl_value *b)
{
	struct sl_text s = {0}, t = {0};
	bool same;

	sl_value_print(&s, a, SL_FORM_CONFIG);
	sl_value_print(&t, b, SL_FORM_CONFIG);
	same = strcmp(sl_text_str(&s), sl_text_str(&t)) == 0;
	sl_text_free(&s);
	sl_text_free(&t);
	return same;
}

static bool
is_default(const struct sl_item *it, unsigned prop, const struct sl_value *v)
{
	const struct sl_menu *menu = it->menu;
	struct sl_value own = {0};
	bool same;

	if (menu->def->default_of)
		menu->def->default_of(it, prop, &own);
	same = is_same_text(
	    v, own.type != SL_VALUE_NONE ? &own : &menu->defaults[prop]);
	sl_value_free(&own);
	return same;
}

bool
sl_export_is_untouched(const struct sl_item *it)
{
	if (!(it->flags & SL_ITEM_BUILTIN))
		return false;
	for (unsigned i = 0; i < it->n_values; i++) {
		const struct sl_item_value *v = &it->values[i];

		if (!(it->menu->def->props[v->prop].flags &
			SL_PROP_READ_ONLY) &&
		    !is_default(it, v->prop, &v->value))
			return false;
	}
	return true;
}

static int
add_param(struct exporter *ex, const char *name, const struct sl_value *v)
{
	struct sl_text text = {0}, quoted = {0};
	bool unbreakable;

	sl_value_print(&text, v, SL_FORM_CONFIG);
	/* A long word can be continued only inside quotes. */
	unbreakable =
	    text.len > SL_EXPORT_WIDTH / 2 && !strchr(sl_text_str(&text), ',');
	sl_value_quote(&quoted, sl_text_str(&text), text.len, unbreakable);
	if (text.failed || quoted.failed) {
		sl_text_free(&text);
		sl_text_free(&quoted);
		return -ENOMEM;
	}
	sl_text_free(&text);
	return sl_export_line_add(&ex->line, name, quoted.s);
}

static int
add_params(struct exporter *ex, const struct sl_item *it)
{
	const struct sl_menu_def *def = it->menu->def;
	const struct sl_value *v;
	int rc = 0;

	for (unsigned i = 0; i < def->n_props && !rc; i++) {
		if (!is_config(ex, &def->props[i]))
			continue;
		v = ex->how->verbose ? sl_item_effective(it, i)
				     : sl_item_get(it, i);
		if (!v && ex->how->verbose &&
		    !(def->props[i].flags & SL_PROP_WANTED))
			rc = sl_export_line_add(
			    &ex->line, def->props[i].name, NULL);
		if (v && (ex->how->verbose || !is_default(it, i, v)))
			rc = add_param(ex, def->props[i].name, v);
	}
	return rc;
}

/* "set [ find default-name=ether1 ]", or "set NAME" where the key names. */
static void
put_set(struct sl_text *head, const struct sl_item *it)
{
	const struct sl_menu *menu = it->menu;
	int key =
	    menu->def->key ? sl_menu_prop(menu, menu->def->key, false) : -1;
	const char *s;

	sl_text_adds(head, "set");
	if (key < 0)
		return;
	s = sl_item_str(it, (unsigned)key);
	if (menu->def->props[key].flags & SL_PROP_NAME) {
		sl_text_addc(head, ' ');
		sl_value_quote(head, s, strlen(s), false);
		return;
	}
	sl_text_printf(head, " [ find %s=", menu->def->key);
	sl_value_quote(head, s, strlen(s), false);
	sl_text_adds(head, " ]");
}

/* Each terse line says where it belongs. */
static void
put_path(struct exporter *ex, struct sl_text *head)
{
	if (!ex->how->terse)
		return;
	sl_menu_print_path(ex->menu, head);
	sl_text_addc(head, ' ');
}

/* An item that is there from the start and may be changed goes by its number. */
static bool
is_own(const struct sl_item *it)
{
	return (it->flags & SL_ITEM_BUILTIN) && it->menu->def->default_of &&
	       it->menu->kind == SL_MENU_ITEMS;
}

static void
put_head(struct exporter *ex, struct sl_text *head, const struct sl_item *it)
{
	bool set = ex->menu->kind == SL_MENU_SETTINGS ||
		   (ex->menu->def->flags & SL_MENU_FIXED);

	put_path(ex, head);
	if (!set && is_own(it))
		sl_text_printf(head, "set %u", sl_item_number(it));
	else if (set)
		put_set(head, it);
	else
		sl_text_adds(head, "add");
}

static void
put_section(struct exporter *ex)
{
	if (ex->headed || ex->how->terse)
		return;
	ex->headed = true;
	sl_menu_print_path(ex->menu, &ex->out->buf);
	sl_out_puts(ex->out, "\n");
}

static void
put_reason(struct exporter *ex, const struct sl_item *it)
{
	if (!(it->flags & SL_ITEM_INVALID) || !it->reason)
		return;
	sl_out_puts(ex->out, "# ");
	for (const char *s = it->reason; *s; s++)
		sl_out_put(ex->out, (unsigned char)*s < 0x20 ? " " : s, 1);
	sl_out_puts(ex->out, "\n");
}

static bool
export_row(const struct sl_row *row, void *arg)
{
	struct exporter *ex = arg;
	const struct sl_item *it = row->item;
	bool fixed = ex->menu->kind == SL_MENU_SETTINGS ||
		     (ex->menu->def->flags & SL_MENU_FIXED) || is_own(it);
	struct sl_text head = {0};

	if ((it->flags & SL_ITEM_DYNAMIC) ||
	    (!fixed && (it->flags & SL_ITEM_BUILTIN)))
		return true;
	sl_export_line_clear(&ex->line);
	ex->rc = add_params(ex, it);
	if (!ex->rc && (ex->line.n || !fixed)) {
		put_section(ex);
		put_reason(ex, it);
		put_head(ex, &head, it);
		sl_export_line_put(&ex->line, &ex->out->buf, sl_text_str(&head),
		    ex->how->terse ? 0 : SL_EXPORT_WIDTH);
		sl_text_free(&head);
	}
	return ex->rc == 0;
}

static int
flush_slice(void *arg)
{
	struct exporter *ex = arg;

	return sl_out_flush(ex->out);
}

/* Of a menu that is not implemented: the names of interfaces that others use. */
static int
export_learned(struct exporter *ex)
{
	size_t n = ex->menu->learned.array ? ex->menu->learned.array->n : 0;
	struct sl_text head = {0};
	int rc = 0;

	put_path(ex, &head);
	sl_text_adds(&head, "add");
	for (size_t i = 0; i < n && !rc; i++) {
		sl_export_line_clear(&ex->line);
		rc = add_param(ex, "name", sl_array_at(&ex->menu->learned, i));
		put_section(ex);
		sl_export_line_put(&ex->line, &ex->out->buf, sl_text_str(&head),
		    ex->how->terse ? 0 : SL_EXPORT_WIDTH);
	}
	sl_text_free(&head);
	return rc ? rc : sl_out_flush(ex->out);
}

/* Menus are written by name, but what names something comes behind it: first menus
 * that only make names, last the interface lists. */
static int
rank_of(const struct sl_menu *menu)
{
	if (menu->kind == SL_MENU_SKIPPED ||
	    strcmp(menu->path, SL_LAYER7_PATH) == 0)
		return 0;
	return strcmp(menu->path, SL_INTERFACE_LIST_PATH) == 0 ? 2 : 1;
}

static int
export_menu(struct exporter *ex, struct sl_menu *menu)
{
	struct sl_menu *c;
	int rc = 0;

	ex->menu = menu;
	ex->headed = false;
	if (menu->items) {
		rc = sl_menu_walk(menu, export_row, flush_slice, ex);
		rc = rc ? rc : ex->rc;
	} else if (menu->kind == SL_MENU_SKIPPED) {
		rc = export_learned(ex);
	}
	for (int rank = 0; rank <= 2; rank++)
		for (c = menu->child; c && !rc; c = c->next)
			if (rank_of(c) == rank)
				rc = export_menu(ex, c);
	return rc;
}

static void
put_header(struct sl_out *out)
{
	time_t now = (time_t)sl_clock_wall_s();
	char date[32];
	struct tm tm;

	if (localtime_r(&now, &tm) &&
	    strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm))
		sl_out_printf(out, "# %s by sluice %s\n", date, SLUICE_VERSION);
}

int
sl_export_run(struct sl_menu *menu, const struct sl_export *how,
    struct sl_out *out, struct sl_err *err)
{
	struct exporter ex = {.how = how, .out = out};
	int rc;

	put_header(out);
	rc = export_menu(&ex, menu);
	if (!rc)
		rc = sl_out_flush(out);
	sl_export_line_fini(&ex.line);
	if (rc == -ECANCELED && err)
		err->code = rc;
	return rc && rc != -ECANCELED ? sl_err_sys(err, rc, "failure: export")
				      : rc;
}

int
sl_export_command(struct sl_command *cmd, struct sl_err *err)
{
	struct sl_export how = {
	    .terse = sl_command_arg(cmd, "terse") != NULL,
	    .verbose = sl_command_arg(cmd, "verbose") != NULL,
	    .show_sensitive = sl_command_arg(cmd, "show-sensitive") != NULL,
	};

	return sl_export_run(cmd->menu, &how, cmd->out, err);
}
