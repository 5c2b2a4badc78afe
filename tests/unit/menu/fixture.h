/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Menus as a router has them, without an engine: rules, an address list with
 * a hash, settings, ports that can only be set, and virtual connections.  And
 * a way to run a command from words: "name=value", "!name", "word".
 */
#ifndef MENU_FIXTURE_H
#define MENU_FIXTURE_H

#include <base/clock.h>
#include <base/role.h>
#include <menu/command.h>
#include <menu/interface_list.h>
#include <menu/interface_names.h>
#include <menu/item.h>
#include <menu/system.h>
#include <menu/tx.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIXTURE_ARGS		16
#define FIXTURE_CONNECTIONS_MAX 4096

/* What the "engine" of these menus did and has. */
struct engine {
	unsigned applied_rules, applied_list, full_applies;
	uint64_t packets[64]; /* by rule id */
	uint32_t n_connections;
	bool removed[FIXTURE_CONNECTIONS_MAX + 1];
	unsigned slices; /* of the connection walk */
	unsigned warnings;
	unsigned age; /* of connections: their timeouts and counters */
};

/* --- rules ------------------------------------------------------------- */

enum {
	RULE_CHAIN,
	RULE_ACTION,
	RULE_PROTOCOL,
	RULE_SRC_ADDRESS,
	RULE_DST_PORT,
	RULE_STATE,
	RULE_IN_INTERFACE,
	RULE_IN_INTERFACE_LIST,
	RULE_TCP_FLAGS,
	RULE_LIMIT,
	RULE_JUMP_TARGET,
	RULE_LOG,
	RULE_LOG_PREFIX,
	RULE_PSD,
	RULE_BYTES,
	RULE_PACKETS,
	RULE_DISABLED,
	RULE_INVALID,
	RULE_DYNAMIC,
	RULE_COMMENT,
	RULE_N
};

static const char *const rule_chains[] = {"input", "forward", "output", NULL};
static const char *const rule_actions[] = {
    "accept", "drop", "jump", "log", "reject", NULL};
static const char *const rule_states[] = {
    "established", "related", "new", "invalid", "untracked", NULL};
static const char *const rule_tcp_flags[] = {"fin", "syn", "rst", "ack", NULL};

static const struct sl_prop rule_props[RULE_N] = {
    [RULE_CHAIN] = {"chain", &sl_type_open,
	SL_PROP_REQUIRED | SL_PROP_COLUMN | SL_PROP_STATS,
	.names = rule_chains},
    [RULE_ACTION] = {"action", &sl_type_enum, SL_PROP_COLUMN | SL_PROP_STATS,
	.names = rule_actions, .dflt = "accept"},
    [RULE_PROTOCOL] = {"protocol", &sl_type_name, SL_PROP_NEG},
    [RULE_SRC_ADDRESS] = {"src-address", &sl_type_net4, SL_PROP_NEG},
    [RULE_DST_PORT] = {"dst-port", &sl_type_span, SL_PROP_NEG | SL_PROP_LIST,
	.max = 65535},
    [RULE_STATE] = {"connection-state", &sl_type_enum,
	SL_PROP_NEG | SL_PROP_LIST, .names = rule_states},
    [RULE_IN_INTERFACE] = {"in-interface", &sl_type_ref, SL_PROP_NEG,
	.ref = &sl_ref_interface},
    [RULE_IN_INTERFACE_LIST] = {"in-interface-list", &sl_type_ref, SL_PROP_NEG,
	.ref = &sl_ref_interface_list},
    [RULE_TCP_FLAGS] = {"tcp-flags", &sl_type_enum, SL_PROP_LIST_NEG,
	.names = rule_tcp_flags},
    [RULE_LIMIT] = {"limit", &sl_type_num, .min = 1, .max = 1000},
    [RULE_JUMP_TARGET] = {"jump-target", &sl_type_name},
    [RULE_LOG] = {"log", &sl_type_bool, SL_PROP_QUIET, .dflt = "no"},
    [RULE_LOG_PREFIX] = {"log-prefix", &sl_type_str,
	SL_PROP_QUIET | SL_PROP_KEEP_EMPTY, .dflt = ""},
    [RULE_PSD] = {"psd", &sl_type_name, SL_PROP_WANTED},
    [RULE_BYTES] = {"bytes", &sl_type_count,
	SL_PROP_VIRTUAL | SL_PROP_READ_ONLY | SL_PROP_STATS |
	    SL_PROP_STATS_ONLY},
    [RULE_PACKETS] = {"packets", &sl_type_count,
	SL_PROP_VIRTUAL | SL_PROP_READ_ONLY | SL_PROP_STATS |
	    SL_PROP_STATS_ONLY},
    [RULE_DISABLED] = SL_PROP_ROW_DISABLED,
    [RULE_INVALID] = SL_PROP_ROW_INVALID,
    [RULE_DYNAMIC] = SL_PROP_ROW_DYNAMIC,
    [RULE_COMMENT] = SL_PROP_ROW_COMMENT,
};

