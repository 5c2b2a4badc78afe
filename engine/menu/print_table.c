/* SPDX-License-Identifier: Apache-2.0 */
/* The v7 table: flags that occur, Columns line, aligned columns. */
#include <menu/printer.h>

#include <menu/item.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Texts of a row before those of its columns. */
enum { CELL_COMMENT, CELL_REASON, CELL_FIRST };

struct column {
	const struct sl_prop *prop;
	size_t width;
	bool shown;
	char title[40];
};

struct sl_print_table {
	/* Rows that wait for their slice to end. */
	struct pending {
		uint32_t number;
		char letters[SL_PRINTER_LETTERS];
	} * rows;
	size_t n_rows, cap;
	struct sl_text text; /* cells one after the other */
	size_t *ends;	     /* n_cells a row */
	unsigned n_cells;

	/* Fixed by the first slice. */
	bool fixed;
	unsigned number_width;
	bool flag_shown[SL_PRINTER_LETTERS];
	unsigned n_flags_shown;
	struct column *columns; /* pr->n_props */
};

int
sl_print_table_start(struct sl_printer *pr)
{
	struct sl_print_table *t = pr->table;

	if (t) {
		t->fixed = false;
		return 0;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	pr->table = t;
	t->n_cells = CELL_FIRST + pr->n_props;
	t->columns = calloc(pr->n_props + 1u, sizeof(*t->columns));
	if (!t->columns)
		return -ENOMEM;
	for (unsigned i = 0; i < pr->n_props; i++)
		t->columns[i].prop = &pr->def->props[pr->props[i]];
	return 0;
}

void
sl_print_table_free(struct sl_print_table *t)
{
	if (!t)
		return;
	free(t->rows);
	free(t->ends);
	free(t->columns);
	sl_text_free(&t->text);
	free(t);
}

static bool
reserve(struct sl_print_table *t)
{
	size_t cap = t->cap ? t->cap * 2 : 32;
	struct pending *rows;
	size_t *ends;

	if (t->n_rows < t->cap)
		return true;
	rows = realloc(t->rows, cap * sizeof(*rows));
	if (rows)
		t->rows = rows;
	ends = rows ? realloc(t->ends, cap * t->n_cells * sizeof(*ends)) : NULL;
	if (!ends)
		return false;
	t->ends = ends;
	t->cap = cap;
	return true;
}

static void
add_comment(struct sl_printer *pr, const struct sl_row *row)
{
	int prop = sl_menu_prop_flagged(pr->menu, SL_PROP_COMMENT);

	if (prop < 0)
		return;
	sl_printer_value(pr, row, (unsigned)prop, false);
	sl_text_add(&pr->table->text, sl_text_str(&pr->line), pr->line.len);
}

void
sl_print_table_row(struct sl_printer *pr, const struct sl_row *row)
{
	struct sl_print_table *t = pr->table;
	size_t *end;

	if (!reserve(t)) {
		pr->rc = -ENOMEM;
		return;
	}
	end = &t->ends[t->n_rows * t->n_cells];
	t->rows[t->n_rows].number = row->number;
	sl_printer_letters(pr, row, t->rows[t->n_rows].letters);
	add_comment(pr, row);
	end[CELL_COMMENT] = t->text.len;
	if (row->item && row->item->reason)
		sl_printer_clean(
		    &t->text, row->item->reason, strlen(row->item->reason));
	end[CELL_REASON] = t->text.len;
	for (unsigned i = 0; i < pr->n_props; i++) {
		sl_printer_value(pr, row, pr->props[i], false);
		sl_text_add(&t->text, sl_text_str(&pr->line), pr->line.len);
		end[CELL_FIRST + i] = t->text.len;
	}
	if (t->text.failed)
		pr->rc = -ENOMEM;
	t->n_rows++;
}

struct cell {
	const char *s;
	size_t len;
};

static struct cell
cell_at(const struct sl_print_table *t, size_t row, unsigned cell)
{
	size_t i = row * t->n_cells + cell;
	size_t from = i ? t->ends[i - 1] : 0;

	return (struct cell){t->text.s + from, t->ends[i] - from};
}

/* Columns on a terminal: UTF-8 continuation bytes take none. */
static size_t
width_of(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

static void
set_title(struct column *c)
{
	const char *from = c->prop->title ? c->prop->title : c->prop->name;
	size_t i = 0;

	for (; from[i] && i + 1 < sizeof(c->title); i++)
		c->title[i] = (char)toupper((unsigned char)from[i]);
	c->title[i] = '\0';
}

/* Width of the data of a column. */
static size_t
data_width(const struct sl_print_table *t, unsigned column)
{
	size_t width = 0;

	for (size_t r = 0; r < t->n_rows; r++) {
		struct cell c = cell_at(t, r, CELL_FIRST + column);

		width = SL_MAX(width, width_of(c.s, c.len));
	}
	return width;
}

static size_t
line_width(const struct sl_printer *pr)
{
	const struct sl_print_table *t = pr->table;
	size_t width = t->number_width + 1;

	width += t->n_flags_shown ? t->n_flags_shown + 1 : 0;
	for (unsigned i = 0; i < pr->n_props; i++)
		if (t->columns[i].shown)
			width += t->columns[i].width + 2;
	return width - 2;
}

/* Titles wider than their data give way, the widest waste first, until a line
 * fits the terminal. */
static void
squeeze(struct sl_printer *pr)
{
	struct sl_print_table *t = pr->table;
	size_t total = line_width(pr);

	while (pr->out->width && total > pr->out->width) {
		struct column *most = NULL;
		size_t waste = 0, data, cut;

		for (unsigned i = 0; i < pr->n_props; i++) {
			struct column *c = &t->columns[i];

			data = SL_MAX(data_width(t, i), (size_t)1);
			if (!c->shown || c->width <= data ||
			    c->width - data <= waste)
				continue;
			waste = c->width - data;
			most = c;
		}
		if (!most)
			return;
		cut = SL_MIN(waste, total - pr->out->width);
		most->width -= cut;
		total -= cut;
		most->title[most->width] = '\0';
	}
}

/* Which columns and flags there are, and how wide. */
static void
fix_layout(struct sl_printer *pr, bool all)
{
	struct sl_print_table *t = pr->table;
	uint32_t largest = 0;
	size_t data;

	t->n_flags_shown = 0;
	for (unsigned f = 0; f < pr->n_flags; f++) {
		t->flag_shown[f] = !all;
		for (size_t r = 0; r < t->n_rows; r++)
			t->flag_shown[f] |= t->rows[r].letters[f] != ' ';
		t->n_flags_shown += t->flag_shown[f];
	}
	for (unsigned i = 0; i < pr->n_props; i++) {
		struct column *c = &t->columns[i];

		data = data_width(t, i);
		set_title(c);
		c->shown = data || !all;
		c->width = SL_MAX(data, strlen(c->title));
		c->width = SL_MAX(c->width, (size_t)c->prop->width);
	}
	for (size_t r = 0; r < t->n_rows; r++)
		largest = SL_MAX(largest, t->rows[r].number);
	for (t->number_width = 1; largest > 9; largest /= 10)
		t->number_width++;
	if (!all)
		t->number_width = SL_MAX(t->number_width, pr->number_width);
	squeeze(pr);
	t->fixed = true;
}

/* The letters that occur, for the legend. */
static void
put_legend(struct sl_printer *pr, bool all)
{
	struct sl_print_table *t = pr->table;
	char used[128] = "";
	size_t n = 0;

	for (size_t r = 0; r < t->n_rows; r++)
		for (unsigned f = 0; f < pr->n_flags; f++) {
			char c = t->rows[r].letters[f];

			if (c != ' ' && !memchr(used, c, n) &&
			    n + 1 < sizeof(used))
				used[n++] = c;
		}
	sl_printer_legend(pr, all ? used : NULL, true);
}

static void
put_columns_line(struct sl_printer *pr)
{
	struct sl_print_table *t = pr->table;
	const char *sep = "Columns: ";
	struct column full;

	for (unsigned i = 0; i < pr->n_props; i++) {
		if (!t->columns[i].shown)
			continue;
		full.prop = t->columns[i].prop;
		set_title(&full);
		sl_out_printf(pr->out, "%s%s", sep, full.title);
		sep = ", ";
	}
	sl_out_puts(pr->out, "\n");
}

/* Blanks wait until something follows them, so that lines end clean. */
struct pen {
	struct sl_text *out;
	size_t blanks;
};

static void
put_cell(struct pen *pen, struct cell c, size_t width, bool right)
{
	size_t have = width_of(c.s, c.len);
	size_t fill = have < width ? width - have : 0;

	pen->blanks += right ? fill : 0;
	if (c.len) {
		sl_text_pad(pen->out, pen->blanks);
		sl_text_add(pen->out, c.s, c.len);
		pen->blanks = 0;
	}
	pen->blanks += right ? 0 : fill;
}

static void
put_flags(struct sl_printer *pr, struct pen *pen, const char *letters)
{
	struct sl_print_table *t = pr->table;

	if (!t->n_flags_shown)
		return;
	for (unsigned f = 0; f < pr->n_flags; f++) {
		bool blank = letters[f] == ' ';

		if (t->flag_shown[f])
			put_cell(
			    pen, (struct cell){&letters[f], !blank}, 1, false);
	}
	pen->blanks++;
}

/* A line of titles (row < 0) or of a row. */
static void
put_line(struct sl_printer *pr, const struct pending *row, size_t r)
{
	struct sl_print_table *t = pr->table;
	struct pen pen = {.out = &pr->out->buf};
	char number[12] = "#", none[SL_PRINTER_LETTERS];
	const char *gap = "";

	memset(none, ' ', sizeof(none));
	if (row)
		snprintf(number, sizeof(number), "%u", row->number);
	put_cell(
	    &pen, (struct cell){number, strlen(number)}, t->number_width, true);
	pen.blanks++;
	put_flags(pr, &pen, row ? row->letters : none);
	for (unsigned i = 0; i < pr->n_props; i++) {
		struct column *c = &t->columns[i];
		struct cell cell = {c->title, strlen(c->title)};

		if (!c->shown)
			continue;
		if (row)
			cell = cell_at(t, r, CELL_FIRST + i);
		pen.blanks += strlen(gap);
		put_cell(&pen, cell, c->width, c->prop->type->number);
		gap = "  ";
	}
	sl_out_puts(pr->out, "\n");
}

static void
put_notes(struct sl_printer *pr, size_t r)
{
	for (unsigned i = CELL_COMMENT; i <= CELL_REASON; i++) {
		struct cell c = cell_at(pr->table, r, i);

		if (!c.len)
			continue;
		sl_out_puts(pr->out, ";;; ");
		sl_out_put(pr->out, c.s, c.len);
		sl_out_puts(pr->out, "\n");
	}
}

void
sl_print_table_flush(struct sl_printer *pr, bool end)
{
	struct sl_print_table *t = pr->table;

	if (!t->n_rows || (!t->fixed && !end && t->n_rows < SL_PRINT_SLICE))
		return;
	if (!t->fixed) {
		fix_layout(pr, end && !pr->follow);
		put_legend(pr, end && !pr->follow);
		put_columns_line(pr);
		put_line(pr, NULL, 0);
	}
	for (size_t r = 0; r < t->n_rows; r++) {
		put_notes(pr, r);
		put_line(pr, &t->rows[r], r);
	}
	t->n_rows = 0;
	sl_text_clear(&t->text);
}
