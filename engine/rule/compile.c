/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiling, in passes over the specs: chains by name, jumps checked, rules
 * laid out chain after chain.  All work memory is thrown away at the end; the
 * set has its own.
 */
#include <rule/compile.h>

#include <rule/addrlist.h>
#include <rule/classify.h>
#include <rule/compile_payload.h>
#include <rule/live.h>
#include <rule/match.h>

#include <errno.h>
#include <string.h>

static const uint8_t order_of[SL_MATCH_N][SL_FAMILIES] = {
#define X(id, name, order4, order6) [SL_MATCH_##id] = {order4, order6},
    SL_MATCHERS(X)
#undef X
};

enum visit { VISIT_NOT, VISIT_OPEN, VISIT_DONE };

/* A chain while compiling. */
struct work_chain {
	struct work_chain *same_hash;
	const struct sl_rule_spec *named_by;
	uint32_t number;
	uint32_t n_rules, n_filled; /* that work */
	uint32_t first;		    /* of its rules in the set */
	uint32_t height;	    /* of jumps below it, with itself */
	uint8_t visit;		    /* enum visit */
	struct work_rule *rules;    /* of the chain, in list order */
	struct work_rule **end;
};

struct work_rule {
	struct work_rule *next; /* of the same chain */
	struct sl_rule_spec *spec;
	struct work_chain *target; /* JUMP */
};

struct work {
	struct sl_arena memory;
	struct work_chain **buckets;
	uint32_t n_buckets; /* power of two */
	struct work_chain **chains;
	uint32_t n_chains;
	struct sl_ruleset *set;
	struct sl_rule *rules; /* of the set */
};

static uint32_t
hash_chain(const struct sl_rule_spec *s, const char *name)
{
	uint32_t h = s->table * 2u + sl_family_index(s->family);

	while (*name)
		h = h * 31 + (uint8_t)*name++;
	return h;
}

static struct work_chain *
find_chain(const struct work *w, const struct sl_rule_spec *s, const char *name)
{
	struct work_chain *c;

	c = w->buckets[hash_chain(s, name) & (w->n_buckets - 1)];
	for (; c; c = c->same_hash) {
		const struct sl_rule_spec *by = c->named_by;

		if (by->table == s->table && by->family == s->family &&
		    strcmp(by->chain, name) == 0)
			return c;
	}
	return NULL;
}

static struct work_chain *
chain_of(struct work *w, const struct sl_rule_spec *s)
{
	struct work_chain *c = find_chain(w, s, s->chain), **bucket;

	if (c)
		return c;
	c = sl_arena_alloc(&w->memory, sizeof(*c));
	if (!c)
		return NULL;
	bucket = &w->buckets[hash_chain(s, s->chain) & (w->n_buckets - 1)];
	c->named_by = s;
	c->number = w->n_chains;
	c->end = &c->rules;
	c->same_hash = *bucket;
	*bucket = c;
	w->chains[w->n_chains++] = c;
	return c;
}

static int
gather_chains(struct work *w, struct sl_specs *specs)
{
	for (w->n_buckets = 16; w->n_buckets < specs->n;)
		w->n_buckets *= 2;
	w->buckets = sl_arena_alloc(
	    &w->memory, w->n_buckets * sizeof(struct work_chain *));
	w->chains = sl_arena_alloc(
	    &w->memory, (specs->n + 1) * sizeof(struct work_chain *));
	if (!w->buckets || !w->chains)
		return -ENOMEM;
	for (struct sl_rule_spec *s = specs->first; s; s = s->next) {
		struct work_rule *r = sl_arena_alloc(&w->memory, sizeof(*r));
		struct work_chain *c = chain_of(w, s);

		if (!r || !c)
			return -ENOMEM;
		r->spec = s;
		*c->end = r;
		c->end = &r->next;
	}
	return 0;
}

/* Jumps. */

static void
resolve_jumps(struct work *w)
{
	for (uint32_t i = 0; i < w->n_chains; i++) {
		for (struct work_rule *r = w->chains[i]->rules; r;
		     r = r->next) {
			struct sl_rule_spec *s = r->spec;

			if (s->action != SL_ACTION_JUMP || s->reason[0])
				continue;
			r->target = s->jump_target
					? find_chain(w, s, s->jump_target)
					: NULL;
			if (!r->target)
				sl_spec_set_reason(s,
				    "jump-target chain %s has no rules",
				    s->jump_target ? s->jump_target : "");
		}
	}
}

struct frame {
	struct work_chain *chain;
	struct work_rule *at;
};

/* One jump of the search: goes down (true), or has dealt with it. */
static bool
follow_jump(struct work_chain *from, struct work_rule *r)
{
	struct work_chain *to = r->target;

	if (!to || r->spec->reason[0])
		return false;
	if (to->visit == VISIT_NOT)
		return true;
	if (to->visit == VISIT_OPEN)
		sl_spec_set_reason(r->spec, "jump makes a loop of chains");
	else if (to->height >= SL_CHAIN_DEPTH)
		sl_spec_set_reason(r->spec, "chains nest deeper than %d jumps",
		    SL_CHAIN_DEPTH);
	else
		from->height = SL_MAX(from->height, to->height + 1);
	return false;
}