static int
rule_check(struct sl_menu *menu, struct sl_item *it, const struct sl_item *old,
    struct sl_err *err)
{
	(void)menu;
	(void)old;
	if (sl_item_get(it, RULE_DST_PORT) &&
	    strcmp(sl_item_str(it, RULE_PROTOCOL), "tcp") != 0)
		return sl_err_set(err, -EINVAL,
		    "failure: ports can be specified if proto is "
		    "tcp,udp,udp-lite,dccp,sctp");
	if (strcmp(sl_item_str(it, RULE_ACTION), "jump") == 0 &&
	    !*sl_item_str(it, RULE_JUMP_TARGET))
		return sl_err_set(
		    err, -EINVAL, "failure: no target chain specified");
	if (strcmp(sl_item_str(it, RULE_IN_INTERFACE), "ether9") == 0)
		sl_item_set_reason(it, "ether9 not ready");
	return 0;
}

static int
rule_apply(
    struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct engine *e = menu->model->engine;
	struct sl_item *it;

	e->applied_rules++;
	e->full_applies += !changes;
	SL_ITEM_EACH (it, menu)
		if (strcmp(sl_item_str(it, RULE_LOG_PREFIX), "fail") == 0)
			return sl_err_set(err, -EIO, "failure: engine refused");
	return 0;
}

static void
rule_get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	struct engine *e = row->menu->model->engine;
	uint64_t packets = e->packets[row->id % 64];

	*out = sl_value_count(prop == RULE_BYTES ? packets * 84 : packets);
}

static int
rule_reset(
    struct sl_command *cmd, const uint64_t *ids, size_t n, struct sl_err *err)
{
	struct engine *e = cmd->menu->model->engine;

	(void)err;
	for (size_t i = 0; i < n; i++)
		e->packets[ids[i] % 64] = 0;
	return 0;
}

static const struct sl_verb rule_verbs[] = {
    {"reset-counters", "counters of rules to zero", NULL, true, rule_reset},
    {NULL},
};

static const char *const rule_depends[] = {
    SL_INTERFACE_LIST_PATH, SL_INTERFACE_LIST_MEMBER_PATH, NULL};

static const struct sl_menu_def rule_def = {
    .path = "/test/rule",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_LONG | SL_MENU_ORDERED,
    .props = rule_props,
    .n_props = RULE_N,
    .verbs = rule_verbs,
    .depends = rule_depends,
    .check = rule_check,
    .apply = rule_apply,
    .get = rule_get,
};

/* --- address list ------------------------------------------------------- */

enum { LIST_LIST, LIST_ADDRESS, LIST_X, LIST_D, LIST_C, LIST_COUNT };

