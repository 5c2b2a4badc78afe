/* SPDX-License-Identifier: Apache-2.0 */
/* detail, terse, value-list, settings, and the bare lines of a log. */
#include <menu/printer.h>

#include <menu/item.h>

#include <string.h>

/* Text of the comment, or "". */
static void
comment_of(const struct sl_row *row, struct sl_value *out)
{
	int prop = sl_menu_prop_flagged(row->menu, SL_PROP_COMMENT);

	*out = (struct sl_value){0};
	if (prop >= 0)
		sl_row_get(row, (unsigned)prop, out);
}

static const char *
reason_of(const struct sl_row *row)
{
	return row->item && row->item->reason ? row->item->reason : "";
}

/* Width of "12 XID ". */
static unsigned
indent_of(const struct sl_printer *pr)
{
	return pr->number_width + 1 + (pr->n_flags ? pr->n_flags + 1 : 0);
}

static void
put_prefix(struct sl_printer *pr, const struct sl_row *row)
{
	char letters[SL_PRINTER_LETTERS];

	sl_out_printf(pr->out, "%*u ", (int)pr->number_width, row->number);
	if (!pr->n_flags)
		return;
	sl_printer_letters(pr, row, letters);
	sl_out_printf(pr->out, "%.*s ", (int)pr->n_flags, letters);
}

static void
put_note(struct sl_printer *pr, const char *s, size_t len)
{
	sl_out_puts(pr->out, ";;; ");
	sl_printer_clean(&pr->out->buf, s, len);
	sl_out_puts(pr->out, "\n");
}

/* Comment and reason on lines of their own; true if there was one. */
static bool
put_notes(struct sl_printer *pr, const struct sl_row *row)
{
	const char *reason = reason_of(row);
	struct sl_value comment;
	bool any;

	comment_of(row, &comment);
	any = comment.type == SL_VALUE_STR && comment.str.len;
	if (any)
		put_note(pr, comment.str.s, comment.str.len);
	sl_value_free(&comment);
	if (!*reason)
		return any;
	if (any)
		sl_text_pad(&pr->out->buf, indent_of(pr));
	put_note(pr, reason, strlen(reason));
	return true;
}

/* Is this unset default one that detail keeps quiet about? */
static bool
is_quiet(const struct sl_row *row, unsigned prop)
{
	return row->item &&
	       (row->menu->def->props[prop].flags & SL_PROP_QUIET) &&
	       !sl_item_get(row->item, prop);
}

/* name=value ..., broken at the width of the terminal. */
static void
put_pairs(struct sl_printer *pr, const struct sl_row *row, unsigned width)
{
	unsigned indent = indent_of(pr);
	size_t column = indent, len;
	bool first = true;

	for (unsigned i = 0; i < pr->n_props; i++) {
		const char *name = pr->def->props[pr->props[i]].name;

		if (is_quiet(row, pr->props[i]))
			continue;
		sl_printer_value(pr, row, pr->props[i], true);
		if (!pr->line.len)
			continue;
		len = strlen(name) + 1 + pr->line.len;
		if (!first && width && column + 1 + len > width) {
			sl_out_puts(pr->out, "\n");
			sl_text_pad(&pr->out->buf, indent);
			column = indent;
		} else if (!first) {
			sl_out_puts(pr->out, " ");
			column++;
		}
		sl_out_printf(pr->out, "%s=", name);
		sl_out_put(pr->out, pr->line.s, pr->line.len);
		column += len;
		first = false;
	}
	sl_out_puts(pr->out, "\n");
}

static void
put_detail(struct sl_printer *pr, const struct sl_row *row)
{
	if (pr->n_rows)
		sl_out_puts(pr->out, "\n");
	put_prefix(pr, row);
	if (put_notes(pr, row))
		sl_text_pad(&pr->out->buf, indent_of(pr));
	put_pairs(pr, row, pr->out->width);
}

static void
put_terse(struct sl_printer *pr, const struct sl_row *row)
{
	put_prefix(pr, row);
	put_pairs(pr, row, 0);
}

/* "   name: value" lines, names right-aligned. */
static void
put_list(struct sl_printer *pr, const struct sl_row *row, bool all)
{
	size_t width = 0;

	for (unsigned i = 0; i < pr->n_props; i++)
		width =
		    SL_MAX(width, strlen(pr->def->props[pr->props[i]].name));
	for (unsigned i = 0; i < pr->n_props; i++) {
		sl_printer_value(pr, row, pr->props[i], false);
		if (!pr->line.len && !all)
			continue;
		sl_out_printf(pr->out, "  %*s:%s", (int)width,
		    pr->def->props[pr->props[i]].name, pr->line.len ? " " : "");
		sl_out_put(pr->out, sl_text_str(&pr->line), pr->line.len);
		sl_out_puts(pr->out, "\n");
	}
}

static void
put_bare(struct sl_printer *pr, const struct sl_row *row)
{
	const char *blank = "";

	for (unsigned i = 0; i < pr->n_props; i++) {
		sl_printer_value(pr, row, pr->props[i], false);
		sl_out_puts(pr->out, blank);
		sl_out_put(pr->out, sl_text_str(&pr->line), pr->line.len);
		blank = " ";
	}
	sl_out_puts(pr->out, "\n");
}

void
sl_print_line_start(struct sl_printer *pr)
{
	if (pr->form == SL_PRINT_DETAIL)
		sl_printer_legend(pr, NULL, false);
}

void
sl_print_line_row(struct sl_printer *pr, const struct sl_row *row)
{
	switch (pr->form) {
	case SL_PRINT_DETAIL:
		put_detail(pr, row);
		break;
	case SL_PRINT_TERSE:
		put_terse(pr, row);
		break;
	case SL_PRINT_VALUE_LIST:
		if (pr->n_rows)
			sl_out_puts(pr->out, "\n");
		put_list(pr, row, false);
		break;
	default:
		put_bare(pr, row);
	}
}

void
sl_print_settings(struct sl_printer *pr, const struct sl_row *row)
{
	put_notes(pr, row);
	put_list(pr, row, true);
}
