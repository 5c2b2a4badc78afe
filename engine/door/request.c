/* SPDX-License-Identifier: Apache-2.0 */
#include <door/request.h>

#include <base/clock.h>
#include <base/control.h>
#include <door/api_query.h>
#include <menu/command.h>

#include <errno.h>
#include <string.h>

/* One run of a request. */
struct run {
	struct sl_request *request;
	const char *tag;
	struct sl_menu *menu;
	const char *verb;
	bool count_only;
	struct sl_api_query query;
	struct sl_arg args[SL_SENTENCE_WORDS_MAX];
	size_t n_args;
	struct sl_sentence_out rows; /* !re sentences not yet sent */
};

/* --- replies --- */

static void
put_tag(struct sl_sentence_out *out, const char *tag)
{
	const char *parts[] = {".tag=", tag};

	if (tag)
		sl_sentence_join(out, parts, SL_COUNT_OF(parts));
}

void
sl_request_done(struct sl_sentence_out *out, const char *ret, const char *tag)
{
	sl_sentence_word(out, "!done");
	if (ret)
		sl_sentence_pair(out, "ret", ret);
	put_tag(out, tag);
	sl_sentence_end(out);
}

void
sl_request_trap(struct sl_sentence_out *out, enum sl_trap_category category,
    const char *message, const char *tag)
{
	char digit[] = {(char)('0' + category), '\0'};

	sl_sentence_word(out, "!trap");
	sl_sentence_pair(out, "category", digit);
	sl_sentence_pair(out, "message", message);
	put_tag(out, tag);
	sl_sentence_end(out);
	sl_request_done(out, NULL, tag);
}

void
sl_request_fatal(struct sl_sentence_out *out, const char *message)
{
	sl_sentence_word(out, "!fatal");
	sl_sentence_word(out, message);
	sl_sentence_end(out);
}

/* --- what the sentence says --- */

const char *
sl_request_tag(const struct sl_sentence *sentence)
{
	for (size_t i = 1; i < sentence->n; i++)
		if (!strncmp(sentence->words[i], ".tag=", 5))
			return sentence->words[i] + 5;
	return NULL;
}

static const char *
last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool
sl_request_is_streaming(const struct sl_sentence *sentence)
{
	return !strcmp(last_part(sentence->words[0]), "listen") ||
	       !strcmp(sentence->words[0], "/tool/trace") ||
	       sl_sentence_value(sentence, "follow") ||
	       sl_sentence_value(sentence, "follow-only") ||
	       sl_sentence_value(sentence, "interval");
}

/* Verbs that only the API has, and words that only the console has. */
static const struct {
	const char *api, *menu; /* NULL: not for the API */
} verbs[] = {
    {"getall", "print"},
    {"listen", "print"},
    {"export", NULL},
};

static int
find_command(struct run *run, struct sl_err *err)
{
	const char *path = run->request->sentence->words[0];
	const char *verb = last_part(path);
	size_t len = (size_t)(verb - path);
	struct sl_meaning m;
	char menu[256];

	run->menu = sl_model_find(run->request->model, path);
	if (run->menu && run->menu->def && run->menu->def->runs) {
		run->verb = run->menu->def->runs;
		return 0;
	}
	if (len < 2 || path[0] != '/' || len > sizeof(menu))
		return sl_err_set(err, -ENOENT, "no such command");
	memcpy(menu, path, len - 1);
	menu[len - 1] = '\0';
	run->menu = sl_model_find(run->request->model, menu);
	/* A program is better told than left to think that it did something. */
	if (!run->menu || run->menu->kind == SL_MENU_SKIPPED)
		return sl_err_set(err, -ENOENT, "no such command prefix");
	for (size_t i = 0; verb && i < SL_COUNT_OF(verbs); i++)
		if (!strcmp(verb, verbs[i].api))
			verb = verbs[i].menu;
	if (!verb)
		return sl_err_set(err, -ENOENT, "no such command");
	m = sl_menu_resolve(run->menu, verb);
	/* The API knows no abbreviations. */
	if (m.word != SL_WORD_VERB || strcmp(m.verb, verb))
		return sl_err_set(err, -ENOENT, "no such command");
	run->verb = m.verb;
	return 0;
}