static const struct sl_prop list_props[LIST_COUNT] = {
    [LIST_LIST] = {"list", &sl_type_name, SL_PROP_REQUIRED | SL_PROP_COLUMN},
    [LIST_ADDRESS] = {"address", &sl_type_net4, SL_PROP_COLUMN},
    [LIST_X] = SL_PROP_ROW_DISABLED,
    [LIST_D] = SL_PROP_ROW_DYNAMIC,
    [LIST_C] = SL_PROP_ROW_COMMENT,
};

#define LIST_BUCKETS (1u << 17)

struct list_entry {
	struct sl_item *item;
	struct list_entry *next;
};

static unsigned
list_bucket(const struct sl_item *it)
{
	const struct sl_value *v = sl_item_get(it, LIST_ADDRESS);
	uint32_t a = 0;

	if (v)
		memcpy(&a, v->addr[0], 4);
	return (a * 2654435761u >> 8) % LIST_BUCKETS;
}

static int
list_open(struct sl_menu *menu, struct sl_err *err)
{
	(void)err;
	menu->priv = calloc(LIST_BUCKETS, sizeof(struct list_entry *));
	return menu->priv ? 0 : -ENOMEM;
}

static void
list_close(struct sl_menu *menu)
{
	struct list_entry **buckets = menu->priv, *e;

	for (unsigned i = 0; buckets && i < LIST_BUCKETS; i++)
		while ((e = buckets[i])) {
			buckets[i] = e->next;
			free(e);
		}
	free(buckets);
}

static int
list_check(struct sl_menu *menu, struct sl_item *it, const struct sl_item *old,
    struct sl_err *err)
{
	struct list_entry **buckets = menu->priv;
	const struct sl_value *a = sl_item_get(it, LIST_ADDRESS), *b;

	for (struct list_entry *e = buckets[list_bucket(it)]; a && e;
	     e = e->next) {
		b = sl_item_get(e->item, LIST_ADDRESS);
		if (e->item != old && b &&
		    sl_value_compare(a, SL_COMPARE_EQ, b) &&
		    strcmp(sl_item_str(e->item, LIST_LIST),
			sl_item_str(it, LIST_LIST)) == 0)
			return sl_err_set(
			    err, -EEXIST, "failure: already have such entry");
	}
	return 0;
}

static int
list_index(
    struct sl_menu *menu, struct sl_item *it, bool in, struct sl_err *err)
{
	struct list_entry **buckets = menu->priv, *e;
	struct list_entry **b = &buckets[list_bucket(it)];

	if (in) {
		e = malloc(sizeof(*e));
		if (!e)
			return sl_err_set(err, -ENOMEM, "out of memory");
		*e = (struct list_entry){it, *b};
		*b = e;
		return 0;
	}
	while ((*b)->item != it)
		b = &(*b)->next;
	e = *b;
	*b = e->next;
	free(e);
	return 0;
}

static int
list_apply(
    struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct engine *e = menu->model->engine;

	(void)changes;
	(void)err;
	e->applied_list++;
	return 0;
}

static const struct sl_menu_def list_def = {
    .path = "/test/list",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_FOREIGN,
    .props = list_props,
    .n_props = LIST_COUNT,
    .open = list_open,
    .close = list_close,
    .check = list_check,
    .index = list_index,
    .apply = list_apply,
};

/* --- settings, ports ---------------------------------------------------- */

enum { SET_ENABLED, SET_TIMEOUT, SET_LOOSE, SET_TOTAL, SET_N };

static const char *const enabled_names[] = {"yes", "no", "auto", NULL};

static const struct sl_prop set_props[SET_N] = {
    [SET_ENABLED] = {"enabled", &sl_type_enum, .names = enabled_names,
	.dflt = "auto"},
    [SET_TIMEOUT] = {"tcp-established-timeout", &sl_type_time, .dflt = "1d"},
    [SET_LOOSE] = {"loose-tcp-tracking", &sl_type_bool, .dflt = "yes"},
    [SET_TOTAL] = {"total-entries", &sl_type_num,
	SL_PROP_VIRTUAL | SL_PROP_READ_ONLY},
};

static void
set_get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	struct engine *e = row->menu->model->engine;

	(void)prop;
	*out = sl_value_num(e->n_connections);
}

