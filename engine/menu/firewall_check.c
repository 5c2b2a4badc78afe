/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip firewall check and /ipv6 firewall check: what is wrong with the rules.
 *
 * The rules are described anew, as for the compiler, and looked at; nothing of that
 * is published.  Findings are copies: rules may change while they are printed.
 */
#include <menu/firewall.h>

#include <base/arena.h>
#include <menu/row.h>
#include <rule/cover.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { COL_TABLE, COL_NUMBER, COL_CHAIN, COL_PROBLEM, COL_OTHER, COLS };

#define FIELD(name_, type_, help_)                                             \
	{                                                                      \
		.name = name_, .type = &type_,                                 \
		.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN, \
		.help = help_                                                  \
	}

static const struct sl_prop props[COLS] = {
    [COL_TABLE] = FIELD("table", sl_type_name, "filter, nat, mangle or raw"),
    [COL_NUMBER] = FIELD("number", sl_type_num, "of the rule, as print has it"),
    [COL_CHAIN] = FIELD("chain", sl_type_name, "its chain"),
    [COL_PROBLEM] = FIELD("problem", sl_type_str, "what is wrong"),
    [COL_OTHER] = FIELD("other", sl_type_num, "number of the rule to blame"),
};

struct finding {
	struct finding *next;
	uint64_t id;
	const char *table, *chain, *problem;
	uint32_t number;
	int64_t other; /* -1: none */
};

struct chain {
	const struct sl_rule_spec *first;
	bool works, reached;
	struct rule *rules, **end;
};

struct rule {
	struct rule *next; /* of the same chain */
	struct sl_rule_spec *spec;
	struct chain *chain, *target;
};

/* An address list that a rule asks. */
struct asked {
	const char *name;
	bool filled;
};

struct check {
	struct sl_arena memory;
	struct sl_menu *menu;
	struct sl_specs specs;
	struct chain *chains;
	struct rule *rules;
	struct asked *asked;
	uint32_t n_chains, n_rules, n_asked;
	uint64_t n;
	struct finding *first, **end;
	bool failed;
};

static const char *const table_names[] = {[SL_TABLE_RAW] = "raw",
    [SL_TABLE_MANGLE] = "mangle",
    [SL_TABLE_FILTER] = "filter",
    [SL_TABLE_NAT] = "nat"};

static const struct sl_item *
item_of(const struct sl_rule_spec *s)
{
	return s->owner;
}

static SL_PRINTF(4, 5) void find(struct check *c, const struct sl_rule_spec *s,
    const struct sl_rule_spec *other, const char *fmt, ...)
{
	struct finding *f = sl_arena_alloc(&c->memory, sizeof(*f));
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!f) {
		c->failed = true;
		return;
	}
	f->id = ++c->n;
	f->table = table_names[s->table];
	f->number = sl_item_number(item_of(s));
	f->other = other ? (int64_t)sl_item_number(item_of(other)) : -1;
	f->chain = sl_arena_copy(&c->memory, s->chain, strlen(s->chain));
	f->problem = sl_arena_copy(&c->memory, text, strlen(text));
	if (!f->chain || !f->problem) {
		c->failed = true;
		return;
	}
	*c->end = f;
	c->end = &f->next;
}

static bool
is_fasttrack(const struct sl_rule_spec *s)
{
	const struct sl_value *v = sl_firewall_get(item_of(s), FW_ACTION);

	return v && v->type == SL_VALUE_STR &&
	       strcmp(v->str.s, "fasttrack-connection") == 0;
}

static bool
works(const struct sl_rule_spec *s)
{
	return !s->reason[0];
}

/* Chains and rules. */

static struct chain *
find_chain(
    const struct check *c, const struct sl_rule_spec *s, const char *name)
{
	for (uint32_t i = 0; name && i < c->n_chains; i++)
		if (c->chains[i].first->table == s->table &&
		    strcmp(c->chains[i].first->chain, name) == 0)
			return &c->chains[i];
	return NULL;
}

static void
add_rule(struct check *c, struct sl_rule_spec *s, struct chain **last)
{
	struct chain *chain = *last;
	struct rule *r = &c->rules[c->n_rules++];

	/* Rules of a chain mostly stand together. */
	if (!chain || chain->first->table != s->table ||
	    strcmp(chain->first->chain, s->chain) != 0)
		chain = find_chain(c, s, s->chain);
	if (!chain) {
		chain = &c->chains[c->n_chains++];
		*chain = (struct chain){.first = s};
		chain->end = &chain->rules;
		chain->reached = sl_hook_by_name((enum sl_rule_table)s->table,
				     s->chain) != SL_HOOK_N;
	}
	*last = chain;
	*r = (struct rule){.spec = s, .chain = chain};
	*chain->end = r;
	chain->end = &r->next;
	chain->works |= works(s);
}

