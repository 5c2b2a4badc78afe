/* SPDX-License-Identifier: Apache-2.0 */
/* as-value, JSON, and the rows of a door that wants no text. */
#include <menu/printer.h>

#include <menu/item.h>
#include <menu/query.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool
has_id(const struct sl_printer *pr)
{
	return pr->menu->kind != SL_MENU_SETTINGS &&
	       (!pr->p->props || pr->p->with_id);
}

/* The row's names and values, ".id" first: moved into 'out'. */
static int
collect(struct sl_printer *pr, const struct sl_row *row, struct sl_value *out)
{
	struct sl_value v = sl_value_id(row->id);
	int rc;

	rc = sl_value_array(out);
	if (!rc && has_id(pr))
		rc = sl_array_add(out, ".id", &v);
	for (unsigned i = 0; i < pr->n_props && !rc; i++) {
		sl_row_get(row, pr->props[i], &v);
		if (v.type != SL_VALUE_NONE)
			rc = sl_array_add(
			    out, pr->def->props[pr->props[i]].name, &v);
	}
	if (rc)
		sl_value_free(out);
	return rc;
}

/* Lists with commas, as they are typed. */
static void
plain(struct sl_text *t, const struct sl_value *v)
{
	sl_value_print(
	    t, v, v->type == SL_VALUE_ARRAY ? SL_FORM_CONFIG : SL_FORM_PLAIN);
}

static void
put_json(struct sl_printer *pr, const struct sl_array *row)
{
	struct sl_text *t = &pr->out->buf;
	bool many = pr->menu->kind != SL_MENU_SETTINGS && !pr->follow;

	if (many && pr->n_rows)
		sl_text_adds(t, ",\n");
	sl_text_addc(t, '{');
	for (size_t i = 0; i < row->n; i++) {
		const struct sl_element *e = &row->elements[i];

		if (i)
			sl_text_addc(t, ',');
		sl_text_add_json(t, e->key, strlen(e->key));
		sl_text_addc(t, ':');
		if (e->value.type == SL_VALUE_ARRAY) {
			sl_text_clear(&pr->line);
			plain(&pr->line, &e->value);
			sl_text_add_json(
			    t, sl_text_str(&pr->line), pr->line.len);
		} else {
			sl_value_print_json(t, &e->value);
		}
	}
	sl_text_adds(t, many ? "}" : "}\n");
}

static void
put_as_value(struct sl_printer *pr, const struct sl_array *row)
{
	struct sl_text *t = &pr->out->buf;

	for (size_t i = 0; i < row->n; i++) {
		if (i || pr->n_rows)
			sl_text_addc(t, ';');
		sl_text_printf(t, "%s=", row->elements[i].key);
		sl_text_clear(&pr->line);
		plain(&pr->line, &row->elements[i].value);
		sl_printer_clean(t, sl_text_str(&pr->line), pr->line.len);
	}
}

/* All texts first, then the pointers: the text may move while it grows. */
static int
give_fields(struct sl_printer *pr, const struct sl_array *row)
{
	struct sl_field *fields = calloc(row->n + 1, sizeof(*fields));
	size_t at = 0;
	int rc;

	if (!fields)
		return -ENOMEM;
	sl_text_clear(&pr->line);
	for (size_t i = 0; i < row->n; i++) {
		at = pr->line.len;
		plain(&pr->line, &row->elements[i].value);
		fields[i].name = row->elements[i].key;
		fields[i].len = pr->line.len - at;
		sl_text_addc(&pr->line, '\0');
	}
	rc = pr->line.failed ? -ENOMEM : 0;
	for (size_t i = 0, off = 0; i < row->n && !rc; i++) {
		fields[i].text = pr->line.s + off;
		off += fields[i].len + 1;
	}
	if (!rc)
		rc = pr->out->row(pr->out, fields, row->n);
	free(fields);
	return rc;
}

/* Are the rows wanted as a value of the script? */
static bool
gives_result(const struct sl_printer *pr)
{
	return pr->p->cmd->want_result && pr->form == SL_PRINT_AS_VALUE &&
	       !pr->out->row;
}

void
sl_print_data_start(struct sl_printer *pr)
{
	struct sl_command *cmd = pr->p->cmd;

	if (gives_result(pr)) {
		sl_value_free(&cmd->result);
		pr->rc = sl_value_array(&cmd->result);
	} else if (!pr->out->row && !pr->follow && pr->out->json &&
		   pr->menu->kind != SL_MENU_SETTINGS) {
		sl_out_puts(pr->out, "[");
	}
}

static void
add_result(struct sl_printer *pr, struct sl_value *row)
{
	struct sl_value *result = &pr->p->cmd->result;

	if (pr->menu->kind == SL_MENU_SETTINGS) {
		sl_value_free(result);
		*result = *row;
		*row = (struct sl_value){0};
	} else {
		pr->rc = sl_array_add(result, NULL, row);
	}
}

void
sl_print_data_row(struct sl_printer *pr, const struct sl_row *row)
{
	struct sl_value v;

	pr->rc = collect(pr, row, &v);
	if (pr->rc)
		return;
	if (pr->out->row) {
		pr->rc = give_fields(pr, v.array);
	} else if (gives_result(pr)) {
		add_result(pr, &v);
	} else if (pr->out->json) {
		if (!pr->n_rows && pr->menu->kind != SL_MENU_SETTINGS &&
		    !pr->follow)
			sl_out_puts(pr->out, "\n");
		put_json(pr, v.array);
	} else {
		put_as_value(pr, v.array);
	}
	sl_value_free(&v);
}

void
sl_print_data_end(struct sl_printer *pr)
{
	bool many = pr->menu->kind != SL_MENU_SETTINGS;

	if (pr->out->row || gives_result(pr))
		return;
	if (pr->out->json && many)
		sl_out_puts(pr->out, pr->n_rows ? "\n]\n" : "]\n");
	else if (!pr->out->json)
		sl_out_puts(pr->out, "\n");
}

void
sl_print_data_dead(struct sl_printer *pr, uint64_t id)
{
	char text[24];
	struct sl_field fields[2] = {{".id", text}, {".dead", "true", 4}};
	int n = snprintf(text, sizeof(text), "*%llX", (unsigned long long)id);

	fields[0].len = (size_t)n;
	if (pr->out->row)
		pr->rc = pr->out->row(pr->out, fields, 2);
	else if (pr->out->json)
		sl_out_printf(
		    pr->out, "{\".id\":\"%s\",\".dead\":true}\n", text);
}