static int
add_arg(struct run *run, const char *name, size_t name_len, const char *value,
    struct sl_err *err)
{
	struct sl_arg *arg = &run->args[run->n_args];
	char *copy = strndup(name, name_len);

	*arg = (struct sl_arg){.name = copy};
	if (!copy)
		return sl_err_set(err, -ENOMEM, "out of memory");
	run->n_args++;
	if (!strcmp(copy, ".proplist"))
		memmove(copy, copy + 1, strlen(copy));
	if (!strcmp(copy, "count-only"))
		run->count_only = true;
	if (*value && sl_value_str(&arg->value, value, strlen(value)))
		return sl_err_set(err, -ENOMEM, "out of memory");
	return 0;
}

/* The word "=name=value", "=name" or "=!name". */
static int
take_attribute(struct run *run, const char *word, struct sl_err *err)
{
	const char *name = word + 1;
	size_t len = strcspn(name, "=");
	bool unset = name[0] == '!';
	int rc;

	if (!len || (unset && len == 1))
		return sl_err_set(err, -EINVAL, "empty parameter name");
	rc = add_arg(run, name + unset, len - unset,
	    name[len] ? name + len + 1 : "", err);
	if (!rc)
		run->args[run->n_args - 1].unset = unset;
	return rc;
}

static int
take_words(struct run *run, struct sl_err *err)
{
	const struct sl_sentence *s = run->request->sentence;
	int rc = 0;

	for (size_t i = 1; i < s->n && !rc; i++) {
		const char *word = s->words[i];

		if (word[0] == '=')
			rc = take_attribute(run, word, err);
		else if (word[0] == '?')
			rc = sl_api_query_add(&run->query, word, err);
		else if (word[0] != '.')
			rc = sl_err_set(err, -EINVAL, "unknown word");
	}
	if (!rc && !strcmp(last_part(s->words[0]), "listen"))
		rc =
		    add_arg(run, "follow-only", strlen("follow-only"), "", err);
	return rc;
}

/* --- queries over rows --- */

static bool
row_has(void *ctx, const char *name)
{
	struct sl_value v = {0};
	bool has = sl_row_get_named(ctx, name, &v) && v.type != SL_VALUE_NONE;

	sl_value_free(&v);
	return has;
}

static bool
row_compare(void *ctx, const char *name, const char *text, int *order)
{
	struct sl_value v = {0}, w = {0};
	bool known = sl_row_get_named(ctx, name, &v);

	if (known && sl_value_str(&w, text, strlen(text)))
		known = false;
	if (known && sl_value_compare(&v, SL_COMPARE_EQ, &w))
		*order = 0;
	else if (known && sl_value_compare(&v, SL_COMPARE_LT, &w))
		*order = -1;
	else if (known && sl_value_compare(&v, SL_COMPARE_GT, &w))
		*order = 1;
	else
		known = false;
	sl_value_free(&v);
	sl_value_free(&w);
	return known;
}

static bool
row_passes(void *arg, const struct sl_row *row)
{
	struct run *run = arg;
	struct sl_api_query_item item = {.has = row_has,
	    .compare = row_compare,
	    .ctx = (void *)(uintptr_t)row};

	return sl_api_query_match(&run->query, &item);
}

/* --- the sink of the command --- */

static int
put_row(struct sl_out *out, const struct sl_field *fields, size_t n)
{
	struct run *run = out->arg;

	sl_sentence_word(&run->rows, "!re");
	for (size_t i = 0; i < n; i++)
		sl_sentence_pair(&run->rows, fields[i].name, fields[i].text);
	put_tag(&run->rows, run->tag);
	sl_sentence_end(&run->rows);
	return run->rows.failed ? -ENOMEM : 0;
}

static int
flush_rows(struct sl_out *out)
{
	struct run *run = out->arg;
	int rc = 0;

	if (run->rows.len)
		rc = run->request->send(
		    run->request->arg, run->rows.bytes, run->rows.len);
	run->rows.len = 0;
	return rc;
}

/* Console text has no place in a sentence. */
static int
drop_text(struct sl_out *out, const char *data, size_t len)
{
	(void)out;
	(void)data;
	(void)len;
	return 0;
}

static bool
is_cancelled(struct sl_out *out)
{
	struct run *run = out->arg;

	return run->request->cancelled(run->request->arg);
}