static bool
is_jump(const struct rule *r)
{
	return r->spec->action == SL_ACTION_JUMP && works(r->spec);
}

static void
follow_jumps(struct check *c)
{
	bool more = true;

	for (uint32_t i = 0; i < c->n_rules; i++)
		if (is_jump(&c->rules[i]))
			c->rules[i].target = find_chain(
			    c, c->rules[i].spec, c->rules[i].spec->jump_target);
	while (more) {
		more = false;
		for (uint32_t i = 0; i < c->n_rules; i++) {
			const struct rule *r = &c->rules[i];

			if (r->target && r->chain->reached &&
			    !r->target->reached)
				more = r->target->reached = true;
		}
	}
}

static bool
lay_out(struct check *c)
{
	size_t n = c->specs.n + 1u;
	struct chain *last = NULL;

	c->chains = sl_arena_alloc(&c->memory, n * sizeof(*c->chains));
	c->rules = sl_arena_alloc(&c->memory, n * sizeof(*c->rules));
	if (!c->chains || !c->rules)
		return false;
	for (struct sl_rule_spec *s = c->specs.first; s; s = s->next)
		add_rule(c, s, &last);
	follow_jumps(c);
	return true;
}

/* Address lists. */

static struct asked *
find_asked(const struct check *c, const char *name)
{
	for (uint32_t i = 0; name && i < c->n_asked; i++)
		if (strcmp(c->asked[i].name, name) == 0)
			return &c->asked[i];
	return NULL;
}

static bool
asks_list(const struct sl_match *m)
{
	return (m->kind == SL_MATCH_SRC_LIST || m->kind == SL_MATCH_DST_LIST) &&
	       m->list.name;
}

static void
fill_asked(struct check *c, const char *name)
{
	struct asked *a = find_asked(c, name);

	if (a)
		a->filled = true;
}

static bool
gather_lists(struct check *c)
{
	struct sl_menu *menu = sl_model_find(
	    c->menu->model, c->menu->def == &sl_menu_firewall_check4
				? "/ip/firewall/address-list"
				: "/ipv6/firewall/address-list");
	size_t n = 1;
	struct sl_item *item;
	int list;

	for (uint32_t i = 0; i < c->n_rules; i++)
		n += c->rules[i].spec->n_matches;
	c->asked = sl_arena_alloc(&c->memory, n * sizeof(*c->asked));
	if (!c->asked)
		return false;
	for (uint32_t i = 0; i < c->n_rules; i++) {
		const struct sl_rule_spec *s = c->rules[i].spec;

		for (unsigned j = 0; j < s->n_matches; j++)
			if (asks_list(&s->matches[j]) &&
			    !find_asked(c, s->matches[j].list.name))
				c->asked[c->n_asked++].name =
				    s->matches[j].list.name;
	}
	for (uint32_t i = 0; i < c->n_rules; i++)
		fill_asked(c, c->rules[i].spec->list);
	list = menu ? sl_menu_prop(menu, "list", false) : -1;
	if (list >= 0 && c->n_asked)
		SL_ITEM_EACH (item, menu)
			if (!sl_item_is_disabled(item))
				fill_asked(
				    c, sl_item_str(item, (unsigned)list));
	return true;
}

/* What is looked at. */

static void
check_lists(struct check *c, const struct sl_rule_spec *s)
{
	for (unsigned j = 0; j < s->n_matches; j++) {
		const struct sl_match *m = &s->matches[j];
		const struct asked *a =
		    asks_list(m) ? find_asked(c, m->list.name) : NULL;

		if (a && !a->filled)
			find(c, s, NULL, "address list %s is empty", a->name);
	}
}

static void
check_interface_list(struct check *c, const struct sl_rule_spec *s, bool in)
{
	const struct sl_value *v = sl_firewall_get(
	    item_of(s), in ? FW_IN_INTERFACE_LIST : FW_OUT_INTERFACE_LIST);
	unsigned kind = in ? SL_MATCH_IN_LIST : SL_MATCH_OUT_LIST;
	uint64_t any = 0;

	if (!v || v->type != SL_VALUE_STR || strcmp(v->str.s, "none") == 0)
		return;
	for (unsigned j = 0; j < s->n_matches; j++)
		for (unsigned i = 0;
		     s->matches[j].kind == kind && i < SL_PORTS_MAX / 64; i++)
			any |= s->matches[j].ports[i];
	if (!any)
		find(c, s, NULL, "interface list %s has no ports", v->str.s);
}

static void
check_jump(struct check *c, const struct rule *r)
{
	if (r->target && !r->target->works)
		find(c, r->spec, NULL,
		    "jump-target chain %s has no rule that works",
		    r->spec->jump_target);
}

