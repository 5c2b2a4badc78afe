/* SPDX-License-Identifier: Apache-2.0 */
/* What the forms of print share. */
#include <menu/printer.h>

#include <menu/item.h>

#include <ctype.h>
#include <string.h>

unsigned
sl_printer_flag_column(const struct sl_menu_def *def, unsigned prop)
{
	uint8_t group = def->props[prop].group;
	unsigned column = 0;

	/* The columns that start before this letter, or the one that its group
	 * started. */
	for (unsigned i = 0; i < prop; i++) {
		const struct sl_prop *p = &def->props[i];
		bool starts = p->letter != 0;

		if (p->letter && group && p->group == group)
			return sl_printer_flag_column(def, i);
		for (unsigned j = 0; starts && p->group && j < i; j++)
			starts = !(def->props[j].letter &&
				   def->props[j].group == p->group);
		column += starts;
	}
	return SL_MIN(column, SL_PRINTER_LETTERS - 1u);
}

void
sl_printer_letters(const struct sl_printer *pr, const struct sl_row *row,
    char letters[SL_PRINTER_LETTERS])
{
	unsigned column;

	memset(letters, ' ', SL_PRINTER_LETTERS);
	for (unsigned i = 0; i < pr->def->n_props; i++) {
		if (!pr->def->props[i].letter)
			continue;
		column = sl_printer_flag_column(pr->def, i);
		if (letters[column] == ' ' && sl_row_is(row, i))
			letters[column] = pr->def->props[i].letter;
	}
}

static void
add_name(struct sl_text *t, const char *name, bool capitals)
{
	for (; *name; name++)
		sl_text_addc(t,
		    (char)(capitals ? toupper((unsigned char)*name) : *name));
}

void
sl_printer_legend(struct sl_printer *pr, const char *used, bool capitals)
{
	struct sl_text *t = &pr->out->buf;
	int last = -1;

	for (unsigned column = 0; column < pr->n_flags; column++) {
		for (unsigned i = 0; i < pr->def->n_props; i++) {
			const struct sl_prop *p = &pr->def->props[i];

			if (!p->letter || (used && !strchr(used, p->letter)) ||
			    sl_printer_flag_column(pr->def, i) != column)
				continue;
			sl_text_adds(t, last < 0	      ? "Flags: "
					: last == (int)column ? ", "
							      : "; ");
			sl_text_printf(t, "%c - ", p->letter);
			add_name(t, p->name, capitals);
			last = (int)column;
		}
	}
	if (last >= 0)
		sl_text_addc(t, '\n');
}

void
sl_printer_clean(struct sl_text *t, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == 0x7f)
			sl_text_printf(t, "\\%02X", c);
		else
			sl_text_addc(t, s[i]);
	}
}

static bool
needs_quotes(const struct sl_value *v)
{
	if (!v->str.len)
		return true;
	for (size_t i = 0; i < v->str.len; i++)
		if (strchr(" \"\\;=", v->str.s[i]))
			return true;
	return false;
}

void
sl_printer_value(
    struct sl_printer *pr, const struct sl_row *row, unsigned prop, bool quoted)
{
	const struct sl_type *type = pr->def->props[prop].type;
	struct sl_text text = {0};
	struct sl_value v;
	bool quotes;

	sl_text_clear(&pr->line);
	sl_row_get(row, prop, &v);
	if (v.type == SL_VALUE_NONE)
		return;
	quotes = quoted && v.type == SL_VALUE_STR &&
		 (type->quoted || needs_quotes(&v));
	sl_value_print(&text, &v, SL_FORM_PRINT);
	if (quotes)
		sl_text_addc(&pr->line, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (quotes && (text.s[i] == '"' || text.s[i] == '\\'))
			sl_text_addc(&pr->line, '\\');
		sl_printer_clean(&pr->line, text.s + i, 1);
	}
	if (quotes)
		sl_text_addc(&pr->line, '"');
	sl_text_free(&text);
	sl_value_free(&v);
}
