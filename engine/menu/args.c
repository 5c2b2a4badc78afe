/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/args.h>

#include <menu/item.h>

#include <errno.h>
#include <string.h>

#define NAMES_MAX 24

/* What a verb takes beside or instead of properties. */
struct spec {
	const char *verb;
	bool props;		   /* properties may be given */
	bool words;		   /* positional ones are names of arguments */
	const char *positional[3]; /* "numbers" not in a settings menu */
	const char *names[NAMES_MAX];
};

/* clang-format off */
static const struct spec specs[] = {
	{"add", .props = true, .names = {"place-before", "copy-from"}},
	{"set", .props = true, .positional = {"numbers"},
	    .names = {"numbers", ".id"}},
	{"unset", .positional = {"numbers", "value-name"},
	    .names = {"numbers", ".id", "value-name"}},
	{"remove", .positional = {"numbers"}, .names = {"numbers", ".id"}},
	{"enable", .positional = {"numbers"}, .names = {"numbers", ".id"}},
	{"disable", .positional = {"numbers"}, .names = {"numbers", ".id"}},
	{"move", .positional = {"numbers", "destination"},
	    .names = {"numbers", ".id", "destination"}},
	{"comment", .positional = {"numbers", "comment"},
	    .names = {"numbers", ".id", "comment"}},
	{"find"},
	{"get", .positional = {"numbers", "value-name"},
	    .names = {"numbers", ".id", "value-name"}},
	{"print", .words = true,
	    .names = {"all", "append", "as-value", "brief", "count-only",
		"detail", "dynamic", "follow", "follow-only", "from",
		"interval", "numbers", "proplist", "static", "stats", "terse",
		"value-list", "without-paging", ".id", ".proplist"}},
	{"export", .words = true,
	    .names = {"compact", "hide-sensitive", "show-sensitive", "terse",
		"verbose"}},
};
/* clang-format on */

/* What a router takes there and we do not. */
static const struct {
	const char *verb, *name;
} unsupported[] = {
    {"print", "file"},
    {"print", "group-by"},
    {"print", "order-by"},
    {"print", "show-ids"},
    {"export", "file"},
};

/* What the names mean that are no properties, for '?'. */
static const struct {
	const char *name, *help;
} helps[] = {
    {"all", "dynamic items, too"},
    {"append", "no effect"},
    {"as-value", "for programs: .id=*1;name=value;..."},
    {"brief", "a table"},
    {"compact", "only what is not the default"},
    {"copy-from", "item to start from"},
    {"count-only", "how many there are"},
    {"destination", "item to stand before"},
    {"detail", "all properties"},
    {"dynamic", "only dynamic items"},
    {"follow", "go on with what is new or changes"},
    {"follow-only", "only what is new or changes"},
    {"from", "only these items"},
    {"hide-sensitive", "without passwords"},
    {"interval", "again and again after so long"},
    {"numbers", "items: their numbers, names or ids"},
    {"place-before", "item to stand before"},
    {"proplist", "only these properties"},
    {"show-sensitive", "with passwords"},
    {"static", "no dynamic items"},
    {"stats", "counters"},
    {"terse", "one line an item"},
    {"value-list", "one line a property"},
    {"value-name", "the property"},
    {"verbose", "defaults, too"},
    {"without-paging", "no effect"},
};

static const char *
help_of(const char *name)
{
	for (size_t i = 0; i < SL_COUNT_OF(helps); i++)
		if (strcmp(helps[i].name, name) == 0)
			return helps[i].help;
	return NULL;
}

static const struct spec *
find_spec(const char *verb)
{
	for (size_t i = 0; i < SL_COUNT_OF(specs); i++)
		if (strcmp(specs[i].verb, verb) == 0)
			return &specs[i];
	return NULL;
}

/* The spec of a menu's own verb, made from its table. */
static struct spec
own_spec(const struct sl_verb *v)
{
	struct spec s = {.verb = v->name};
	unsigned names = 0, positional = 0;

	if (v->items) {
		s.positional[positional++] = "numbers";
		s.names[names++] = "numbers";
		s.names[names++] = ".id";
	}
	for (size_t i = 0; v->args && v->args[i] && names < NAMES_MAX; i++) {
		if (positional < SL_COUNT_OF(s.positional))
			s.positional[positional++] = v->args[i];
		s.names[names++] = v->args[i];
	}
	return s;
}

