/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/command.h>

#include <base/role.h>
#include <menu/args.h>
#include <menu/change.h>
#include <menu/export.h>
#include <menu/print.h>
#include <menu/query.h>
#include <menu/select.h>
#include <menu/skip.h>
#include <menu/tx.h>

#include <errno.h>
#include <string.h>

/* A change is all or nothing, alone or inside an open transaction. */
static int
run_change(struct sl_command *cmd, sl_change_fn run, struct sl_err *err)
{
	struct sl_model *model = cmd->menu->model;
	bool own = !sl_tx_is_open(model);
	size_t mark;
	int rc;

	rc = own ? sl_tx_begin(model, err) : 0;
	if (rc)
		return rc;
	mark = sl_tx_mark(model);
	rc = run(cmd, err);
	if (rc && own)
		sl_tx_rollback(model);
	else if (rc)
		sl_tx_undo_to(model, mark);
	else if (own)
		rc = sl_tx_commit(model, err);
	if (rc)
		sl_value_free(&cmd->result);
	return rc;
}

/* A verb of the menu's own table. */
static int
run_own(struct sl_command *cmd, const struct sl_verb *verb, struct sl_err *err)
{
	struct sl_selection sel = {0};
	int rc = 0;

	if (verb->items && sl_command_arg(cmd, "numbers"))
		rc = sl_select_numbers(cmd, &sel, err);
	if (!rc)
		rc = verb->run(cmd, sel.ids, sel.n, err);
	sl_selection_free(&sel);
	return rc;
}

static int
run_bound(struct sl_command *cmd, struct sl_err *err)
{
	const struct sl_verb *own = sl_menu_own_verb(cmd->menu, cmd->verb);
	sl_change_fn change = sl_change_find(cmd->verb);

	if (own)
		return run_own(cmd, own, err);
	if (change && cmd->menu->kind == SL_MENU_ROWS)
		return sl_change_remove_rows(cmd, err);
	if (change)
		return run_change(cmd, change, err);
	if (strcmp(cmd->verb, "find") == 0)
		return sl_query_find(cmd, err);
	if (strcmp(cmd->verb, "get") == 0)
		return sl_query_get(cmd, err);
	if (strcmp(cmd->verb, "print") == 0)
		return sl_print_command(cmd, err);
	return sl_export_command(cmd, err);
}

int
sl_command_run(struct sl_command *cmd, struct sl_err *err)
{
	struct sl_err unwanted = {0};
	struct sl_args args = {0};
	struct sl_meaning m;
	int rc;

	sl_assert_role(SL_ROLE_CONTROL);
	err = err ? err : &unwanted;
	cmd->result = (struct sl_value){0};
	cmd->bound = NULL;
	if (cmd->menu->kind == SL_MENU_SKIPPED)
		return sl_skip_run(cmd, err);
	m = sl_menu_resolve(cmd->menu, cmd->verb);
	if (m.word != SL_WORD_VERB)
		return sl_args_blame(err,
		    sl_err_set(
			err, -ENOENT, "bad command name %.64s", cmd->verb),
		    &cmd->place);
	cmd->verb = m.verb;
	rc = sl_args_bind(cmd, &args, err);
	cmd->bound = &args;
	if (!rc)
		rc = run_bound(cmd, err);
	cmd->bound = NULL;
	sl_args_free(&args);
	return sl_args_blame(err, rc, &cmd->place);
}
