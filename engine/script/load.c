/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files: the configuration, and imports.
 */
#include <script/session.h>

#include <base/log.h>
#include <menu/export.h>
#include <menu/tx.h>
#include <script/blame.h>
#include <script/session_state.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Items without effect that a load names. */
#define WARNINGS_MAX 100

int
sl_session_read_file(
    const char *path, char **text, size_t *len, struct sl_err *err)
{
	/* A FIFO that nobody writes to must not hold the control thread. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	struct stat st;
	int rc = 0;

	*text = NULL;
	*len = 0;
	if (!f) {
		rc = sl_err_sys(err, -errno, "cannot open %s", path);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	if (fstat(fileno(f), &st))
		rc = sl_err_sys(err, -errno, "cannot read %s", path);
	else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		rc = sl_err_set(err, -EINVAL, "%s is not a file", path);
	fcntl(fd, F_SETFL, 0);
	for (size_t cap = 0; !rc && !feof(f);) {
		char *grown = *text;

		if (*len == cap) {
			cap = cap ? cap * 2 : 65536;
			grown = cap <= SL_SESSION_FILE_BYTES
				    ? realloc(*text, cap)
				    : NULL;
		}
		if (!grown) {
			rc = sl_err_set(err, -EFBIG, "%s is too large", path);
			break;
		}
		*text = grown;
		*len += fread(*text + *len, 1, cap - *len, f);
		if (ferror(f))
			rc = sl_err_sys(err, -EIO, "cannot read %s", path);
	}
	fclose(f);
	if (rc) {
		free(*text);
		*text = NULL;
	}
	return rc;
}

/* Runs a configuration inside the open transaction. */
static int
load_in_tx(struct sl_session *s, const struct sl_session_source *src)
{
	struct sl_err first = {0};
	struct sl_menu *menu = s->eval.menu;
	int rc;

	s->eval.err = &first;
	s->eval.loading = true;
	s->eval.lost = false;
	s->eval.menu = s->eval.model->root;
	s->eval.steps = 0;
	s->eval.step_limit = s->load_steps;
	rc = sl_session_run_source(&s->eval, src);
	s->eval.step_limit = 0;
	s->eval.loading = s->eval.lost = false;
	s->eval.menu = menu;
	s->eval.err = NULL;
	if (!rc && src->errors->total)
		rc = first.code ? first.code : -EINVAL;
	return rc;
}

/* An item that was taken and has no effect; false once there were enough. */
static bool
warn_of(const struct sl_item *it, unsigned *left)
{
	struct sl_model *model = it->menu->model;
	struct sl_text t = {0};

	if (!(it->flags & SL_ITEM_INVALID) || !it->reason ||
	    sl_item_is_disabled(it) || sl_export_is_untouched(it))
		return true;
	sl_menu_print_path(it->menu, &t);
	if (it->menu->kind != SL_MENU_SETTINGS)
		sl_text_printf(&t, " item %u", sl_item_number(it));
	sl_text_printf(&t, ": %s", --*left ? it->reason : "... and others");
	if (model->warn)
		model->warn(model, &(struct sl_place){0}, sl_text_str(&t));
	else
		sl_log(SL_LOG_WARNING, "system", "%s", sl_text_str(&t));
	sl_text_free(&t);
	return *left;
}

static void
warn_of_all(struct sl_model *model)
{
	unsigned left = WARNINGS_MAX;
	struct sl_item *it;

	for (unsigned i = 0; i < model->n_menus; i++)
		SL_ITEM_EACH (it, model->menus[i])
			if (!warn_of(it, &left))
				return;
}

static int
load(struct sl_session *s, struct sl_session_source *src, bool apply)
{
	struct sl_err err = {0};
	int rc;

	src->file = sl_session_keep_name(s, src->file);
	if (!src->file)
		rc = sl_err_set(&err, -ENOMEM, "out of memory");
	else
		rc = sl_tx_begin(s->eval.model, &err);
	if (!rc) {
		rc = load_in_tx(s, src);
		if (!rc && apply)
			rc = sl_tx_commit(s->eval.model, &err);
		if (!rc)
			warn_of_all(s->eval.model);
		if (sl_tx_is_open(s->eval.model))
			sl_tx_rollback(s->eval.model);
	}
	if (rc && !src->errors->total) {
		sl_err_set(&err, rc, "cannot load");
		if (!err.place.file)
			err.place.file = src->file;
		sl_errors_add(src->errors, &err);
	}
	sl_out_flush(s->eval.out);
	return rc;
}

int
sl_session_load_text(struct sl_session *s, const char *text, size_t len,
    const char *file, struct sl_errors *errors)
{
	struct sl_session_source src = {
	    .text = text,
	    .len = len,
	    .file = file,
	    .errors = errors,
	};

	return load(s, &src, true);
}

static int
load_file(struct sl_session *s, const char *path, struct sl_errors *errors,
    bool apply)
{
	struct sl_session_source src = {.file = path, .errors = errors};
	struct sl_err err = {0};
	char *text;
	int rc = sl_session_read_file(path, &text, &src.len, &err);

	if (rc) {
		sl_errors_add(errors, &err);
		return rc;
	}
	src.text = text;
	rc = load(s, &src, apply);
	free(text);
	return rc;
}

int
sl_session_load_file(
    struct sl_session *s, const char *path, struct sl_errors *errors)
{
	return load_file(s, path, errors, true);
}

int
sl_session_check_file(
    struct sl_session *s, const char *path, struct sl_errors *errors)
{
	return load_file(s, path, errors, false);
}

/* What "import" was given. */
struct import {
	char *file;
	bool verbose, dry_run;
	int64_t from_line;
};

static int
take_import_arg(
    struct sl_eval *ev, const struct sl_part *item, struct import *im)
{
	bool word = !item->name && item->value->kind == SL_NODE_TEXT;
	struct sl_value v = {0}, n = {0};
	struct sl_text text = {0};
	const char *name = item->name;
	int rc = 0;

	if (word && (!strcmp(item->value->text, "dry-run") ||
			!strcmp(item->value->text, "verbose")))
		name = item->value->text;
	if (!name || !strcmp(name, "file"))
		name = "file-name";
	if ((rc = sl_eval_text(ev, item->value, &v)))
		return rc;
	sl_value_print(&text, &v, SL_FORM_PLAIN);
	if (!strcmp(name, "file-name") && !im->file)
		im->file = strdup(sl_text_str(&text));
	else if (!strcmp(name, "verbose"))
		im->verbose = strcmp(sl_text_str(&text), "no") != 0;
	else if (!strcmp(name, "dry-run"))
		im->dry_run = strcmp(sl_text_str(&text), "no") != 0;
	else if (!strcmp(name, "from-line") &&
		 sl_value_parse(
		     &n, SL_VALUE_NUM, sl_text_str(&text), text.len) &&
		 n.num >= 0 && n.num <= UINT32_MAX)
		im->from_line = n.num;
	else
		rc = sl_eval_fail(ev, item->at, "expected end of command");
	sl_text_free(&text);
	sl_value_free(&v);
	return rc;
}

/* Counts the mistakes of a file, changing nothing. */
static int
dry_run(struct sl_eval *ev, struct sl_session_source *src)
{
	struct sl_session *s = sl_container_of(ev, struct sl_session, eval);
	struct sl_errors errors = {0};
	struct sl_eval saved = *ev;
	int rc;

	src->errors = &errors;
	rc = sl_tx_begin(ev->model, ev->err);
	if (rc)
		return rc;
	rc = load_in_tx(s, src);
	sl_tx_rollback(ev->model);
	saved.globals = ev->globals;
	*ev = saved;
	for (size_t i = 0; i < errors.n; i++) {
		char line[SL_BLAME_PRINTED];

		sl_blame_print(&errors.list[i], line, sizeof(line));
		sl_out_printf(ev->out, "%s\n", line);
	}
	if (errors.total)
		rc = sl_err_set(ev->err, -EINVAL,
		    "Script Error: found %zu error(s) in import file",
		    errors.total);
	sl_errors_fini(&errors);
	return rc;
}

static int
import_file(struct sl_eval *ev, const struct import *im)
{
	struct sl_session *s = sl_container_of(ev, struct sl_session, eval);
	struct sl_session_source src = {
	    .from_line = (uint32_t)im->from_line,
	    .verbose = im->verbose,
	};
	struct sl_menu *menu = ev->menu;
	bool lost = ev->lost;
	char *text;
	int rc;

	src.file = sl_session_keep_name(s, im->file);
	if (!src.file)
		return sl_err_set(ev->err, -ENOMEM, "out of memory");
	rc = sl_session_read_file(im->file, &text, &src.len, ev->err);
	if (rc)
		return rc;
	src.text = text;
	ev->imports++;
	ev->menu = ev->model->root;
	ev->lost = false;
	rc = im->dry_run ? dry_run(ev, &src) : sl_session_run_source(ev, &src);
	ev->menu = menu;
	ev->lost = lost;
	ev->imports--;
	free(text);
	if (!rc && !im->dry_run && !ev->loading)
		sl_out_puts(
		    ev->out, "Script file loaded and executed successfully\n");
	return rc;
}

int
sl_session_import(struct sl_eval *ev, const struct sl_statement *st,
    const struct sl_part *args)
{
	struct import im = {0};
	int rc = 0;

	for (const struct sl_part *item = args; item && !rc; item = item->next)
		rc = take_import_arg(ev, item, &im);
	if (!rc && !im.file)
		rc = sl_eval_fail(
		    ev, st->at, "missing value(s) of argument(s) file-name");
	if (!rc && ev->imports >= SL_EVAL_IMPORTS)
		rc = sl_eval_fail(ev, st->at, "too many imports in each other");
	if (!rc)
		rc = import_file(ev, &im);
	free(im.file);
	return rc;
}
