/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /system sluice plugin: the files found, what of them is in use, and those that
 * were refused (flag I, with the reason).  What was replaced and is still used by
 * connections has flag O.  Ours; RouterOS has nothing like it.
 */
#include <menu/plugin.h>

#include <menu/command.h>
#include <menu/service_port.h>

#include <plugin/object.h>
#include <plugin/reload.h>
#include <plugin/loader.h>
#include <related/helpers.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

enum col {
	INVALID,
	OUTGOING,
	NAME,
	VERSION,
	KIND,
	PORTS,
	CONNECTIONS,
	EXPECTATIONS,
	FILE_,
	SUMMARY,
	COUNTERS,
	REASON,
	COLS
};

#define ROW(col_, name_, type_, flags_, help_)                                 \
	[col_] = {.name = name_,                                               \
	    .type = &type_,                                                    \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | (flags_),           \
	    .help = help_}
#define FLAG(col_, name_, letter_, help_)                                      \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_bool,                                             \
	    .letter = letter_,                                                 \
	    .group = 1,                                                        \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL,                      \
	    .help = help_}

static const struct sl_prop props[COLS] = {
    FLAG(INVALID, "invalid", 'I', "refused; the reason is printed"),
    FLAG(OUTGOING, "outgoing", 'O',
	"replaced or unloaded; connections finish on it"),
    ROW(NAME, "name", sl_type_name, SL_PROP_COLUMN, "as it calls itself"),
    ROW(VERSION, "version", sl_type_name, SL_PROP_COLUMN, "its own"),
    ROW(KIND, "kind", sl_type_name, SL_PROP_COLUMN, "what it brings"),
    ROW(PORTS, "ports", sl_type_name, SL_PROP_COLUMN,
	"that its helpers are for by themselves"),
    ROW(CONNECTIONS, "connections", sl_type_count,
	SL_PROP_COLUMN | SL_PROP_LIVE, "that its helpers follow now"),
    ROW(EXPECTATIONS, "expectations", sl_type_count,
	SL_PROP_COLUMN | SL_PROP_LIVE, "announced and not yet come"),
    ROW(FILE_, "file", sl_type_name, SL_PROP_COLUMN, "where it was found"),
    ROW(SUMMARY, "summary", sl_type_name, 0, "what it is for"),
    ROW(COUNTERS, "counters", sl_type_name, SL_PROP_LIVE,
	"what its helpers counted"),
    ROW(REASON, "reason", sl_type_name, SL_PROP_COMMENT, "why it was refused"),
};

static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max, sl_row_fn fn,
    void *arg)
{
	struct sl_plugin_info info;
	struct sl_row row = {.menu = menu, .data = &info};

	while (max--) {
		if (!sl_plugins_at((unsigned)cursor->pos[0], &info))
			return 0;
		row.id = ++cursor->pos[0];
		if (!fn(&row, arg))
			return 0;
	}
	return 1;
}

static void
put_text(struct sl_text *t, struct sl_value *out)
{
	if (t->len)
		sl_value_str(out, sl_text_str(t), t->len);
	sl_text_free(t);
}

/* "tcp/21,udp/5060" */
static void
put_ports(const struct sl_object *o, struct sl_value *out)
{
	struct sl_text t = {0};

	for (unsigned i = 0; i < o->n_helpers; i++) {
		const struct sl_port_match *p = o->helpers[i].ports;

		for (; p && p->l4proto; p++)
			sl_text_printf(&t, "%s%s/%u", t.len ? "," : "",
			    p->l4proto == IPPROTO_TCP ? "tcp" : "udp", p->port);
	}
	put_text(&t, out);
}

/* "refused=3,odd=1": those that are not 0, for they may be many. */
static void
put_counters(const struct sl_object *o, struct sl_value *out)
{
	struct sl_text t = {0};

	for (unsigned i = 0; i < o->n_helpers; i++) {
		const struct sl_helper *h = o->versions[i];
		struct sl_helper_total total;

		sl_helpers_total(h, &total);
		for (unsigned c = 0; c < h->n_counters; c++)
			if (total.counters[c])
				sl_text_printf(&t, "%s%s=%llu",
				    t.len ? "," : "", h->ops.counters[c],
				    (unsigned long long)total.counters[c]);
	}
	put_text(&t, out);
}