static bool
spec_of(const struct sl_menu *menu, const char *verb, struct spec *out)
{
	const struct sl_verb *own = sl_menu_own_verb(menu, verb);
	const struct spec *common = own ? NULL : find_spec(verb);

	if (own)
		*out = own_spec(own);
	else if (common)
		*out = *common;
	else
		return false;
	if (menu->kind == SL_MENU_SETTINGS && out->positional[0] &&
	    strcmp(out->positional[0], "numbers") == 0) {
		out->positional[0] = out->positional[1];
		out->positional[1] = NULL;
	}
	return true;
}

/* Is this name of the spec of any use in this menu? */
static bool
has_name(const struct sl_menu *menu, const char *name)
{
	if (strcmp(name, "place-before") == 0)
		return menu->def->flags & SL_MENU_ORDERED;
	if (strcmp(name, "numbers") == 0 || strcmp(name, ".id") == 0)
		return menu->kind != SL_MENU_SETTINGS;
	return true;
}

static bool
is_writable(const struct sl_prop *p)
{
	return !(p->flags & SL_PROP_READ_ONLY);
}

static const char *
canonical(const char *name)
{
	if (strcmp(name, ".id") == 0)
		return "numbers";
	return strcmp(name, ".proplist") == 0 ? "proplist" : name;
}

/* Candidates of one name: exact, or a unique prefix. */
struct match {
	const char *text;
	size_t len;
	struct sl_bound exact, prefix;
	unsigned exacts, prefixes;
};

static void
try_name(struct match *m, const char *name, struct sl_bound b)
{
	if (strncmp(name, m->text, m->len) != 0)
		return;
	if (!name[m->len]) {
		m->exact = b;
		m->exacts++;
	} else if (name[0] != '.') {
		m->prefix = b;
		m->prefixes++;
	}
}

static bool
match_name(const struct sl_menu *menu, const struct spec *s, const char *text,
    struct sl_bound *out)
{
	struct match m = {.text = text, .len = strlen(text)};

	for (unsigned i = 0; i < NAMES_MAX && s->names[i]; i++)
		if (has_name(menu, s->names[i]))
			try_name(&m, s->names[i],
			    (struct sl_bound){.name = canonical(s->names[i])});
	for (unsigned i = 0; s->props && i < menu->def->n_props; i++)
		if (is_writable(&menu->def->props[i]))
			try_name(&m, menu->def->props[i].name,
			    (struct sl_bound){.prop = i});
	if (m.exacts)
		*out = m.exact;
	else if (m.len && m.prefixes == 1)
		*out = m.prefix;
	else
		return false;
	return true;
}

/* Could the word behind print mean items? */
static bool
may_select(const struct sl_menu *menu, const struct sl_value *v)
{
	return v->type != SL_VALUE_STR || strchr("*0123456789", v->str.s[0]) ||
	       sl_menu_prop_flagged(menu, SL_PROP_NAME) >= 0;
}

/* "add blackhole": a word alone says yes to a property. */
static bool
bind_switch(
    const struct sl_menu *menu, const struct sl_value *v, struct sl_bound *out)
{
	int prop =
	    v->type == SL_VALUE_STR ? sl_menu_prop(menu, v->str.s, false) : -1;

	if (prop < 0 || menu->def->props[prop].type != &sl_type_bool ||
	    !is_writable(&menu->def->props[prop]))
		return false;
	out->prop = (unsigned)prop;
	return true;
}

static bool
bind_positional(const struct sl_menu *menu, const struct spec *s,
    const struct sl_arg *arg, unsigned *n_positional, struct sl_bound *out)
{
	const struct sl_value *v = &arg->value;

	if (s->words) {
		if (v->type == SL_VALUE_STR &&
		    match_name(menu, s, v->str.s, out))
			return true;
		out->name = "from";
		return strcmp(s->verb, "print") == 0 && may_select(menu, v);
	}
	if (*n_positional >= SL_COUNT_OF(s->positional) ||
	    !s->positional[*n_positional])
		return s->props && bind_switch(menu, v, out);
	out->name = s->positional[(*n_positional)++];
	return true;
}

static int
refuse(const char *verb, const struct sl_arg *arg, struct sl_err *err)
{
	const char *name = arg->name;

	if (!name && arg->value.type == SL_VALUE_STR)
		name = arg->value.str.s;
	for (size_t i = 0; name && i < SL_COUNT_OF(unsupported); i++)
		if (strcmp(unsupported[i].verb, verb) == 0 &&
		    strcmp(unsupported[i].name, name) == 0)
			return sl_err_set(err, -EOPNOTSUPP,
			    "failure: %s of %s is not supported", name, verb);
	return sl_err_set(err, -EINVAL, "expected end of command");
}

