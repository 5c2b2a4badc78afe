/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/tuning.h>

#include <plugin/options.h>
#include <related/helpers.h>
#include <track/settings.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct remembered {
	struct remembered *next;
	char *value; /* NULL: the default, once something else was set */
	char plugin[16];
	char name[SL_TUNING_NAME];
};

static struct remembered *all;

static struct remembered *
find(const char *plugin, const char *name)
{
	for (struct remembered *r = all; r; r = r->next)
		if (strcmp(r->plugin, plugin) == 0 &&
		    strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

static bool
option_at(const struct sl_object *o, unsigned *n, struct sl_tuning_row *row)
{
	const struct sl_option *opt = o->plugin.options;

	for (; opt && opt->name; opt++, --*n) {
		if (*n)
			continue;
		row->kind = SL_TUNING_OPTION;
		row->option = opt;
		row->help = opt->help;
		snprintf(row->name, sizeof(row->name), "%s", opt->name);
		snprintf(row->dflt, sizeof(row->dflt), "%s", opt->def);
		return true;
	}
	return false;
}

static void
name_class(const struct sl_object *o, struct sl_tuning_row *row)
{
	const struct sl_helper_ops *h = &o->helpers[row->helper];
	const struct sl_expect_class *c = &h->classes[row->class_no];
	bool is_max = row->kind == SL_TUNING_CLASS_MAX;
	bool is_own = strcmp(h->name, o->plugin.name) == 0;

	snprintf(row->name, sizeof(row->name), "%s%s%s-%s",
	    is_own ? "" : h->name, is_own ? "" : "-", c->name,
	    is_max ? "max" : "timeout");
	if (is_max)
		snprintf(row->dflt, sizeof(row->dflt), "%u", c->max);
	else
		sl_options_print_time(
		    c->timeout_ms, row->dflt, sizeof(row->dflt));
	row->help = is_max ? "expected connections of this kind at once"
			   : "until one of this kind must have come";
}

static bool
class_at(const struct sl_object *o, unsigned *n, struct sl_tuning_row *row)
{
	for (unsigned h = 0; h < o->n_helpers; h++) {
		const struct sl_expect_class *c = o->helpers[h].classes;

		for (unsigned i = 0; c && c[i].name; i++) {
			if (*n >= 2) {
				*n -= 2;
				continue;
			}
			row->kind =
			    *n ? SL_TUNING_CLASS_TIMEOUT : SL_TUNING_CLASS_MAX;
			row->helper = h;
			row->class_no = i;
			name_class(o, row);
			return true;
		}
	}
	return false;
}

static bool
timeout_at(const struct sl_object *o, unsigned *n, struct sl_tuning_row *row)
{
	for (unsigned t = 0; t < o->n_trackers; t++) {
		const struct sl_timeout *at = o->trackers[t].timeouts;

		for (; at->name; at++, --*n) {
			if (*n)
				continue;
			row->kind = SL_TUNING_TIMEOUT;
			row->timeout = at;
			row->help = at->help;
			snprintf(row->name, sizeof(row->name), "%s", at->name);
			sl_options_print_time(
			    at->default_ms, row->dflt, sizeof(row->dflt));
			return true;
		}
	}
	return false;
}

bool
sl_tuning_at(const struct sl_object *o, unsigned n, struct sl_tuning_row *row)
{
	memset(row, 0, sizeof(*row));
	return option_at(o, &n, row) || class_at(o, &n, row) ||
	       timeout_at(o, &n, row);
}

static int
read_max(const struct sl_tuning_row *row, const char *text, uint32_t *out,
    struct sl_err *err)
{
	const struct sl_option o = {
	    .name = row->name, .type = SL_OPT_U32, .min = 1, .max = 65536};

	return sl_options_read(&o, out, text, err);
}

static int
read_timeout(const struct sl_tuning_row *row, const char *text, uint32_t *out,
    struct sl_err *err)
{
	const struct sl_option o = {.name = row->name,
	    .type = SL_OPT_TIME_MS,
	    .min = SL_TIMEOUT_MIN_MS,
	    .max = SL_TIMEOUT_MAX_MS};
	uint64_t ms = 0;
	int rc = sl_options_read(&o, &ms, text, err);

	*out = (uint32_t)ms;
	return rc;
}

int
sl_tuning_check(const struct sl_object *o, const struct sl_tuning_row *row,
    const char *value, struct sl_err *err)
{
	uint32_t n;
	void *block;
	int rc;

	if (row->kind == SL_TUNING_CLASS_MAX)
		return read_max(row, value, &n, err);
	if (row->kind != SL_TUNING_OPTION)
		return read_timeout(row, value, &n, err);
	block = sl_options_copy(o->options, o->plugin.option_size);
	if (!block)
		return sl_err_sys(err, -ENOMEM, "%s", row->name);
	rc = sl_options_set(row->option, block, row->name, value, err);
	sl_options_free(block);
	return rc;
}

int
sl_tuning_set(
    const char *plugin, const char *name, const char *value, struct sl_err *err)
{
	struct remembered *r = find(plugin, name);
	char *copy = value ? strdup(value) : NULL;

	if (!r && value) {
		r = calloc(1, sizeof(*r));
		if (r) {
			snprintf(r->plugin, sizeof(r->plugin), "%s", plugin);
			snprintf(r->name, sizeof(r->name), "%s", name);
			r->next = all;
			all = r;
		}
	}
	if (value && (!r || !copy)) {
		free(copy);
		return sl_err_sys(err, -ENOMEM, "%s", name);
	}
	if (!r)
		return 0;
	free(r->value);
	r->value = copy;
	return 0;
}

/* The block that 'o' should have. */
static void *
make_block(const struct sl_object *o, struct sl_err *err)
{
	void *block =
	    sl_options_new(o->plugin.options, o->plugin.option_size, err);
	const struct sl_option *opt = o->plugin.options;
	char why[160] = "";
	int rc = block ? 0 : err->code;

	for (; opt && opt->name && !rc; opt++) {
		const struct remembered *r = find(o->plugin.name, opt->name);

		if (r && r->value)
			rc = sl_options_set(
			    opt, block, opt->name, r->value, err);
	}
	if (!rc && o->plugin.check_options &&
	    o->plugin.check_options(block, why, sizeof(why))) {
		why[sizeof(why) - 1] = '\0';
		rc = sl_err_set(
		    err, -EINVAL, "failure: %s: %s", o->plugin.name, why);
	}
	if (!rc)
		return block;
	sl_options_free(block);
	return NULL;
}

static int
publish_block(struct sl_object *o, void *block, struct sl_err *err)
{
	void *former = o->options;
	int rc;

	if (memcmp(block, former, o->plugin.option_size) == 0) {
		sl_options_free(block);
		return 0;
	}
	for (unsigned i = 0; i < o->n_trackers; i++) {
		if (!o->slots[i])
			continue;
		rc = sl_trackers_replace(
		    o->slots[i], &o->trackers[i], block, err);
		if (rc) {
			while (i--)
				sl_trackers_replace(
				    o->slots[i], &o->trackers[i], former, err);
			sl_options_retire(block);
			return rc;
		}
	}
	for (unsigned i = 0; i < o->n_helpers; i++)
		if (o->versions[i])
			sl_rcu_publish(&o->versions[i]->options, block);
	o->options = block;
	sl_options_retire(former);
	return 0;
}

/* The text in force of a row that is no option. */
static const char *
text_of(const struct sl_object *o, const struct sl_tuning_row *row, bool *said)
{
	const struct remembered *r = find(o->plugin.name, row->name);

	*said = r != NULL;
	return r && r->value ? r->value : row->dflt;
}

/* Sets a row, or with 'dry' only reads its text. */
static int
put_row(const struct sl_object *o, const struct sl_tuning_row *row, bool dry,
    struct sl_err *err)
{
	struct sl_helper *h = o->versions[row->helper];
	const char *text;
	uint32_t n = 0;
	bool said;
	int rc = 0;

	text = text_of(o, row, &said);
	if (row->kind == SL_TUNING_CLASS_MAX)
		rc = read_max(row, text, &n, err);
	else if (row->kind != SL_TUNING_OPTION)
		rc = read_timeout(row, text, &n, err);
	if (rc || dry)
		return rc;
	if (row->kind == SL_TUNING_CLASS_MAX && h)
		sl_store_relaxed(&h->class_max[row->class_no], n);
	else if (row->kind == SL_TUNING_CLASS_TIMEOUT && h)
		sl_store_relaxed(&h->class_timeout_ms[row->class_no], n);
	else if (row->kind == SL_TUNING_TIMEOUT && said &&
		 sl_track_settings_own())
		rc = sl_track_settings_set_timeout(row->name, n, err);
	return rc;
}

static int
put_rows(const struct sl_object *o, bool dry, struct sl_err *err)
{
	struct sl_tuning_row row;
	int rc = 0;

	for (unsigned n = 0; !rc && sl_tuning_at(o, n, &row); n++)
		rc = put_row(o, &row, dry, err);
	return rc;
}

int
sl_tuning_commit(struct sl_object *o, struct sl_err *err)
{
	struct sl_err local = {0}, *e = err ? err : &local;
	void *block = make_block(o, e);
	int rc;

	if (!block)
		return e->code;
	if ((rc = put_rows(o, true, e))) {
		sl_options_free(block);
		return rc;
	}
	if ((rc = publish_block(o, block, e)))
		return rc;
	return put_rows(o, false, e);
}

void
sl_tuning_clear(void)
{
	while (all) {
		struct remembered *r = all;

		all = r->next;
		free(r->value);
		free(r);
	}
}