static const struct sl_menu_def set_def = {
    .path = "/test/tracking",
    .kind = SL_MENU_SETTINGS,
    .props = set_props,
    .n_props = SET_N,
    .get = set_get,
};

enum { PORT_NAME, PORT_DEFAULT_NAME, PORT_MTU, PORT_RUNNING, PORT_N };

static const struct sl_prop port_props[PORT_N] = {
    [PORT_NAME] = {"name", &sl_type_name,
	SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN},
    [PORT_DEFAULT_NAME] = {"default-name", &sl_type_name, SL_PROP_READ_ONLY},
    [PORT_MTU] = {"mtu", &sl_type_num, SL_PROP_COLUMN, .dflt = "1500",
	.min = 68, .max = 65535},
    [PORT_RUNNING] = {"running", &sl_type_bool,
	SL_PROP_VIRTUAL | SL_PROP_READ_ONLY, .letter = 'R'},
};

static int
port_open(struct sl_menu *menu, struct sl_err *err)
{
	static const char *const names[] = {"eth0", "eth1"};

	for (size_t i = 0; i < 2; i++) {
		struct sl_item *it = sl_item_make(menu, SL_ITEM_BUILTIN);

		if (sl_item_set_text(it, PORT_NAME, names[i], err) ||
		    sl_item_set_text(it, PORT_DEFAULT_NAME, names[i], err) ||
		    sl_item_list(it, NULL, err))
			return -ENOMEM;
	}
	return 0;
}

static void
port_default(const struct sl_item *it, unsigned prop, struct sl_value *out)
{
	if (prop == PORT_NAME)
		*out = sl_value_static(sl_item_str(it, PORT_DEFAULT_NAME));
}

static void
port_get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	(void)prop;
	*out = sl_value_bool(row->number == 0);
}

static const struct sl_menu_def port_def = {
    .path = "/test/port",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_FIXED,
    .props = port_props,
    .n_props = PORT_N,
    .key = "default-name",
    .open = port_open,
    .default_of = port_default,
    .get = port_get,
};

/* --- connections -------------------------------------------------------- */

enum {
	CONN_REPLY,
	CONN_ASSURED,
	CONN_SRCNAT,
	CONN_PROTOCOL,
	CONN_SRC,
	CONN_STATE,
	CONN_TIMEOUT,
	CONN_PACKETS,
	CONN_RATE,
	CONN_N
};

#define RO (SL_PROP_READ_ONLY)

static const struct sl_prop conn_props[CONN_N] = {
    [CONN_REPLY] = {"seen-reply", &sl_type_bool, RO, .letter = 'S'},
    [CONN_ASSURED] = {"assured", &sl_type_bool, RO, .letter = 'A'},
    [CONN_SRCNAT] = {"srcnat", &sl_type_bool, RO, .letter = 's'},
    [CONN_PROTOCOL] = {"protocol", &sl_type_name, RO | SL_PROP_COLUMN},
    [CONN_SRC] = {"src-address", &sl_type_name, RO | SL_PROP_COLUMN},
    [CONN_STATE] = {"tcp-state", &sl_type_name, RO | SL_PROP_COLUMN},
    [CONN_TIMEOUT] = {"timeout", &sl_type_time,
	RO | SL_PROP_COLUMN | SL_PROP_LIVE},
    [CONN_RATE] = {"orig-rate", &sl_type_rate,
	RO | SL_PROP_COLUMN | SL_PROP_LIVE},
    [CONN_PACKETS] = {"orig-packets", &sl_type_count,
	RO | SL_PROP_COLUMN | SL_PROP_STATS | SL_PROP_LIVE},
};

static const uint8_t conn_columns[] = {
    CONN_PROTOCOL, CONN_SRC, CONN_STATE, CONN_TIMEOUT, CONN_RATE, CONN_PACKETS};

