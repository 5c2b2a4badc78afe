/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/select.h>

#include <menu/args.h>
#include <menu/item.h>

#include <errno.h>
#include <string.h>

int
sl_selection_add(struct sl_selection *sel, uint64_t id)
{
	uint64_t *grown;
	size_t cap;

	if (sel->n == sel->cap) {
		cap = sel->cap ? sel->cap * 2 : 16;
		grown = realloc(sel->ids, cap * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		sel->ids = grown;
		sel->cap = cap;
	}
	sel->ids[sel->n++] = id;
	return 0;
}

void
sl_selection_free(struct sl_selection *sel)
{
	free(sel->ids);
	*sel = (struct sl_selection){0};
}

static bool
take_number(const struct sl_row *row, void *arg)
{
	struct sl_row *wanted = arg;

	if (row->number != wanted->number)
		return true;
	wanted->id = row->id;
	wanted->menu = row->menu;
	return false;
}

/* By the session's last print, else by the current order. */
static bool
number_to_id(const struct sl_command *cmd, int64_t number, uint64_t *id)
{
	struct sl_menu *menu = cmd->menu;
	struct sl_row wanted = {.number = (uint32_t)number};
	struct sl_item *it;

	if (number < 0 || number > UINT32_MAX)
		return false;
	if (cmd->numbers && cmd->numbers->menu == menu)
		return sl_numbers_find(
		    cmd->numbers, menu, (uint32_t)number, id);
	if (menu->items) {
		it = sl_items_at(menu, (uint32_t)number);
		if (it)
			*id = it->id;
		return it != NULL;
	}
	sl_menu_walk(menu, take_number, NULL, &wanted);
	*id = wanted.id;
	return wanted.menu != NULL;
}

static int
select_id(const struct sl_command *cmd, bool known, uint64_t id,
    struct sl_selection *out, struct sl_err *err)
{
	if (!known || (cmd->menu->items && !sl_items_find(cmd->menu, id)))
		return sl_err_set(err, -ENOENT, "no such item");
	if (sl_selection_add(out, id))
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	return 0;
}

static struct sl_item *
adopt(const struct sl_command *cmd, const char *name)
{
	struct sl_menu *menu = cmd->menu;

	if (!menu->def || !menu->def->adopt || !*cmd->verb ||
	    strncmp("set", cmd->verb, strlen(cmd->verb)) != 0)
		return NULL;
	return menu->def->adopt(menu, name);
}

/* One word: *1A, 12 or a name. */
static int
select_word(const struct sl_command *cmd, const char *s, size_t len,
    struct sl_selection *out, struct sl_err *err)
{
	struct sl_item *it = NULL;
	struct sl_value v;
	uint64_t id = 0;
	bool known;
	char *name;

	if (sl_value_parse(&v, SL_VALUE_ID, s, len))
		return select_id(cmd, true, v.id, out, err);
	name = strndup(s, len);
	if (!name)
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	it = sl_items_named(cmd->menu, name);
	if (!it)
		it = adopt(cmd, name);
	free(name);
	if (it)
		return select_id(cmd, true, it->id, out, err);
	known = sl_value_parse(&v, SL_VALUE_NUM, s, len) &&
		number_to_id(cmd, v.num, &id);
	return select_id(cmd, known, id, out, err);
}

static int
select_text(const struct sl_command *cmd, const char *s, size_t len,
    struct sl_selection *out, struct sl_err *err)
{
	const char *end = s + len, *comma;
	int rc = 0;

	/* A name may hold commas. */
	if (memchr(s, ',', len) && sl_items_named(cmd->menu, s))
		return select_word(cmd, s, len, out, err);
	for (; len && !rc; s = comma + 1) {
		comma = memchr(s, ',', (size_t)(end - s));
		comma = comma ? comma : end;
		rc = select_word(cmd, s, (size_t)(comma - s), out, err);
		if (comma == end)
			break;
	}
	return rc;
}

static int
select_value(const struct sl_command *cmd, const struct sl_value *v,
    struct sl_selection *out, struct sl_err *err)
{
	struct sl_text t = {0};
	uint64_t id = 0;
	bool known;
	int rc = 0;

	switch (v->type) {
	case SL_VALUE_NONE:
		return 0;
	case SL_VALUE_NUM:
		known = number_to_id(cmd, v->num, &id);
		return select_id(cmd, known, id, out, err);
	case SL_VALUE_ID:
		return select_id(cmd, true, v->id, out, err);
	case SL_VALUE_ARRAY:
		for (size_t i = 0; i < sl_array_len(v) && !rc; i++)
			rc = select_value(cmd, sl_array_at(v, i), out, err);
		return rc;
	default:
		sl_value_print(&t, v, SL_FORM_CONFIG);
		rc = select_text(cmd, sl_text_str(&t), t.len, out, err);
		sl_text_free(&t);
		return rc;
	}
}

int
sl_select(const struct sl_command *cmd, const struct sl_arg *arg,
    struct sl_selection *out, struct sl_err *err)
{
	return sl_args_blame(
	    err, select_value(cmd, &arg->value, out, err), &arg->place);
}

int
sl_select_numbers(
    const struct sl_command *cmd, struct sl_selection *out, struct sl_err *err)
{
	const struct sl_arg *arg = sl_command_arg(cmd, "numbers");

	if (!arg)
		return sl_args_blame(err,
		    sl_err_set(err, -EINVAL,
			"missing value(s) of argument(s) numbers"),
		    &cmd->place);
	return sl_select(cmd, arg, out, err);
}