/* The first rule above that takes all that this one could match. */
static void
check_cover(struct check *c, const struct rule *r)
{
	for (const struct rule *up = r->chain->rules; up != r; up = up->next) {
		if (!works(up->spec) || !sl_cover_is_final(up->spec) ||
		    !sl_cover_rule(up->spec, r->spec))
			continue;
		if (is_fasttrack(r->spec))
			find(c, r->spec, up->spec,
			    "fasttracks nothing: the other rule comes first");
		else
			find(c, r->spec, up->spec,
			    "never matches: the other rule comes first");
		return;
	}
}

/* A rule with flag I does nothing, but where a fasttrack rule stands is worth
 * knowing all the same. */
static void
check_rule(struct check *c, const struct rule *r)
{
	const struct sl_item *item = item_of(r->spec);

	if (r == r->chain->rules && !r->chain->reached)
		find(c, r->spec, NULL, "no rule jumps to chain %s",
		    r->spec->chain);
	if (item->reason)
		find(c, r->spec, NULL, "has no effect: %s", item->reason);
	if (item->reason && !is_fasttrack(r->spec))
		return;
	check_jump(c, r);
	check_lists(c, r->spec);
	check_interface_list(c, r->spec, true);
	check_interface_list(c, r->spec, false);
	check_cover(c, r);
}

static void
describe(struct check *c, struct sl_list_ports *lists, const char *path)
{
	struct sl_menu *menu = sl_model_find(c->menu->model, path);
	struct sl_item *item;

	if (!menu || !menu->def || !menu->items)
		return;
	SL_ITEM_EACH (item, menu)
		if (!sl_item_is_disabled(item))
			sl_firewall_describe(item, &c->specs, lists);
}

static int
run(struct check *c)
{
	static const char *const tables[] = {"raw", "mangle", "filter", "nat"};
	struct sl_list_ports lists = {.model = c->menu->model};
	bool six = c->menu->def == &sl_menu_firewall_check6;
	char path[64];

	sl_specs_init(&c->specs);
	c->end = &c->first;
	for (unsigned i = 0; i < SL_COUNT_OF(tables); i++) {
		snprintf(path, sizeof(path), "/%s/firewall/%s",
		    six ? "ipv6" : "ip", tables[i]);
		describe(c, &lists, path);
	}
	sl_list_ports_fini(&lists);
	if (c->specs.failed || !lay_out(c) || !gather_lists(c))
		c->failed = true;
	for (uint32_t i = 0; !c->failed && i < c->n_rules; i++)
		check_rule(c, &c->rules[i]);
	sl_specs_fini(&c->specs);
	return c->failed ? -ENOMEM : 0;
}

/* The menu. */

static void
walk_end(struct sl_menu *menu, struct sl_cursor *cursor)
{
	struct check *c = cursor->data;

	(void)menu;
	if (!c)
		return;
	sl_arena_fini(&c->memory);
	free(c);
	cursor->data = NULL;
}

/* pos[0]: findings shown. */
static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max, sl_row_fn fn,
    void *arg)
{
	struct check *c = cursor->data;

	if (!c) {
		cursor->data = c = calloc(1, sizeof(*c));
		if (!c)
			return -ENOMEM;
		c->menu = menu;
		if (run(c))
			return -ENOMEM;
	}
	for (unsigned i = 0; c->first && i < max; i++) {
		const struct finding *f = c->first;
		struct sl_row row = {.menu = menu, .data = f, .id = f->id};

		c->first = f->next;
		if (!fn(&row, arg))
			return 0;
	}
	return c->first != NULL;
}

static void
put_text(struct sl_value *out, const char *text)
{
	sl_value_str(out, text, strlen(text));
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct finding *f = row->data;

	switch (prop) {
	case COL_TABLE:
		*out = sl_value_static(f->table);
		break;
	case COL_NUMBER:
		*out = sl_value_num(f->number);
		break;
	case COL_CHAIN:
		put_text(out, f->chain);
		break;
	case COL_PROBLEM:
		put_text(out, f->problem);
		break;
	default:
		if (f->other >= 0)
			*out = sl_value_num(f->other);
		break;
	}
}

#define CHECK_MENU(path_)                                                      \
	{                                                                      \
		.path = path_, .help = "look for mistakes in the rules",       \
		.kind = SL_MENU_ROWS, .runs = "print", .props = props,         \
		.n_props = COLS, .get = get, .walk = walk,                     \
		.walk_end = walk_end                                           \
	}

const struct sl_menu_def sl_menu_firewall_check4 =
    CHECK_MENU("/ip/firewall/check");
const struct sl_menu_def sl_menu_firewall_check6 =
    CHECK_MENU("/ipv6/firewall/check");