/* Depth-first over the jumps: one that leads back into the chains above it is
 * taken out, so that what remains ends.  Own stack: chains may be many. */
static void
check_jumps(struct work_chain *start, struct frame *stack)
{
	uint32_t depth = 0;

	start->visit = VISIT_OPEN;
	start->height = 1;
	stack[depth++] = (struct frame){start, start->rules};
	while (depth > 0) {
		struct frame *f = &stack[depth - 1];
		struct work_chain *to;

		if (!f->at) {
			f->chain->visit = VISIT_DONE;
			depth--;
			continue;
		}
		if (!follow_jump(f->chain, f->at)) {
			f->at = f->at->next;
			continue; /* a jump just visited is settled here */
		}
		to = f->at->target;
		to->visit = VISIT_OPEN;
		to->height = 1;
		stack[depth++] = (struct frame){to, to->rules};
	}
}

static int
settle_jumps(struct work *w)
{
	struct frame *stack =
	    sl_arena_alloc(&w->memory, (w->n_chains + 1) * sizeof(*stack));

	if (!stack)
		return -ENOMEM;
	resolve_jumps(w);
	for (uint32_t i = 0; i < w->n_chains; i++)
		if (w->chains[i]->visit == VISIT_NOT)
			check_jumps(w->chains[i], stack);
	return 0;
}

/* Matchers. */

/* Stable insertion sort into evaluation order: rules have few matchers. */
static void
sort_matches(struct sl_match *m, unsigned n, unsigned family)
{
	for (unsigned i = 1; i < n; i++) {
		struct sl_match one = m[i];
		unsigned j = i;

		for (; j > 0 && order_of[m[j - 1].kind][family] >
				    order_of[one.kind][family];
		     j--)
			m[j] = m[j - 1];
		m[j] = one;
	}
}

static bool
names_list(const struct sl_match *m)
{
	return m->kind == SL_MATCH_SRC_LIST || m->kind == SL_MATCH_DST_LIST;
}

static bool
has_spans(const struct sl_match *m)
{
	return m->kind == SL_MATCH_SRC_ID || m->kind == SL_MATCH_DST_ID ||
	       m->kind == SL_MATCH_ANY_ID;
}

static const void *
keep(struct sl_ruleset *set, const void *data, size_t size)
{
	void *p = sl_arena_alloc(&set->memory, size);

	if (p)
		memcpy(p, data, size);
	return p;
}

static int
compile_match(
    struct sl_ruleset *set, const struct sl_rule_spec *s, struct sl_match *m)
{
	if (m->kind == SL_MATCH_LIMIT)
		sl_live_set_limit(s->live, m->limit.cost, m->limit.depth);
	if (has_spans(m)) {
		m->spans =
		    keep(set, m->spans, m->n_spans * sizeof(struct sl_id_span));
		if (!m->spans)
			return -ENOMEM;
	}
	if (names_list(m)) {
		m->list.list = sl_addrlist_get(s->family, m->list.name);
		m->list.name = NULL;
		if (!m->list.list)
			return -ENOMEM;
	}
	if (sl_match_has_memo(m->kind))
		return sl_match_remember(m, s->live);
	return sl_compile_payload_match(set, m);
}

/* What the rule's matchers were and no longer are is forgotten. */
static void
forget(const struct sl_rule_spec *s)
{
	bool wanted[SL_MEMO_KINDS] = {false};

	for (unsigned i = 0; i < s->n_matches; i++)
		if (sl_match_has_memo(s->matches[i].kind))
			wanted[sl_match_memo_kind(s->matches[i].kind)] = true;
	for (unsigned kind = 0; kind < SL_MEMO_KINDS; kind++)
		if (!wanted[kind])
			sl_memo_drop(&s->live->memos[kind]);
}

static int
compile_matches(
    struct sl_ruleset *set, const struct sl_rule_spec *s, struct sl_rule *rule)
{
	struct sl_match *m;

	forget(s);
	if (!s->n_matches)
		return 0;
	m = sl_arena_alloc(&set->memory, s->n_matches * sizeof(*m));
	if (!m)
		return -ENOMEM;
	memcpy(m, s->matches, s->n_matches * sizeof(*m));
	sort_matches(m, s->n_matches, sl_family_index(s->family));
	rule->matches = m;
	for (unsigned i = 0; i < s->n_matches; i++) {
		int rc = compile_match(set, s, &m[i]);

		if (rc)
			return rc; /* n_matches: those that hold references */
		rule->n_matches++;
	}
	return 0;
}

static int
compile_rule(
    struct sl_ruleset *set, const struct work_rule *r, struct sl_rule *rule)
{
	const struct sl_rule_spec *s = r->spec;
	const char *prefix = s->log_prefix ? s->log_prefix : "";

