/* SPDX-License-Identifier: Apache-2.0 */
#include <script/eval.h>

#include <base/control.h>
#include <menu/tx.h>
#include <script/blame.h>
#include <script/keyword.h>
#include <script/where.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define YIELD_STEPS 256 /* loop iterations between two yields of control */

/* What a command of a menu without effect is taken for if we do not know it. */
#define SKIPPED_VERB "set"

/* What the words at the start of a command lead to. */
struct target {
	struct sl_menu *menu;
	char verb[64]; /* "": a path alone */
	struct sl_spot verb_at;
	const struct sl_part *args; /* behind the verb */
};

int
sl_eval_fail(struct sl_eval *ev, struct sl_spot at, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = sl_blame_vsyntax(ev->err, ev->file, at, fmt, ap);
	va_end(ap);
	return rc;
}

const struct sl_part *
sl_eval_positional(const struct sl_part *item, unsigned n)
{
	for (; item; item = item->next) {
		if (!item->name && n-- == 0)
			return item;
	}
	return NULL;
}

const struct sl_part *
sl_eval_named(const struct sl_part *item, const char *name)
{
	while (item && (!item->name || strcmp(item->name, name) != 0))
		item = item->next;
	return item;
}

int
sl_eval_step(struct sl_eval *ev, struct sl_spot at)
{
	ev->steps++;
	if (ev->step_limit && ev->steps > ev->step_limit)
		return sl_eval_fail(ev, at, "more than %llu loop iterations",
		    (unsigned long long)ev->step_limit);
	if (ev->loading)
		return 0;
	if (sl_out_is_cancelled(ev->out))
		return sl_err_set(ev->err, -ECANCELED, "interrupted");
	if (ev->steps % YIELD_STEPS == 0 && sl_control_is_mine() &&
	    !sl_tx_is_open(ev->model))
		sl_control_yield();
	return 0;
}

static bool
is_import(
    const struct sl_eval *ev, const struct sl_menu *menu, const char *word)
{
	return menu == ev->model->root && !strcmp(word, "import");
}

/* Its levels (info, warning, ...) are commands. */
static bool
is_log(const struct sl_menu *menu)
{
	return !strcmp(menu->path, "/log");
}

/* One word of a path or the verb; 'left': more of the same word follows. */
static int
follow_word(struct sl_eval *ev, struct target *t, const char *word, bool left)
{
	struct sl_meaning m;

	if (!strcmp(word, "..")) {
		if (t->menu->parent)
			t->menu = t->menu->parent;
		return 0;
	}
	m = sl_menu_resolve(t->menu, word);
	if (m.word == SL_WORD_MENU) {
		t->menu = m.menu;
		return 0;
	}
	if (m.word == SL_WORD_AMBIGUOUS)
		return sl_eval_fail(
		    ev, t->verb_at, "ambiguous command name %s", word);
	if (m.word == SL_WORD_VERB && !left)
		word = m.verb;
	else if (t->menu->kind == SL_MENU_SKIPPED)
		word = SKIPPED_VERB;
	else if (!is_import(ev, t->menu, word) && !is_log(t->menu))
		return sl_eval_fail(
		    ev, t->verb_at, "bad command name %s", word);
	snprintf(t->verb, sizeof(t->verb), "%s", word);
	return 0;
}

/* "/ip/firewall", "filter", "add": the parts of one bare word. */
static int
follow_item(struct sl_eval *ev, struct target *t, const struct sl_part *item)
{
	const char *at = item->value->text;
	int rc = 0;

	if (*at == '/')
		t->menu = ev->model->root;
	while (*at && !rc) {
		size_t n = strcspn(at, "/");
		char word[sizeof(t->verb)];

		if (n) {
			snprintf(word, sizeof(word), "%.*s", (int)n, at);
			t->verb_at = item->at;
			t->verb_at.column += (uint32_t)(at - item->value->text);
			rc = n < sizeof(word)
				 ? follow_word(ev, t, word, at[n] != '\0')
				 : sl_eval_fail(ev, t->verb_at,
				       "bad command name %s", word);
		}
		at += n + (at[n] == '/');
	}
	return rc;
}

