/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/print.h>

#include <base/clock.h>
#include <menu/item.h>
#include <menu/printer.h>

#include <errno.h>

/* Which form runs. */
enum family { FAMILY_DATA, FAMILY_TABLE, FAMILY_LINE, FAMILY_SETTINGS };

static enum family
family_of(const struct sl_printer *pr)
{
	if (pr->out->row || pr->out->json || pr->form == SL_PRINT_AS_VALUE)
		return FAMILY_DATA;
	if (pr->menu->kind == SL_MENU_SETTINGS)
		return FAMILY_SETTINGS;
	if (pr->form == SL_PRINT_BRIEF || pr->form == SL_PRINT_STATS)
		return FAMILY_TABLE;
	return FAMILY_LINE;
}

static bool
is_wanted(const struct sl_printer *pr, const struct sl_row *row)
{
	const struct sl_command *cmd = pr->p->cmd;
	int dynamic;

	if (pr->p->which != SL_PRINT_ALL) {
		dynamic = sl_menu_prop_flagged(pr->menu, SL_PROP_DYNAMIC);
		if ((dynamic >= 0 && sl_row_is(row, (unsigned)dynamic)) !=
		    (pr->p->which == SL_PRINT_ONLY_DYNAMIC))
			return false;
	}
	return !cmd->where || cmd->where(cmd->where_arg, row);
}

static void
show_row(struct sl_printer *pr, const struct sl_row *row)
{
	switch (family_of(pr)) {
	case FAMILY_DATA:
		sl_print_data_row(pr, row);
		break;
	case FAMILY_TABLE:
		sl_print_table_row(pr, row);
		break;
	case FAMILY_LINE:
		sl_print_line_row(pr, row);
		break;
	case FAMILY_SETTINGS:
		sl_print_settings(pr, row);
		break;
	}
	pr->n_rows++;
}

static bool
visit_row(const struct sl_row *row, void *arg)
{
	struct sl_printer *pr = arg;
	struct sl_command *cmd = pr->p->cmd;

	if (!is_wanted(pr, row))
		return true;
	if (pr->form == SL_PRINT_COUNT) {
		pr->n_rows++;
		return true;
	}
	if (cmd->numbers && !pr->again && pr->menu->kind != SL_MENU_SETTINGS)
		sl_numbers_add(cmd->numbers, row->number, row->id);
	if (pr->follow && !sl_follow_is_new(pr, row))
		return pr->rc == 0;
	if (pr->p->follow_only && !pr->again)
		return true;
	show_row(pr, row);
	return pr->rc == 0;
}

/* The end of a slice. */
static int
flush_slice(void *arg)
{
	struct sl_printer *pr = arg;

	if (pr->form != SL_PRINT_COUNT && family_of(pr) == FAMILY_TABLE)
		sl_print_table_flush(pr, false);
	if (!pr->rc)
		pr->rc = sl_out_flush(pr->out);
	return pr->rc;
}

static int
walk_from(struct sl_printer *pr)
{
	int rc = 0;

	for (size_t i = 0; i < pr->p->n_from && !pr->rc; i++) {
		rc = sl_menu_row(pr->menu, pr->p->from[i], visit_row, pr);
		if (rc && rc != -ENOENT)
			return rc;
		if (i % SL_PRINT_SLICE == SL_PRINT_SLICE - 1)
			flush_slice(pr);
	}
	return 0;
}

static void
start(struct sl_printer *pr)
{
	enum family family = family_of(pr);

	if (pr->form == SL_PRINT_COUNT || pr->again)
		return;
	if (family == FAMILY_DATA)
		sl_print_data_start(pr);
	else if (family == FAMILY_TABLE)
		pr->rc = sl_print_table_start(pr);
	else if (family == FAMILY_LINE)
		sl_print_line_start(pr);
}

static void
finish(struct sl_printer *pr)
{
	enum family family = family_of(pr);

	if (pr->form == SL_PRINT_COUNT || pr->rc)
		return;
	if (family == FAMILY_TABLE)
		sl_print_table_flush(pr, true);
	else if (family == FAMILY_DATA && !pr->follow)
		sl_print_data_end(pr);
}

/* One look at all rows. */
static int
pass(struct sl_printer *pr)
{
	const struct sl_print *p = pr->p;
	int rc;

	if (p->cmd->numbers && !pr->again &&
	    pr->menu->kind != SL_MENU_SETTINGS && pr->form != SL_PRINT_COUNT)
		sl_numbers_start(p->cmd->numbers, pr->menu);
	pr->n_rows = 0;
	start(pr);
	if (pr->rc)
		return pr->rc;
	if (p->has_from)
		pr->rc = walk_from(pr);
	else if ((rc = sl_menu_walk(pr->menu, visit_row, flush_slice, pr)))
		pr->rc = pr->rc ? pr->rc : rc;
	if (pr->follow && !pr->rc)
		sl_follow_sweep(pr);
	finish(pr);
	return pr->rc;
}

static void
show_count(struct sl_printer *pr)
{
	struct sl_command *cmd = pr->p->cmd;

	sl_value_free(&cmd->result);
	cmd->result = sl_value_num((int64_t)pr->n_rows);
	if (!cmd->want_result && !pr->out->row)
		sl_out_printf(
		    pr->out, "%llu\n", (unsigned long long)pr->n_rows);
}