static void
put_use(const struct sl_object *o, unsigned prop, struct sl_value *out)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < o->n_helpers; i++) {
		struct sl_helper_total total;

		sl_helpers_total(o->versions[i], &total);
		sum +=
		    prop == CONNECTIONS ? total.sessions : total.expectations;
	}
	if (o->n_helpers)
		*out = sl_value_count(sum);
}

static void
put_kind(const struct sl_object *o, struct sl_value *out)
{
	*out = sl_value_static(o->n_trackers && o->n_helpers ? "tracker,helper"
			       : o->n_trackers		     ? "tracker"
							     : "helper");
}

static void
put_object(const struct sl_object *o, unsigned prop, struct sl_value *out)
{
	switch (prop) {
	case KIND:
		put_kind(o, out);
		break;
	case PORTS:
		put_ports(o, out);
		break;
	case COUNTERS:
		put_counters(o, out);
		break;
	case CONNECTIONS:
	case EXPECTATIONS:
		put_use(o, prop, out);
		break;
	default:
		break;
	}
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct sl_plugin_info *info = row->data;
	const char *const texts[COLS] = {[NAME] = info->name,
	    [VERSION] = info->version,
	    [FILE_] = info->file,
	    [SUMMARY] = info->summary,
	    [REASON] = info->why};

	if (prop == INVALID)
		*out = sl_value_bool(info->why != NULL);
	else if (prop == OUTGOING)
		*out = sl_value_bool(info->is_outgoing);
	else if (texts[prop])
		sl_value_str(out, texts[prop], strlen(texts[prop]));
	else if (info->object)
		put_object(info->object, prop, out);
}

/* The text of the argument 'name'; NULL and 'err' without it. */
static const char *
need(struct sl_command *cmd, const char *name, struct sl_text *t,
    struct sl_err *err)
{
	const struct sl_arg *arg = sl_command_arg(cmd, name);

	if (!arg) {
		sl_err_set(
		    err, -EINVAL, "missing value(s) of argument(s) %s", name);
		return NULL;
	}
	sl_value_print(t, &arg->value, SL_FORM_CONFIG);
	return sl_text_str(t);
}

static int
refresh(struct sl_command *cmd, struct sl_err *err)
{
	struct sl_model *model = cmd->menu->model;
	int rc = sl_plugin_option_refresh(model, err);

	return rc ? rc : sl_service_port_refresh(model, err);
}

/* "failure: " before what the loader says. */
static int
tell(int rc, const struct sl_err *why, struct sl_err *err)
{
	return sl_err_set(err, rc, "failure: %.240s", why->text);
}

static int
run_load(
    struct sl_command *cmd, const uint64_t *ids, size_t n, struct sl_err *err)
{
	struct sl_text t = {0};
	struct sl_err why = {0};
	const char *file = need(cmd, "file", &t, err);
	int rc = file ? sl_plugins_add(file, NULL, &why) : err->code;

	(void)ids;
	(void)n;
	sl_text_free(&t);
	if (!file)
		return rc;
	return rc ? tell(rc, &why, err) : refresh(cmd, err);
}

static int
run_named(struct sl_command *cmd,
    int (*change)(const char *name, struct sl_err *), struct sl_err *err)
{
	struct sl_text t = {0};
	struct sl_err why = {0};
	const char *name = need(cmd, "name", &t, err);
	int rc = name ? change(name, &why) : err->code;

	sl_text_free(&t);
	if (!name)
		return rc;
	return rc ? tell(rc, &why, err) : refresh(cmd, err);
}

static int
run_reload(
    struct sl_command *cmd, const uint64_t *ids, size_t n, struct sl_err *err)
{
	(void)ids;
	(void)n;
	return run_named(cmd, sl_plugins_reload, err);
}

static int
run_unload(
    struct sl_command *cmd, const uint64_t *ids, size_t n, struct sl_err *err)
{
	(void)ids;
	(void)n;
	return run_named(cmd, sl_plugins_remove, err);
}

static const char *const file_args[] = {"file", NULL};
static const char *const name_args[] = {"name", NULL};

static const struct sl_verb verbs[] = {
    {"load", "take one more file", file_args, false, run_load},
    {"reload", "take the file of a plugin again", name_args, false, run_reload},
    {"unload", "take a helper out of use", name_args, false, run_unload},
    {.name = NULL},
};

const struct sl_menu_def sl_menu_plugin = {
    .path = "/system/sluice/plugin",
    .help = "protocol trackers and helpers",
    .kind = SL_MENU_ROWS,
    .props = props,
    .n_props = COLS,
    .verbs = verbs,
    .walk = walk,
    .get = get,
};