static bool
is_absolute(const struct sl_statement *st)
{
	const struct sl_part *item = st->items;

	return item && !item->name && item->value->kind == SL_NODE_TEXT &&
	       item->value->text[0] == '/';
}

/* A menu whose name is a command ("/tool trace count=1"): does 'item' not lead
 * further into it? */
static bool
runs_here(const struct target *t, const struct sl_part *item)
{
	if (!t->menu->def || !t->menu->def->runs)
		return false;
	if (!item || item->name || item->value->kind != SL_NODE_TEXT)
		return true;
	return item->value->text[0] != '/' && item->value->text[0] != '.' &&
	       sl_menu_resolve(t->menu, item->value->text).word ==
		   SL_WORD_UNKNOWN;
}

static int
find_target(struct sl_eval *ev, const struct sl_statement *st, struct target *t)
{
	const struct sl_part *item = st->items;
	int rc;

	memset(t, 0, sizeof(*t));
	t->menu = ev->menu;
	t->verb_at = st->at;
	for (; item && !t->verb[0]; item = item->next) {
		if (runs_here(t, item))
			break;
		if (item->name || item->value->kind != SL_NODE_TEXT) {
			if (t->menu->kind != SL_MENU_SKIPPED)
				return sl_eval_fail(
				    ev, item->at, "expected command name");
			snprintf(t->verb, sizeof(t->verb), SKIPPED_VERB);
			break;
		}
		if ((rc = follow_item(ev, t, item)))
			return rc;
	}
	if (!t->verb[0] && runs_here(t, item))
		snprintf(t->verb, sizeof(t->verb), "%s", t->menu->def->runs);
	t->args = item;
	return 0;
}

/* Turns an item into an argument; "!prop" clears, whatever the verb. */
static int
take_arg(struct sl_eval *ev, const struct target *t, const struct sl_part *item,
    struct sl_arg *arg)
{
	const struct sl_node *n = item->value;
	int rc;

	arg->place.file = ev->file;
	arg->place.line = item->at.line;
	arg->place.column = item->at.column;
	arg->name = item->name;
	if (!item->name && n->kind == SL_NODE_TEXT && n->text[0] == '!' &&
	    n->text[1]) {
		arg->name = n->text + 1;
		arg->unset = true;
		return 0;
	}
	if (t->menu->kind == SL_MENU_SKIPPED && n->kind != SL_NODE_TEXT &&
	    n->kind != SL_NODE_STRING) {
		struct sl_err ignored = {0}, *err = ev->err;

		/* No effect, hence no mistake: the value may ask menus that
		 * do not exist here. */
		ev->err = &ignored;
		sl_eval_text(ev, n, &arg->value);
		ev->err = err;
		return 0;
	}
	rc = sl_eval_text(ev, n, &arg->value);
	if (!rc && arg->value.type == SL_VALUE_STR &&
	    (rc = sl_eval_check_size(&arg->value, ev->err)))
		sl_blame_place(ev->err, ev->file, item->at);
	return rc;
}

static void
free_args(struct sl_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sl_value_free(&args[i].value);
	free(args);
}

/* Does this command read its condition as arguments ("/tool trace where
 * protocol=tcp and dst-port=80")? */
static bool
reads_terms(const struct sl_statement *st, const struct target *t)
{
	const struct sl_menu_def *def = t->menu->def;

	return st->where && def && def->runs && !strcmp(def->runs, t->verb) &&
	       !sl_command_has_where(t->menu, t->verb);
}

static bool
is_and(const struct sl_node *n)
{
	return n->kind == SL_NODE_OP && n->op == SL_OP_AND;
}

static size_t
count_terms(const struct sl_node *n)
{
	return is_and(n) ? count_terms(n->kid[0]) + count_terms(n->kid[1]) : 1;
}

static int
take_terms(struct sl_eval *ev, const struct sl_node *n, struct sl_arg **at)
{
	struct sl_arg *arg = *at;
	int rc;

	if (is_and(n)) {
		rc = take_terms(ev, n->kid[0], at);
		return rc ? rc : take_terms(ev, n->kid[1], at);
	}
	if (n->kind != SL_NODE_OP || n->op != SL_OP_EQ ||
	    n->kid[0]->kind != SL_NODE_TEXT)
		return sl_eval_fail(ev, n->at,
		    "only NAME=VALUE, all of which must hold, can be asked");
	(*at)++;
	arg->name = n->kid[0]->text;
	arg->place = (struct sl_place){
	    ev->file, n->kid[0]->at.line, n->kid[0]->at.column};
	return sl_eval_text(ev, n->kid[1], &arg->value);
}

