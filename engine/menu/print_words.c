/* SPDX-License-Identifier: Apache-2.0 */
/* The words behind print. */
#include <menu/print.h>

#include <base/clock.h>
#include <menu/args.h>
#include <menu/select.h>

#include <errno.h>
#include <string.h>

struct words {
	struct sl_print print;
	struct sl_selection from;
	unsigned *props;
};

static const struct {
	const char *word;
	enum sl_print_form form;
} forms[] = {
    {"brief", SL_PRINT_BRIEF},
    {"detail", SL_PRINT_DETAIL},
    {"terse", SL_PRINT_TERSE},
    {"value-list", SL_PRINT_VALUE_LIST},
    {"as-value", SL_PRINT_AS_VALUE},
    {"count-only", SL_PRINT_COUNT},
};

/* API clients may say =detail=no. */
static bool
is_on(const struct sl_value *v)
{
	return v->type == SL_VALUE_NONE ||
	       (v->type == SL_VALUE_STR && !v->str.len) || sl_value_truth(v);
}

static int
take_interval(struct words *w, const struct sl_arg *arg, struct sl_err *err)
{
	struct sl_value v = arg->value;

	if (v.type == SL_VALUE_STR &&
	    !sl_value_parse(&v, SL_VALUE_TIME, v.str.s, v.str.len))
		v.type = SL_VALUE_NONE;
	if (v.type == SL_VALUE_NUM)
		v = sl_value_time(
		    v.num > INT32_MAX ? -1 : v.num * (int64_t)SL_NS_PER_SEC);
	/* RouterOS's lower bound is 20 ms. */
	if (v.type != SL_VALUE_TIME || v.ns < 20 * (int64_t)SL_NS_PER_MS)
		return sl_err_set(
		    err, -EINVAL, "invalid value for argument interval");
	w->print.interval_ns = (uint64_t)v.ns;
	return 0;
}

static int
take_prop(struct words *w, const char *name, struct sl_err *err)
{
	const struct sl_menu *menu = w->print.cmd->menu;
	int prop = sl_menu_prop(menu, name, true);

	if (strcmp(name, ".id") == 0) {
		w->print.with_id = true;
		return 0;
	}
	/* The API ignores names it does not know. */
	if (prop < 0 && w->print.cmd->out->row)
		return 0;
	if (prop < 0)
		return sl_err_set(
		    err, -EINVAL, "input does not match any value of proplist");
	if (w->print.n_props < menu->def->n_props)
		w->props[w->print.n_props++] = (unsigned)prop;
	return 0;
}

static int
take_proplist(struct words *w, const struct sl_arg *arg, struct sl_err *err)
{
	struct sl_text t = {0};
	char *save = NULL, *name;
	int rc = 0;

	if (!w->props)
		w->props = calloc(
		    w->print.cmd->menu->def->n_props + 1u, sizeof(*w->props));
	if (!w->props)
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	w->print.props = w->props;
	sl_value_print(&t, &arg->value, SL_FORM_CONFIG);
	name = t.s ? strtok_r(t.s, ",", &save) : NULL;
	for (; name && !rc; name = strtok_r(NULL, ",", &save))
		rc = take_prop(w, name, err);
	sl_text_free(&t);
	return rc;
}

static bool
take_form(struct words *w, const char *word, bool on)
{
	for (size_t i = 0; i < SL_COUNT_OF(forms); i++) {
		if (strcmp(forms[i].word, word) != 0)
			continue;
		if (on)
			w->print.form = forms[i].form;
		return true;
	}
	return false;
}

static int
take_from(struct words *w, const struct sl_arg *arg, struct sl_err *err)
{
	int rc = sl_select(w->print.cmd, arg, &w->from, err);

	w->print.has_from = true;
	w->print.from = w->from.ids;
	w->print.n_from = w->from.n;
	return rc;
}

static int
take_word(struct words *w, const struct sl_bound *b, struct sl_err *err)
{
	const char *word = b->name;
	bool on = is_on(&b->arg->value) || !b->arg->name;

	if (strcmp(word, "interval") == 0)
		return take_interval(w, b->arg, err);
	if (strcmp(word, "proplist") == 0)
		return take_proplist(w, b->arg, err);
	if (strcmp(word, "from") == 0 || strcmp(word, "numbers") == 0)
		return take_from(w, b->arg, err);
	if (take_form(w, word, on))
		return 0;
	if (strcmp(word, "stats") == 0)
		w->print.stats = on;
	else if (strcmp(word, "follow") == 0)
		w->print.follow = on;
	else if (strcmp(word, "follow-only") == 0)
		w->print.follow_only = on;
	else if (strcmp(word, "static") == 0)
		w->print.which = on ? SL_PRINT_STATIC : SL_PRINT_ALL;
	else if (strcmp(word, "dynamic") == 0)
		w->print.which = on ? SL_PRINT_ONLY_DYNAMIC : SL_PRINT_ALL;
	else if (strcmp(word, "all") == 0)
		w->print.which = SL_PRINT_ALL;
	/* append and without-paging change nothing here. */
	return 0;
}

int
sl_print_command(struct sl_command *cmd, struct sl_err *err)
{
	struct words w = {.print.cmd = cmd};
	int rc = 0;

	for (size_t i = 0; i < cmd->bound->n && !rc; i++)
		rc = sl_args_blame(err,
		    take_word(&w, &cmd->bound->bound[i], err),
		    &cmd->bound->bound[i].arg->place);
	if (w.print.stats && w.print.form == SL_PRINT_DEFAULT)
		w.print.form = SL_PRINT_STATS;
	if (!rc)
		rc = sl_print_run(&w.print, err);
	sl_selection_free(&w.from);
	free(w.props);
	return rc;
}
