/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /system logging and /system logging action: which lines are kept, and which go
 * to syslog.
 *
 * Both begin with what every router has: four actions, and four rules that keep all
 * but debug lines.  stderr shows what it shows regardless (see sluiced --help); echo
 * adds to it.
 */
#include <menu/logging.h>

#include <base/addr.h>
#include <base/log_route.h>
#include <menu/command.h>
#include <menu/item.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define ACTION_PATH   "/system/logging/action"
#define SYSLOG_PORT   514
#define FACILITY_DFLT "daemon"

enum {
	A_NAME,
	A_TARGET,
	A_REMOTE,
	A_PORT,
	A_BSD,
	A_FACILITY,
	A_SEVERITY,
	A_FORMAT,
	A_PROTOCOL,
	A_SRC,
	A_TIME_FORMAT,
	A_MEMORY_LINES,
	A_MEMORY_STOP,
	A_DISK_FILE,
	A_DISK_LINES,
	A_DISK_COUNT,
	A_DISK_STOP,
	A_REMEMBER,
	A_EMAIL,
	A_TLS,
	A_COMMENT,
	A_N
};

static const char *const targets[] = {
    "memory", "echo", "remote", "syslog", "disk", "email", NULL};
/* The index is the number of RFC 3164. */
static const char *const facilities[] = {"kern", "user", "mail", "daemon",
    "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7", NULL};
static const char *const severities[] = {"emergency", "alert", "critical",
    "error", "warning", "notice", "info", "debug", "auto", NULL};
static const char *const formats[] = {
    "default", "bsd-syslog", "syslog", "cef", NULL};
static const char *const protocols[] = {"udp", "tcp", NULL};
static const char *const time_formats[] = {"bsd-syslog", "iso8601", NULL};

/* What a router takes there and we do not: kept, and print says so. */
#define WANTED(name_)                                                          \
	{                                                                      \
		.name = name_, .type = &sl_type_name, .flags = SL_PROP_WANTED  \
	}

static const struct sl_prop action_props[A_N] = {
    [A_NAME] = {"name", &sl_type_name,
	SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN},
    [A_TARGET] = {"target", &sl_type_enum, SL_PROP_COLUMN, .names = targets,
	.dflt = "memory", .help = "where the lines go"},
    [A_REMOTE] = {"remote", &sl_type_name, SL_PROP_COLUMN,
	.help = "address of a syslog server"},
    [A_PORT] = {"remote-port", &sl_type_num, .min = 1, .max = 65535,
	.dflt = "514", .help = "its UDP port"},
    [A_BSD] = {"bsd-syslog", &sl_type_bool, .dflt = "no",
	.help = "timestamp and host name before the line (RFC 3164)"},
    [A_FACILITY] = {"syslog-facility", &sl_type_enum, .names = facilities,
	.dflt = FACILITY_DFLT},
    [A_SEVERITY] = {"syslog-severity", &sl_type_enum, .names = severities,
	.dflt = "auto", .help = "auto: that of the line"},
    [A_FORMAT] = {"remote-log-format", &sl_type_enum, .names = formats,
	.dflt = "default"},
    [A_PROTOCOL] = {"remote-protocol", &sl_type_enum, .names = protocols,
	.dflt = "udp"},
    [A_SRC] = WANTED("src-address"),
    [A_TIME_FORMAT] = {"syslog-time-format", &sl_type_enum,
	.names = time_formats, .dflt = "bsd-syslog"},
    [A_MEMORY_LINES] = WANTED("memory-lines"),
    [A_MEMORY_STOP] = WANTED("memory-stop-on-full"),
    [A_DISK_FILE] = WANTED("disk-file-name"),
    [A_DISK_LINES] = WANTED("disk-lines-per-file"),
    [A_DISK_COUNT] = WANTED("disk-file-count"),
    [A_DISK_STOP] = WANTED("disk-stop-on-full"),
    [A_REMEMBER] = WANTED("remember"),
    [A_EMAIL] = WANTED("email-to"),
    [A_TLS] = WANTED("email-start-tls"),
    [A_COMMENT] = SL_PROP_ROW_COMMENT,
};

enum { R_TOPICS, R_PREFIX, R_ACTION, R_DISABLED, R_INVALID, R_COMMENT, R_N };

static const struct sl_prop rule_props[R_N] = {
    [R_TOPICS] = {"topics", &sl_type_name, SL_PROP_LIST_NEG | SL_PROP_COLUMN,
	.help = "all of these, none of those with !"},
    [R_PREFIX] = {"prefix", &sl_type_str, SL_PROP_COLUMN | SL_PROP_KEEP_EMPTY,
	.help = "before the text, in syslog"},
    [R_ACTION] = {"action", &sl_type_name, SL_PROP_COLUMN, .dflt = "memory",
	.help = "name of an action"},
    [R_DISABLED] = SL_PROP_ROW_DISABLED,
    [R_INVALID] = SL_PROP_ROW_INVALID,
    [R_COMMENT] = SL_PROP_ROW_COMMENT,
};