static int
take_args(struct sl_eval *ev, const struct sl_statement *st,
    const struct target *t, struct sl_arg **args, size_t *n_args)
{
	bool terms = reads_terms(st, t);
	size_t n = terms ? count_terms(st->where) : 0, i = 0;
	struct sl_arg *at;
	int rc = 0;

	for (const struct sl_part *item = t->args; item; item = item->next)
		n++;
	*n_args = n;
	*args = calloc(n ? n : 1, sizeof(**args));
	if (!*args)
		return sl_err_set(ev->err, -ENOMEM, "out of memory");
	for (const struct sl_part *item = t->args; item && !rc;
	     item = item->next)
		rc = take_arg(ev, t, item, &(*args)[i++]);
	at = &(*args)[i];
	if (!rc && terms)
		rc = take_terms(ev, st->where, &at);
	if (rc) {
		free_args(*args, n);
		*args = NULL;
	}
	return rc;
}

static int
compile_where(struct sl_eval *ev, const struct sl_statement *st,
    const struct target *t, struct sl_where **where)
{
	*where = NULL;
	if (!st->has_where || t->menu->kind == SL_MENU_SKIPPED ||
	    reads_terms(st, t))
		return 0;
	if (!strcmp(t->verb, "export"))
		return sl_eval_fail(
		    ev, st->where_at, "where of export is not supported");
	if (!sl_command_has_where(t->menu, t->verb))
		return sl_eval_fail(
		    ev, st->where_at, "expected end of command");
	if (!st->where)
		return 0;
	return sl_where_compile(ev, t->menu, st->where, where);
}

/* Somebody who sees the output learns that a command did nothing; once, for
 * one after the other of the same menu.  (A load logs it.) */
static void
tell_skipped(struct sl_eval *ev, const struct sl_menu *menu)
{
	if (ev->loading || ev->out->json || ev->skipped == menu)
		return;
	ev->skipped = menu;
	sl_out_puts(ev->out, "warning: ");
	sl_menu_print_path(menu, &ev->out->buf);
	sl_out_puts(
	    ev->out, " is not implemented: its commands have no effect\n");
}

static int
run_command(struct sl_eval *ev, const struct sl_statement *st,
    const struct target *t, bool want, struct sl_value *out)
{
	struct sl_command cmd = {
	    .menu = t->menu,
	    .verb = t->verb,
	    .place = {ev->file, t->verb_at.line, t->verb_at.column},
	    .out = ev->out,
	    .numbers = ev->numbers,
	    .want_result = want,
	};
	struct sl_where *where = NULL;
	struct sl_arg *args = NULL;
	struct sl_menu *menu = ev->menu;
	int rc;

	/* [find ...] among the arguments means items of this very menu. */
	ev->menu = t->menu;
	rc = take_args(ev, st, t, &args, &cmd.n_args);
	if (!rc)
		rc = compile_where(ev, st, t, &where);
	ev->menu = menu;
	cmd.args = args;
	if (!rc && t->menu->kind == SL_MENU_SKIPPED)
		tell_skipped(ev, t->menu);
	if (where) {
		cmd.where = sl_where_match;
		cmd.where_arg = where;
	}
	if (!rc && (rc = sl_command_run(&cmd, ev->err)))
		sl_blame_console(ev->err, ev->file, t->verb_at);
	sl_where_free(where);
	free_args(args, args ? cmd.n_args : 0);
	if (want && !rc)
		*out = cmd.result;
	else
		sl_value_free(&cmd.result);
	return rc;
}

/* A { } that no construct has to do with: all of its mistakes are wanted. */
static int
run_plain_block(
    struct sl_eval *ev, const struct sl_node *block, struct sl_value *out)
{
	struct sl_scope scope = {.parent = ev->scope};
	struct sl_menu *menu = ev->menu;
	bool lost = ev->lost;
	int rc = 0;