static void
conn_get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct engine *e = row->menu->model->engine;
	uint8_t addr[4] = {10, 0, (uint8_t)(row->id >> 8), (uint8_t)row->id};
	bool tcp = row->id % 3 == 0;

	switch (prop) {
	case CONN_REPLY:
		*out = sl_value_bool(row->id % 2);
		break;
	case CONN_ASSURED:
	case CONN_SRCNAT:
		*out = sl_value_bool(prop == CONN_SRCNAT && row->id % 2);
		break;
	case CONN_PROTOCOL:
		*out = sl_value_static(tcp ? "tcp" : "udp");
		break;
	case CONN_SRC:
		*out = sl_value_ip4(addr);
		break;
	case CONN_STATE:
		if (tcp)
			*out = sl_value_static("established");
		break;
	case CONN_TIMEOUT:
		*out = sl_value_time(((int64_t)row->id + e->age) * 1000000000);
		break;
	case CONN_RATE:
		*out = sl_value_rate(row->id * 1600);
		break;
	case CONN_PACKETS:
		*out = sl_value_count(row->id * row->id * 1000 + e->age);
		break;
	}
}

static int
conn_walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max,
    sl_row_fn visit, void *arg)
{
	struct engine *e = menu->model->engine;
	struct sl_row row = {.menu = menu};

	e->slices++;
	for (unsigned i = 0; i < max; i++) {
		do {
			cursor->pos[0]++;
		} while (cursor->pos[0] <= e->n_connections &&
			 e->removed[cursor->pos[0]]);
		row.id = cursor->pos[0];
		if (row.id > e->n_connections)
			return 0;
		if (!visit(&row, arg))
			break;
	}
	return 1;
}

static int
conn_remove(
    struct sl_menu *menu, const uint64_t *ids, size_t n, struct sl_err *err)
{
	struct engine *e = menu->model->engine;
	size_t removed = 0;

	for (size_t i = 0; i < n; i++) {
		if (!ids[i] || ids[i] > e->n_connections || e->removed[ids[i]])
			continue;
		e->removed[ids[i]] = true;
		removed++;
	}
	return removed ? 0 : sl_err_set(err, -ENOENT, "no such item");
}

static uint64_t
conn_count(struct sl_menu *menu)
{
	struct engine *e = menu->model->engine;

	return e->n_connections;
}

static const struct sl_menu_def conn_def = {
    .path = "/test/connection",
    .kind = SL_MENU_ROWS,
    .props = conn_props,
    .n_props = CONN_N,
    .columns = conn_columns,
    .n_columns = SL_COUNT_OF(conn_columns),
    .get = conn_get,
    .walk = conn_walk,
    .count = conn_count,
    .remove_rows = conn_remove,
};

static const struct sl_menu_def *const fixture_defs[] = {
    &sl_menu_system_identity,
    &sl_menu_interface_list,
    &sl_menu_interface_list_member,
    &list_def,
    &rule_def,
    &set_def,
    &port_def,
    &conn_def,
    NULL,
};

/* --- running commands --------------------------------------------------- */

struct fixture {
	struct sl_model *model;
	struct engine engine;
	struct sl_out out;
	struct sl_text text; /* what was written */
	unsigned writes, waits, waits_max;
	struct sl_numbers numbers;
	struct sl_err err;
	struct sl_value result;
	bool want_result;
	sl_where_fn where;
	void *where_arg;
	void (*on_wait)(struct fixture *);
};

static int
fixture_write(struct sl_out *out, const char *data, size_t len)
{
	struct fixture *f = out->arg;

	f->writes++;
	sl_text_add(&f->text, data, len);
	return 0;
}

static int
fixture_wait(struct sl_out *out, uint64_t ns)
{
	struct fixture *f = out->arg;

	(void)ns;
	if (++f->waits > f->waits_max)
		return -ECANCELED;
	if (f->on_wait)
		f->on_wait(f);
	return 0;
}

static void
fixture_warn(
    struct sl_model *model, const struct sl_place *place, const char *text)
{
	struct engine *e = model->engine;