int
sl_args_blame(struct sl_err *err, int rc, const struct sl_place *place)
{
	if (rc && !err->place.line)
		err->place = *place;
	return rc;
}

int
sl_args_bind(
    const struct sl_command *cmd, struct sl_args *out, struct sl_err *err)
{
	const struct sl_menu *menu = cmd->menu;
	unsigned n_positional = 0;
	struct spec s;
	bool known;

	out->n = 0;
	out->bound = calloc(cmd->n_args + 1, sizeof(*out->bound));
	if (!out->bound)
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	known = spec_of(menu, cmd->verb, &s);
	SL_ASSERT(known);
	for (size_t i = 0; i < cmd->n_args; i++) {
		const struct sl_arg *arg = &cmd->args[i];
		struct sl_bound b = {0};
		bool ok = arg->name ? match_name(menu, &s, arg->name, &b)
				    : bind_positional(
					  menu, &s, arg, &n_positional, &b);

		if (!ok)
			return sl_args_blame(
			    err, refuse(s.verb, arg, err), &arg->place);
		b.arg = arg;
		out->bound[out->n++] = b;
	}
	return 0;
}

void
sl_args_free(struct sl_args *args)
{
	free(args->bound);
	*args = (struct sl_args){0};
}

const struct sl_arg *
sl_args_find(const struct sl_args *args, const char *name)
{
	for (size_t i = 0; i < args->n; i++)
		if (args->bound[i].name &&
		    strcmp(args->bound[i].name, name) == 0)
			return args->bound[i].arg;
	return NULL;
}

const struct sl_arg *
sl_command_arg(const struct sl_command *cmd, const char *name)
{
	if (cmd->bound)
		return sl_args_find(cmd->bound, name);
	for (size_t i = 0; i < cmd->n_args; i++)
		if (cmd->args[i].name && strcmp(cmd->args[i].name, name) == 0)
			return &cmd->args[i];
	return NULL;
}

void
sl_command_each_arg(
    struct sl_menu *menu, const char *verb, sl_word_fn visit, void *arg)
{
	struct spec s;

	if (!menu->def || !spec_of(menu, verb, &s))
		return;
	for (unsigned i = 0; i < NAMES_MAX && s.names[i]; i++)
		if (s.names[i][0] != '.' && has_name(menu, s.names[i]))
			visit(s.names[i], help_of(s.names[i]), arg);
	for (unsigned i = 0; s.props && i < menu->def->n_props; i++)
		if (is_writable(&menu->def->props[i]))
			visit(menu->def->props[i].name,
			    menu->def->props[i].help, arg);
	if (sl_command_has_where(menu, verb))
		visit("where", "only rows that satisfy a condition", arg);
}

/* Names of all properties, for proplist= and value-name=. */
static void
each_prop(const struct sl_menu *menu, sl_word_fn visit, void *arg)
{
	for (unsigned i = 0; i < menu->def->n_props; i++)
		visit(menu->def->props[i].name, menu->def->props[i].help, arg);
}

/* Names of the items, for numbers=. */
static void
each_item_name(const struct sl_menu *menu, sl_word_fn visit, void *arg)
{
	int prop = sl_menu_prop_flagged(menu, SL_PROP_NAME);
	struct sl_item *it;

	if (prop < 0)
		return;
	SL_ITEM_EACH (it, menu)
		visit(sl_item_str(it, (unsigned)prop), NULL, arg);
}

void
sl_command_each_value(struct sl_menu *menu, const char *verb, const char *name,
    sl_word_fn visit, void *arg)
{
	struct sl_bound b = {0};
	struct spec s;

	if (!menu->def || !spec_of(menu, verb, &s))
		return;
	/* where NAME= asks for any property. */
	if (!match_name(menu, &s, name, &b)) {
		int prop = sl_menu_prop(menu, name, true);

		if (prop < 0)
			return;
		b.prop = (unsigned)prop;
	}
	if (!b.name)
		sl_prop_complete(
		    menu->model, &menu->def->props[b.prop], visit, arg);
	else if (strcmp(b.name, "proplist") == 0 ||
		 strcmp(b.name, "value-name") == 0)
		each_prop(menu, visit, arg);
	else if (strcmp(b.name, "numbers") == 0)
		each_item_name(menu, visit, arg);
}

bool
sl_command_has_where(const struct sl_menu *menu, const char *verb)
{
	return (menu->def || menu->kind == SL_MENU_SKIPPED) &&
	       (strcmp(verb, "print") == 0 || strcmp(verb, "find") == 0);
}