/* Passes until done or cancelled. */
static int
run(struct sl_printer *pr)
{
	const struct sl_print *p = pr->p;
	bool forever = p->interval_ns || p->follow || p->follow_only;
	uint64_t ns = p->interval_ns ? p->interval_ns : SL_PRINT_FOLLOW_NS;
	int rc;

	for (;;) {
		rc = pass(pr);
		if (!rc && pr->form == SL_PRINT_COUNT)
			show_count(pr);
		if (!rc)
			rc = sl_out_flush(pr->out);
		if (rc || !forever)
			return rc;
		rc = sl_out_wait(pr->out, ns);
		if (rc)
			return rc;
		if (pr->follow) {
			pr->again = true;
		} else if (family_of(pr) != FAMILY_DATA) {
			sl_out_puts(pr->out, "\n");
		}
	}
}

static enum sl_print_form
choose_form(const struct sl_print *p, const struct sl_menu *menu)
{
	if (p->form != SL_PRINT_DEFAULT)
		return p->form;
	if (menu->def->flags & SL_MENU_LINES)
		return SL_PRINT_DEFAULT;
	if (menu->def->flags & SL_MENU_LONG)
		return SL_PRINT_DETAIL;
	return SL_PRINT_BRIEF;
}

/* Does 'form' show the property unless proplist says otherwise? */
static bool
is_shown(const struct sl_printer *pr, const struct sl_prop *p,
    enum family family, uint32_t column)
{
	if (family == FAMILY_DATA)
		return true;
	if (p->letter)
		return false;
	if (family == FAMILY_SETTINGS)
		return true;
	if (p->flags & SL_PROP_COMMENT)
		return family == FAMILY_LINE && pr->form != SL_PRINT_DETAIL;
	if (family == FAMILY_TABLE || pr->form == SL_PRINT_DEFAULT)
		return !column || (p->flags & column);
	return pr->p->stats || !(p->flags & SL_PROP_STATS_ONLY);
}

static uint32_t
column_flag(const struct sl_printer *pr)
{
	uint32_t want =
	    pr->form == SL_PRINT_STATS ? SL_PROP_STATS : SL_PROP_COLUMN;

	return sl_menu_prop_flagged(pr->menu, want) >= 0 ? want : 0;
}

static void
choose_columns(struct sl_printer *pr)
{
	for (unsigned i = 0; i < pr->def->n_columns; i++)
		pr->props[pr->n_props++] = pr->def->columns[i];
}

static void
choose_props(struct sl_printer *pr)
{
	enum family family = family_of(pr);
	uint32_t column = column_flag(pr);
	int comment = sl_menu_prop_flagged(pr->menu, SL_PROP_COMMENT);
	bool comment_first = pr->form == SL_PRINT_TERSE && comment >= 0 &&
			     family == FAMILY_LINE && !pr->p->props;

	if (pr->form == SL_PRINT_BRIEF && family == FAMILY_TABLE &&
	    !pr->p->props && pr->def->columns) {
		choose_columns(pr);
		return;
	}
	for (unsigned i = 0; i < pr->p->n_props; i++)
		pr->props[pr->n_props++] = pr->p->props[i];
	if (comment_first)
		pr->props[pr->n_props++] = (unsigned)comment;
	for (unsigned i = 0; !pr->p->props && i < pr->def->n_props; i++)
		if (is_shown(pr, &pr->def->props[i], family, column) &&
		    !(comment_first && i == (unsigned)comment))
			pr->props[pr->n_props++] = i;
}

/* Room for the largest number, two digits at least. */
static unsigned
number_width(struct sl_menu *menu)
{
	uint64_t n = sl_items_count(menu);
	unsigned width = 2;

	if (!menu->items && menu->def->count)
		n = menu->def->count(menu);
	for (; n > 100; n = (n + 9) / 10)
		width++;
	return width;
}

int
sl_print_run(struct sl_print *p, struct sl_err *err)
{
	struct sl_menu *menu = p->cmd->menu;
	struct sl_printer pr = {
	    .p = p, .menu = menu, .def = menu->def, .out = p->cmd->out};
	int rc = -ENOMEM;

	pr.form = choose_form(p, menu);
	pr.props = calloc(pr.def->n_props + p->n_props + 1u, sizeof(*pr.props));
	if (!pr.props)
		goto out;
	choose_props(&pr);
	for (unsigned i = 0; i < pr.def->n_props; i++)
		if (pr.def->props[i].letter)
			pr.n_flags = SL_MAX(
			    pr.n_flags, sl_printer_flag_column(pr.def, i) + 1);
	pr.number_width = number_width(menu);
	if ((p->follow || p->follow_only) && !(pr.follow = sl_follow_new()))
		goto out;
	rc = run(&pr);
out:
	sl_print_table_free(pr.table);
	sl_follow_free(pr.follow);
	sl_text_free(&pr.line);
	free(pr.props);
	if (rc == -ECANCELED && err)
		err->code = rc; /* no text: nobody is there to read it */
	return rc && rc != -ECANCELED ? sl_err_sys(err, rc, "failure: print")
				      : rc;
}