/* --- errors --- */

/* The console's words for what the API calls otherwise. */
static const struct {
	const char *prefix;
	enum sl_trap_category category;
	const char *text; /* NULL: as it is */
} traps[] = {
    {"bad command name", SL_TRAP_MISSING, "no such command"},
    {"no such", SL_TRAP_MISSING, NULL},
    {"expected end of command", SL_TRAP_ARGUMENT, "unknown parameter"},
    {"unknown", SL_TRAP_ARGUMENT, NULL},
    {"ambiguous", SL_TRAP_ARGUMENT, NULL},
    {"input does not match", SL_TRAP_ARGUMENT, NULL},
    {"invalid value", SL_TRAP_ARGUMENT, NULL},
    {"missing value", SL_TRAP_ARGUMENT, NULL},
    {"value of", SL_TRAP_ARGUMENT, NULL},
    {"empty", SL_TRAP_ARGUMENT, NULL},
    {"query", SL_TRAP_ARGUMENT, NULL},
};

static void
put_error(
    struct sl_sentence_out *out, const struct sl_err *err, const char *tag)
{
	if (err->code == -ECANCELED) {
		sl_request_trap(out, SL_TRAP_INTERRUPTED, "interrupted", tag);
		return;
	}
	for (size_t i = 0; i < SL_COUNT_OF(traps); i++) {
		if (strncmp(
			err->text, traps[i].prefix, strlen(traps[i].prefix)))
			continue;
		sl_request_trap(out, traps[i].category,
		    traps[i].text ? traps[i].text : err->text, tag);
		return;
	}
	sl_request_trap(out, SL_TRAP_GENERAL, err->text, tag);
}

static void
put_result(
    struct sl_sentence_out *out, const struct sl_value *result, const char *tag)
{
	struct sl_text text = {0};

	if (result->type == SL_VALUE_NONE) {
		sl_request_done(out, NULL, tag);
		return;
	}
	sl_value_print(&text, result, SL_FORM_PLAIN);
	sl_request_done(out, sl_text_str(&text), tag);
	sl_text_free(&text);
}

/* --- running --- */

static int
run_command(struct run *run, struct sl_value *result, struct sl_err *err)
{
	struct sl_out out = {
	    .write = drop_text,
	    .cancelled = is_cancelled,
	    .row = put_row,
	    .flush_rows = flush_rows,
	    .arg = run,
	};
	struct sl_command cmd = {
	    .menu = run->menu,
	    .verb = run->verb,
	    .args = run->args,
	    .n_args = run->n_args,
	    .where = run->query.n ? row_passes : NULL,
	    .where_arg = run,
	    .out = &out,
	    .want_result = run->count_only,
	};
	int rc;

	if (is_cancelled(&out))
		return sl_err_set(err, -ECANCELED, "interrupted");
	sl_control_lock();
	sl_clock_tick();
	rc = sl_command_run(&cmd, err);
	sl_control_unlock();
	if (rc)
		sl_err_set(err, rc, "%s", strerror(-rc));
	*result = cmd.result;
	sl_out_fini(&out);
	return rc;
}

static void
free_run(struct run *run)
{
	for (size_t i = 0; i < run->n_args; i++) {
		free((char *)(uintptr_t)run->args[i].name);
		sl_value_free(&run->args[i].value);
	}
	sl_api_query_free(&run->query);
	sl_sentence_out_free(&run->rows);
	free(run);
}

int
sl_request_run(struct sl_request *request)
{
	struct run *run = calloc(1, sizeof(*run));
	struct sl_value result = {0};
	struct sl_err err = {0};
	const char *tag = sl_request_tag(request->sentence);
	int rc;

	if (!run)
		return -ENOMEM;
	run->request = request;
	run->tag = tag;
	rc = find_command(run, &err);
	if (!rc)
		rc = take_words(run, &err);
	if (!rc)
		rc = run_command(run, &result, &err);
	if (rc)
		put_error(&run->rows, &err, tag);
	else
		put_result(&run->rows, &result, tag);
	sl_value_free(&result);
	rc = run->rows.failed
		 ? -ENOMEM
		 : request->send(request->arg, run->rows.bytes, run->rows.len);
	free_run(run);
	return rc;
}