/* What is there from the start; its number is its place. */
static const struct {
	const char *name, *target;
} own_actions[] = {
    {"memory", "memory"},
    {"disk", "disk"},
    {"echo", "echo"},
    {"remote", "remote"},
};
static const struct {
	const char *topics, *action;
} own_rules[] = {
    {"info", "memory"},
    {"error", "memory"},
    {"warning", "memory"},
    {"critical", "echo"},
};

static int
add_own(struct sl_menu *menu, const unsigned props[2],
    const char *const texts[2], struct sl_err *err)
{
	struct sl_item *it = sl_item_make(menu, SL_ITEM_BUILTIN);
	int rc;

	if (!it)
		return sl_err_set(err, -ENOMEM, "out of memory");
	if ((rc = sl_item_set_text(it, props[0], texts[0], err)) ||
	    (rc = sl_item_set_text(it, props[1], texts[1], err)) ||
	    (rc = sl_item_list(it, NULL, err)))
		sl_item_free(it);
	return rc;
}

static int
open_actions(struct sl_menu *menu, struct sl_err *err)
{
	static const unsigned props[] = {A_NAME, A_TARGET};
	int rc = 0;

	for (unsigned i = 0; i < SL_COUNT_OF(own_actions) && !rc; i++)
		rc = add_own(menu, props,
		    (const char *const[]){
			own_actions[i].name, own_actions[i].target},
		    err);
	return rc;
}

static int
open_rules(struct sl_menu *menu, struct sl_err *err)
{
	static const unsigned props[] = {R_TOPICS, R_ACTION};
	int rc = 0;

	for (unsigned i = 0; i < SL_COUNT_OF(own_rules) && !rc; i++)
		rc = add_own(menu, props,
		    (const char *const[]){
			own_rules[i].topics, own_rules[i].action},
		    err);
	return rc;
}

/* What export need not say of the items that are always there. */
static void
own_default(const struct sl_item *it, const struct sl_prop *p, unsigned prop,
    const char *text, struct sl_value *out)
{
	struct sl_err ignored = {0};

	(void)prop;
	if (it->flags & SL_ITEM_BUILTIN)
		sl_prop_parse(
		    it->menu->model, p, text, strlen(text), out, &ignored);
}

static void
action_default(const struct sl_item *it, unsigned prop, struct sl_value *out)
{
	uint32_t i = sl_item_number(it);

	if (i < SL_COUNT_OF(own_actions) &&
	    (prop == A_NAME || prop == A_TARGET))
		own_default(it, &action_props[prop], prop,
		    prop == A_NAME ? own_actions[i].name
				   : own_actions[i].target,
		    out);
}

static void
rule_default(const struct sl_item *it, unsigned prop, struct sl_value *out)
{
	uint32_t i = sl_item_number(it);

	if (i < SL_COUNT_OF(own_rules) &&
	    (prop == R_TOPICS || prop == R_ACTION))
		own_default(it, &rule_props[prop], prop,
		    prop == R_TOPICS ? own_rules[i].topics
				     : own_rules[i].action,
		    out);
}

static bool
read_server(const struct sl_item *it, struct sl_log_route *out)
{
	const char *text = sl_item_str(it, A_REMOTE);
	uint16_t port = htons((uint16_t)sl_item_num(it, A_PORT));
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&out->to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)&out->to;

	memset(&out->to, 0, sizeof(out->to));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = port;
		out->to_len = sizeof(*in);
		return true;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = port;
	out->to_len = sizeof(*in6);
	return inet_pton(AF_INET6, text, &in6->sin6_addr) == 1;
}

static int
check_action(struct sl_menu *menu, struct sl_item *it,
    const struct sl_item *old, struct sl_err *err)
{
	struct sl_item *same = sl_items_named(menu, sl_item_str(it, A_NAME));
	struct sl_log_route route;

	if (same && same != old)
		return sl_err_set(
		    err, -EEXIST, "failure: already have such entry");
	if (*sl_item_str(it, A_REMOTE) && !read_server(it, &route))
		return sl_err_set(
		    err, -EINVAL, "invalid value for argument remote");
	return 0;
}