	if (!ev->collect)
		return sl_eval_block(ev, block, out);
	ev->scope = &scope;
	for (const struct sl_statement *st = block->body;
	     st && rc != -ECANCELED && !ev->returned; st = st->next) {
		sl_value_free(out);
		rc = sl_eval_statement(ev, st, false, out);
		if (!rc)
			continue;
		ev->collect(ev->collect_ctx, ev->err);
		memset(ev->err, 0, sizeof(*ev->err));
	}
	ev->scope = scope.parent;
	ev->menu = menu;
	ev->lost = lost;
	sl_scope_fini(&scope);
	return 0;
}

/* PATH { commands }: they run there. */
static int
run_menu_block(struct sl_eval *ev, const struct sl_statement *st,
    const struct target *t, struct sl_value *out)
{
	struct sl_menu *menu = ev->menu;
	int rc;

	if (t->verb[0])
		return sl_eval_fail(
		    ev, st->block->at, "expected end of command");
	ev->menu = t->menu;
	rc = run_plain_block(ev, st->block, out);
	ev->menu = menu;
	return rc;
}

static int
run_menu(struct sl_eval *ev, const struct sl_statement *st, bool want,
    struct sl_value *out)
{
	struct target t;
	int rc;

	if (ev->lost && !is_absolute(st))
		return 0; /* its menu was reported already */
	rc = find_target(ev, st, &t);
	if (rc) {
		ev->lost = ev->loading && is_absolute(st);
		return rc;
	}
	if (st->block)
		return run_menu_block(ev, st, &t, out);
	if (!t.verb[0]) {
		ev->menu = t.menu;
		ev->lost = false;
		return 0;
	}
	if (is_import(ev, t.menu, t.verb)) {
		if (!ev->import)
			return sl_eval_fail(
			    ev, t.verb_at, "import is not possible here");
		return ev->import(ev, st, t.args);
	}
	if (is_log(t.menu) &&
	    sl_menu_resolve(t.menu, t.verb).word == SL_WORD_UNKNOWN)
		return sl_eval_log(ev, t.verb, t.args, t.verb_at);
	return run_command(ev, st, &t, want, out);
}

int
sl_eval_statement(struct sl_eval *ev, const struct sl_statement *st, bool want,
    struct sl_value *out)
{
	int rc;

	if (st->block && !st->items)
		rc = run_plain_block(ev, st->block, out);
	else if (st->keyword)
		rc = sl_eval_keyword(ev, st, out);
	else
		rc = run_menu(ev, st, want, out);
	if (!rc)
		return 0;
	if (!ev->err->text[0]) { /* a print that was cut short has none */
		ev->err->code = 0;
		sl_err_set(ev->err, rc, "%s",
		    rc == -ECANCELED ? "interrupted" : "failure");
	}
	sl_blame_place(ev->err, ev->file, st->at);
	return rc;
}

/* The statements of a body; *out is the value of the last one or of the
 * :return that ended it. */
static int
run_body(struct sl_eval *ev, const struct sl_statement *st, bool want,
    struct sl_value *out)
{
	int rc = 0;

	for (; st && !rc && !ev->returned; st = st->next) {
		sl_value_free(out);
		rc = sl_eval_statement(ev, st, want, out);
	}
	return rc;
}

int
sl_eval_block(
    struct sl_eval *ev, const struct sl_node *block, struct sl_value *out)
{
	struct sl_scope scope = {.parent = ev->scope};
	struct sl_menu *menu = ev->menu;
	bool lost = ev->lost;
	int rc;

	ev->scope = &scope;
	rc = run_body(ev, block->body, false, out);
	ev->scope = scope.parent;
	ev->menu = menu;
	ev->lost = lost;
	sl_scope_fini(&scope);
	return rc;
}

int
sl_eval_run(
    struct sl_eval *ev, const struct sl_statement *body, struct sl_value *out)
{
	struct sl_menu *menu = ev->menu;
	bool lost = ev->lost;
	int rc = run_body(ev, body, true, out);

	ev->menu = menu;
	ev->lost = lost;
	ev->returned = false; /* [ :return 5 ] is 5 */
	return rc;
}