	(void)place;
	(void)text;
	e->warnings++;
}

static int
fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_CONTROL, 0, "test");
	setenv("TZ", "UTC", 1);
	if (!sl_clock_is_virtual())
		sl_clock_use_virtual();
	f->model = sl_model_new(fixture_defs, &f->engine, &f->err);
	assert_string_equal(f->err.text, "");
	assert_non_null(f->model);
	f->model->warn = fixture_warn;
	f->out.write = fixture_write;
	f->out.wait = fixture_wait;
	f->out.arg = f;
	sl_interface_names_add(
	    f->model->interfaces, "wan", SL_INTERFACE_NETDEV);
	sl_interface_names_add(
	    f->model->interfaces, "lan", SL_INTERFACE_NETDEV);
	*state = f;
	return 0;
}

static int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	sl_value_free(&f->result);
	sl_numbers_fini(&f->numbers);
	sl_model_free(f->model);
	sl_text_free(&f->text);
	sl_out_fini(&f->out);
	free(f);
	return 0;
}

/* An argument from a word; columns are the word's place from 1. */
static struct sl_arg
fixture_arg(char *word, unsigned column)
{
	struct sl_arg a = {.place = {.line = 1, .column = column}};
	char *eq = strchr(word, '=');

	if (*word == '!' && !eq) {
		a.name = word + 1;
		a.unset = true;
	} else if (eq) {
		*eq = '\0';
		a.name = word;
		assert_int_equal(
		    sl_value_str(&a.value, eq + 1, strlen(eq + 1)), 0);
	} else {
		assert_int_equal(sl_value_str(&a.value, word, strlen(word)), 0);
	}
	return a;
}

/* Runs "verb arg arg ..." (blanks separate) in a menu; text, result and error
 * are in 'f' afterwards. */
static int
run(struct fixture *f, const char *path, const char *line)
{
	struct sl_arg args[FIXTURE_ARGS];
	struct sl_command cmd = {.menu = sl_model_find(f->model, path),
	    .args = args,
	    .place = {.line = 1, .column = 100},
	    .where = f->where,
	    .where_arg = f->where_arg,
	    .out = &f->out,
	    .numbers = &f->numbers,
	    .want_result = f->want_result};
	char copy[512], *save = NULL, *word;
	int rc;

	assert_non_null(cmd.menu);
	snprintf(copy, sizeof(copy), "%s", line);
	cmd.verb = strtok_r(copy, " ", &save);
	while ((word = strtok_r(NULL, " ", &save))) {
		assert_true(cmd.n_args < FIXTURE_ARGS);
		args[cmd.n_args] = fixture_arg(word, (unsigned)cmd.n_args + 1);
		cmd.n_args++;
	}
	f->err = (struct sl_err){0};
	sl_text_clear(&f->text);
	sl_value_free(&f->result);
	rc = sl_command_run(&cmd, &f->err);
	f->result = cmd.result;
	while (cmd.n_args)
		sl_value_free(&args[--cmd.n_args].value);
	return rc;
}

static inline void
run_ok(struct fixture *f, const char *path, const char *line)
{
	int rc = run(f, path, line);

	if (rc)
		print_message("%s: %s\n", line, f->err.text);
	assert_int_equal(rc, 0);
}

/* The PLAIN text of the result. */
static inline const char *
result_text(struct fixture *f)
{
	sl_text_clear(&f->text);
	sl_value_print(&f->text, &f->result, SL_FORM_PLAIN);
	return sl_text_str(&f->text);
}

/* Chain names of the rules in order, "a,b,c". */
static inline const char *
rule_order(struct fixture *f)
{
	struct sl_item *it;

	sl_text_clear(&f->text);
	SL_ITEM_EACH (it, sl_model_find(f->model, "/test/rule"))
		sl_text_printf(&f->text, "%s%s", f->text.len ? "," : "",
		    sl_item_str(it, RULE_CHAIN));
	return sl_text_str(&f->text);
}

#endif
