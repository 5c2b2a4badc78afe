/* SPDX-License-Identifier: Apache-2.0 */
#include <script/session.h>

#include <menu/item.h>
#include <script/blame.h>
#include <script/parse.h>
#include <script/session_state.h>

#include <errno.h>
#include <string.h>

static int
drop_output(struct sl_out *out, const char *data, size_t len)
{
	(void)out;
	(void)data;
	(void)len;
	return 0;
}

struct sl_session *
sl_session_new(struct sl_model *model, struct sl_out *out, struct sl_err *err)
{
	struct sl_session *s = calloc(1, sizeof(*s));

	if (!s) {
		sl_err_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	s->nowhere.write = drop_output;
	s->eval.model = model;
	s->eval.menu = model->root;
	s->eval.scope = &s->eval.globals;
	s->eval.numbers = &s->numbers;
	s->eval.import = sl_session_import;
	s->load_steps = SL_EVAL_LOAD_STEPS;
	sl_session_set_out(s, out);
	return s;
}

void
sl_session_free(struct sl_session *s)
{
	if (!s)
		return;
	while (s->names) {
		struct sl_session_name *name = s->names;

		s->names = name->next;
		free(name);
	}
	sl_scope_fini(&s->eval.globals);
	sl_numbers_fini(&s->numbers);
	sl_out_fini(&s->nowhere);
	free(s);
}

void
sl_session_set_out(struct sl_session *s, struct sl_out *out)
{
	s->eval.out = out ? out : &s->nowhere;
}

struct sl_menu *
sl_session_menu(const struct sl_session *s)
{
	return s->eval.menu;
}

const char *
sl_session_keep_name(struct sl_session *s, const char *text)
{
	struct sl_session_name *name = s->names;
	size_t len = strlen(text);

	while (name && strcmp(name->text, text) != 0)
		name = name->next;
	if (name)
		return name->text;
	name = malloc(sizeof(*name) + len + 1);
	if (!name)
		return NULL;
	memcpy(name->text, text, len + 1);
	name->next = s->names;
	s->names = name;
	return name->text;
}

void
sl_errors_add(struct sl_errors *errors, const struct sl_err *err)
{
	errors->total++;
	if (errors->n >= SL_ERRORS_MAX)
		return;
	if (errors->n == errors->cap) {
		size_t cap = errors->cap ? errors->cap * 2 : 16;
		struct sl_err *list =
		    realloc(errors->list, cap * sizeof(*list));

		if (!list)
			return;
		errors->list = list;
		errors->cap = cap;
	}
	errors->list[errors->n++] = *err;
}

void
sl_errors_fini(struct sl_errors *errors)
{
	free(errors->list);
	memset(errors, 0, sizeof(*errors));
}

static void
collect(void *ctx, const struct sl_err *err)
{
	sl_errors_add(ctx, err);
}

/* The command's text as it was written, for verbose imports. */
static void
echo(struct sl_eval *ev, const struct sl_parse *p, size_t from)
{
	size_t to = p->lex.off;

	while (from < to && strchr(" \t\r\n;", p->lex.text[from]))
		from++;
	sl_out_put(ev->out, p->lex.text + from, to - from);
	sl_out_puts(ev->out, "\n");
}

/* Runs one parsed command, collecting its error if that is wanted. */
static int
run_statement(
    struct sl_eval *ev, const struct sl_statement *st, struct sl_errors *errors)
{
	struct sl_err *outer = ev->err, own = {0};
	struct sl_value value = {0};
	int rc;

	if (errors)
		ev->err = &own;
	rc = sl_eval_statement(ev, st, false, &value);
	sl_value_free(&value);
	ev->err = outer;
	if (!errors || !rc)
		return rc;
	sl_errors_add(errors, &own);
	sl_err_set(outer, rc, "%s", own.text);
	return 0;
}

int
sl_session_run_source(struct sl_eval *ev, const struct sl_session_source *src)
{
	struct sl_scope scope = {.parent = ev->scope};
	const struct sl_eval outer = *ev;
	struct sl_arena arena = {0};
	struct sl_statement *st;
	struct sl_parse p;
	int rc = 0, got;

	sl_parse_init(&p, src->text, src->len, src->file, &arena);
	if (src->errors) {
		p.report = collect;
		p.report_ctx = src->errors;
	}
	ev->collect = src->errors ? collect : NULL;
	ev->collect_ctx = src->errors;
	ev->scope = &scope;
	ev->file = src->file;
	while (!rc && !ev->returned) {
		size_t from = p.lex.off;

		sl_arena_reset(&arena);
		got = sl_parse_next(&p, &st, ev->err);
		if (got == 0)
			break;
		if (got < 0) {
			rc = src->errors ? 0 : got;
			continue;
		}
		if (st->at.line < src->from_line)
			continue;
		if (src->verbose)
			echo(ev, &p, from);
		rc = run_statement(ev, st, src->errors);
	}
	ev->returned = false;
	ev->file = outer.file;
	ev->scope = outer.scope;
	ev->collect = outer.collect;
	ev->collect_ctx = outer.collect_ctx;
	sl_scope_fini(&scope);
	sl_arena_fini(&arena);
	return rc;
}

/* Does the last line, unless it is a comment, end with '\\'? */
static bool
is_continued(const char *text, size_t len)
{
	size_t from = len;

	if (!len || text[len - 1] != '\\')
		return false;
	while (from && text[from - 1] != '\n' && text[from - 1] != '\r')
		from--;
	while (text[from] == ' ' || text[from] == '\t')
		from++;
	return text[from] != '#';
}

char
sl_session_unfinished(const char *text, size_t len)
{
	struct sl_arena arena = {0};
	struct sl_statement *st;
	struct sl_parse p;
	char open = '\0';
	int got;

	sl_parse_init(&p, text, len, NULL, &arena);
	while ((got = sl_parse_next(&p, &st, NULL)) > 0)
		sl_arena_reset(&arena);
	if (got < 0)
		open = p.open;
	/* Others go on only where the line does. */
	if ((!got || open == '(' || open == '[') && is_continued(text, len))
		open = '\\';
	else if (open == '(' || open == '[')
		open = '\0';
	sl_arena_fini(&arena);
	return open;
}

int
sl_session_run(struct sl_session *s, const char *text, size_t len,
    const char *file, struct sl_err *err)
{
	struct sl_session_source src = {.text = text, .len = len};
	struct sl_err own = {0};
	int rc, flushed;

	if (file && !(src.file = sl_session_keep_name(s, file)))
		return sl_err_set(err, -ENOMEM, "out of memory");
	s->eval.err = err ? err : &own;
	s->eval.loading = s->eval.lost = false;
	s->eval.steps = s->eval.step_limit = 0;
	rc = sl_session_run_source(&s->eval, &src);
	flushed = sl_out_flush(s->eval.out);
	if (!rc && flushed)
		rc = sl_err_set(s->eval.err, flushed, "interrupted");
	s->eval.err = NULL;
	return rc;
}

void
sl_session_prompt(const struct sl_session *s, struct sl_text *t)
{
	struct sl_menu *identity =
	    sl_model_find(s->eval.model, "/system/identity");
	const char *name = "";
	int prop;

	if (identity && identity->kind == SL_MENU_SETTINGS &&
	    (prop = sl_menu_prop(identity, "name", false)) >= 0)
		name = sl_item_str(sl_item_settings(identity), (unsigned)prop);
	sl_text_printf(t, "[admin@%s] ", *name ? name : "sluice");
	if (s->eval.menu->parent)
		sl_menu_print_path(s->eval.menu, t);
	sl_text_adds(t, "> ");
}