/* Why an action cannot do what it says; NULL: it can. */
static const char *
flaw_of(const struct sl_item *action)
{
	const char *target = targets[sl_item_num(action, A_TARGET)];
	struct sl_log_route route;

	if (!strcmp(target, "disk") || !strcmp(target, "email"))
		return "this target is not supported";
	if (strcmp(target, "remote") != 0)
		return NULL;
	if (!read_server(action, &route))
		return "it has no remote address";
	if (strcmp(protocols[sl_item_num(action, A_PROTOCOL)], "tcp") == 0)
		return "remote-protocol tcp is not supported";
	if (strcmp(formats[sl_item_num(action, A_FORMAT)], "cef") == 0)
		return "remote-log-format cef is not supported";
	if (strcmp(time_formats[sl_item_num(action, A_TIME_FORMAT)],
		"iso8601") == 0)
		return "syslog-time-format iso8601 is not supported";
	return sl_item_get(action, A_SRC) ? "src-address is not supported"
					  : NULL;
}

static void
fill_route(const struct sl_item *rule, const struct sl_item *action,
    struct sl_log_route *r)
{
	static const uint8_t kinds[] = {
	    SL_LOG_MEMORY, SL_LOG_ECHO, SL_LOG_REMOTE, SL_LOG_SYSLOG};
	int64_t severity = sl_item_num(action, A_SEVERITY);
	const char *format = formats[sl_item_num(action, A_FORMAT)];
	struct sl_text t = {0};
	const struct sl_value *topics = sl_item_get(rule, R_TOPICS);
	struct sl_menu *identity =
	    sl_model_find(rule->menu->model, "/system/identity");

	r->target = (enum sl_log_target)kinds[sl_item_num(action, A_TARGET)];
	r->facility = (uint8_t)sl_item_num(action, A_FACILITY);
	r->severity = (int8_t)(severity > 7 ? -1 : severity);
	r->with_header =
	    sl_item_bool(action, A_BSD) || strcmp(format, "default") != 0;
	if (topics)
		sl_value_print(&t, topics, SL_FORM_CONFIG);
	snprintf(r->topics, sizeof(r->topics), "%s", sl_text_str(&t));
	sl_text_free(&t);
	snprintf(
	    r->prefix, sizeof(r->prefix), "%s", sl_item_str(rule, R_PREFIX));
	snprintf(r->host, sizeof(r->host), "%s",
	    identity && identity->items
		? sl_item_str(sl_item_settings(identity), 0)
		: "sluice");
}

/* The route of a rule, if it works; else why not. */
static bool
make_route(
    struct sl_menu *actions, struct sl_item *rule, struct sl_log_route *r)
{
	const char *name = sl_item_str(rule, R_ACTION), *flaw;
	const struct sl_item *action = sl_items_named(actions, name);

	sl_item_clear_reason(rule);
	if (sl_item_is_disabled(rule))
		return false;
	flaw = action ? flaw_of(action) : "there is none";
	if (flaw) {
		sl_item_set_reason(rule, "action %s: %s", name, flaw);
		return false;
	}
	memset(r, 0, sizeof(*r));
	if (action && sl_item_num(action, A_TARGET) == SL_LOG_REMOTE)
		read_server(action, r);
	fill_route(rule, action, r);
	return true;
}

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct sl_menu *actions = sl_model_find(menu->model, ACTION_PATH);
	struct sl_log_route *routes =
	    calloc(SL_LOG_ROUTES + 1, sizeof(*routes));
	struct sl_item *rule;
	unsigned n = 0;
	int rc;

	(void)changes;
	if (!routes)
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	SL_ITEM_EACH (rule, menu)
		if (n <= SL_LOG_ROUTES &&
		    make_route(
			actions, rule, &routes[SL_MIN(n, SL_LOG_ROUTES)]))
			n++;
	if (!n) { /* nothing is kept: not the same as no rules */
		routes[n].target = SL_LOG_MEMORY;
		strcpy(routes[n++].topics, "(no topic)");
	}
	rc = sl_log_set_routes(routes, n, err);
	free(routes);
	return rc;
}

static void
close_rules(struct sl_menu *menu)
{
	(void)menu;
	sl_log_set_routes(NULL, 0, NULL);
}

static const char *const depends[] = {ACTION_PATH, "/system/identity", NULL};

const struct sl_menu_def sl_menu_logging_action = {
    .path = ACTION_PATH,
    .help = "where log lines can go",
    .kind = SL_MENU_ITEMS,
    .props = action_props,
    .n_props = A_N,
    .open = open_actions,
    .check = check_action,
    .default_of = action_default,
};

const struct sl_menu_def sl_menu_logging = {
    .path = "/system/logging",
    .help = "which log lines go where",
    .kind = SL_MENU_ITEMS,
    .props = rule_props,
    .n_props = R_N,
    .depends = depends,
    .open = open_rules,
    .close = close_rules,
    .apply = apply,
    .default_of = rule_default,
};