	if (s->action == SL_ACTION_TRANSLATE && s->nat.way == SL_NAT_EIN &&
	    sl_ein_want(NULL))
		return -ENOMEM;
	rule->item = s->item;
	rule->action = s->action;
	rule->reject = s->reject;
	rule->log = s->log || s->action == SL_ACTION_LOG;
	rule->nat_port_address = s->nat_port_address;
	rule->target = r->target ? r->target->number : SL_CHAIN_NONE;
	rule->list_timeout_ns = s->list_timeout_ns;
	rule->list_static = s->list_static;
	rule->live = sl_live_get(s->live);
	rule->log_prefix = keep(set, prefix, strlen(prefix) + 1);
	rule->nat = keep(set, &s->nat, sizeof(s->nat));
	rule->mangle = keep(set, &s->mangle, sizeof(s->mangle));
	if (!rule->log_prefix || !rule->nat || !rule->mangle)
		return -ENOMEM;
	if (s->list && !(rule->list = sl_addrlist_get(s->family, s->list)))
		return -ENOMEM;
	return compile_matches(set, s, rule);
}

/* Layout. */

/* Walking so many rules costs no more than asking which may match. */
#define WALKED_WHOLE 16u

static int
classify_chain(struct sl_ruleset *set, uint8_t family, struct sl_chain *out)
{
	int rc;

	out->n_linear = out->n_rules;
	if (out->n_rules <= WALKED_WHOLE)
		return 0;
	rc = sl_classify_build(
	    &set->memory, family, out->rules, out->n_rules, &out->rest);
	if (out->rest)
		out->n_linear = sl_classify_first(out->rest);
	return rc;
}

static int
compile_chain(struct work *w, struct work_chain *c, struct sl_chain *out)
{
	struct sl_ruleset *set = w->set;
	const struct sl_rule_spec *by = c->named_by;
	enum sl_hook hook = sl_hook_by_name(by->table, by->chain);

	out->name = keep(set, by->chain, strlen(by->chain) + 1);
	if (!out->name)
		return -ENOMEM;
	out->rules = &w->rules[set->n_rules];
	for (const struct work_rule *r = c->rules; r; r = r->next) {
		int rc;

		if (r->spec->reason[0])
			continue;
		/* Counted first: on failure its references are given back. */
		rc = compile_rule(set, r, &w->rules[set->n_rules++]);
		if (rc)
			return rc;
		out->n_rules++;
	}
	if (hook != SL_HOOK_N && out->n_rules) {
		unsigned family = sl_family_index(by->family);

		set->builtin[by->table][family][hook] = c->number;
		set->has_rules[family] |= 1u << sl_ruleset_bit(by->table, hook);
	}
	return classify_chain(set, by->family, out);
}

static struct sl_ruleset *
new_set(void)
{
	struct sl_arena memory = {0};
	struct sl_ruleset *set = sl_arena_alloc(&memory, sizeof(*set));

	if (!set)
		return NULL;
	set->memory = memory;
	memset(set->builtin, 0xff, sizeof(set->builtin)); /* SL_CHAIN_NONE */
	return set;
}

static int
build_set(struct work *w, struct sl_specs *specs)
{
	struct sl_ruleset *set = w->set;
	struct sl_chain *chains;
	int rc;

	if ((rc = sl_compile_payload(set, specs)) ||
	    (rc = gather_chains(w, specs)) || (rc = settle_jumps(w)))
		return rc;
	chains =
	    sl_arena_alloc(&set->memory, (w->n_chains + 1) * sizeof(*chains));
	w->rules =
	    sl_arena_alloc(&set->memory, (specs->n + 1) * sizeof(*w->rules));
	if (!chains || !w->rules)
		return -ENOMEM;
	set->chains = chains;
	set->rules = w->rules;
	set->n_chains = w->n_chains;
	for (uint32_t i = 0; i < w->n_chains && !rc; i++)
		rc = compile_chain(w, w->chains[i], &chains[i]);
	return rc;
}

static void
put_match(const struct sl_match *m)
{
	if (names_list(m))
		sl_addrlist_put(m->list.list);
	if (sl_match_has_memo(m->kind))
		sl_memo_put(m->memo);
}

void
sl_compile_put(struct sl_ruleset *set)
{
	for (uint32_t i = 0; i < set->n_rules; i++) {
		const struct sl_rule *r = &set->rules[i];

		for (unsigned j = 0; j < r->n_matches; j++)
			put_match(&r->matches[j]);
		sl_addrlist_put(r->list);
		sl_live_put(r->live);
	}
	sl_compile_payload_put(set);
}

struct sl_ruleset *
sl_compile(struct sl_specs *specs)
{
	struct work w = {.set = new_set()};
	int rc = w.set ? build_set(&w, specs) : -ENOMEM;

	sl_arena_fini(&w.memory);
	if (rc && w.set) {
		struct sl_arena memory = w.set->memory;

		sl_compile_put(w.set);
		sl_arena_fini(&memory);
	}
	return rc ? NULL : w.set;
}
