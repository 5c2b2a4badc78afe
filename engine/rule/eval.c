/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/eval.h>

#include <rule/classify.h>
#include <rule/list_post.h>
#include <rule/live.h>
#include <rule/logline.h>
#include <rule/mangle.h>
#include <rule/match.h>
#include <rule/trace.h>

/* For the long chains on the way down; a chain that finds no room is walked
 * rule by rule. */
#define LISTS_MAX (4 * SL_CLASSIFY_LISTS)

/* Where a walk stands: the next rule of each chain on the way down. */
struct frame {
	const struct sl_chain *chain;
	uint32_t next;
	uint32_t n_linear; /* rules below are walked one by one */
	bool is_open;	   /* the lists are taken */
	uint8_t n_lists;   /* of the walk's, the last for the last frame */
};

struct walk {
	const struct sl_ruleset *set;
	enum sl_rule_table table;
	enum sl_hook hook;
	struct sl_pkt *pkt;
	struct sl_match_ctx ctx;
	struct frame stack[SL_CHAIN_DEPTH];
	unsigned depth;
	const uint32_t *lists[LISTS_MAX];
	unsigned n_lists;
	struct sl_rule_result *result;
};

enum step { STEP_NEXT, STEP_DONE };

static enum step
decide(struct walk *w, const struct sl_rule *rule, uint8_t verdict)
{
	w->result->verdict = verdict;
	w->result->item = rule->item;
	return STEP_DONE;
}

static void
enter(struct walk *w, uint32_t number)
{
	const struct sl_chain *chain = &w->set->chains[number];

	w->stack[w->depth++] =
	    (struct frame){.chain = chain, .n_linear = chain->n_linear};
}

static void
leave(struct walk *w)
{
	w->n_lists -= w->stack[--w->depth].n_lists;
}

static enum step
jump(struct walk *w, const struct sl_rule *rule)
{
	/* The compiler bounded the depth; this keeps memory safe regardless. */
	if (w->depth < SL_CHAIN_DEPTH)
		enter(w, rule->target);
	return STEP_NEXT;
}

/* Who has no address yet is asking for one (DHCP): nothing to hide. */
static bool
has_no_address(const struct sl_addr *addr)
{
	return !addr->u.q[0] && !addr->u.q[1];
}

/* Mappings are of UDP, and only to those that there are. */
static bool
is_mapped(const struct walk *w)
{
	struct sl_ein_end dst = {w->ctx.dst, htons(w->ctx.dst_id)};
	const struct sl_pkt *pkt = w->ctx.pkt;

	return pkt->l4proto == IPPROTO_UDP &&
	       (w->hook != SL_HOOK_DSTNAT ||
		   sl_ein_has(pkt->family, &dst, pkt->now_ns));
}

static enum step
translate(struct walk *w, const struct sl_rule *rule)
{
	/* A user chain can be reached from both hooks: what translates the
	 * other side does nothing here. */
	if (!rule->nat->either_side &&
	    (rule->nat->side == SL_NAT_DST) != sl_hook_is_dstnat(w->hook))
		return STEP_NEXT;
	/* Nor is there a port on both sides of what is the router's own. */
	if ((w->hook == SL_HOOK_INPUT || w->hook == SL_HOOK_OUTPUT) &&
	    (rule->nat_port_address || rule->nat->way == SL_NAT_EIN))
		return STEP_NEXT;
	if (rule->nat->masquerade && has_no_address(&w->ctx.src))
		return decide(w, rule, SL_RULE_ACCEPT);
	if (rule->nat->way == SL_NAT_EIN && !is_mapped(w))
		return STEP_NEXT;
	w->result->nat = rule->nat;
	w->result->nat_port_address = rule->nat_port_address;
	return decide(w, rule, SL_RULE_TRANSLATE);
}

static enum step
change(struct walk *w, const struct sl_rule *rule)
{
	bool may_force = w->hook == SL_HOOK_PREROUTING;

	if (!sl_mangle_apply(rule->mangle, w->pkt,
		may_force || w->hook == SL_HOOK_OUTPUT, may_force))
		return decide(w, rule, SL_RULE_DROP);
	if (rule->mangle->what == SL_MANGLE_SNPT ||
	    rule->mangle->what == SL_MANGLE_DNPT)
		sl_pkt_addrs(w->pkt, &w->ctx.src, &w->ctx.dst);
	return rule->mangle->passthrough ? STEP_NEXT
					 : decide(w, rule, SL_RULE_ACCEPT);
}

static enum step
act(struct walk *w, const struct sl_rule *rule)
{
	switch (rule->action) {
	case SL_ACTION_ACCEPT:
		return decide(w, rule, SL_RULE_ACCEPT);
	case SL_ACTION_DROP:
		return decide(w, rule, SL_RULE_DROP);
	case SL_ACTION_REJECT:
		w->result->reject = rule->reject;
		return decide(w, rule, SL_RULE_REJECT);
	case SL_ACTION_TARPIT:
		return decide(w, rule, SL_RULE_TARPIT);
	case SL_ACTION_FASTTRACK: /* of what is routed through */
		w->result->fasttrack =
		    w->hook != SL_HOOK_INPUT && w->hook != SL_HOOK_OUTPUT;
		return STEP_NEXT;
	case SL_ACTION_JUMP:
		return jump(w, rule);
	case SL_ACTION_RETURN:
		leave(w);
		return STEP_NEXT;
	case SL_ACTION_ADD_SRC:
		sl_list_post(rule, &w->ctx.src, w->ctx.pkt->now_ns);
		return STEP_NEXT;
	case SL_ACTION_ADD_DST:
		sl_list_post(rule, &w->ctx.dst, w->ctx.pkt->now_ns);
		return STEP_NEXT;
	case SL_ACTION_TRANSLATE:
		return translate(w, rule);
	case SL_ACTION_MANGLE:
		return change(w, rule);
	default: /* LOG, PASSTHROUGH: counted and logged, nothing more */
		return STEP_NEXT;
	}
}

static enum step
take(struct walk *w, const struct sl_chain *chain, const struct sl_rule *rule)
{
	sl_live_count(rule->live, w->ctx.pkt->l3_len);
	if (sl_trace_wants(w->ctx.pkt))
		sl_trace_rule(w->ctx.pkt, (uint8_t)w->table, rule->item);
	if (rule->log)
		sl_logline_write(
		    rule, chain->name, w->ctx.pkt, w->table != SL_TABLE_RAW);
	return act(w, rule);
}

static void
open_lists(struct walk *w, struct frame *f)
{
	f->is_open = true;
	if (w->n_lists + SL_CLASSIFY_LISTS > LISTS_MAX) {
		f->n_linear = f->chain->n_rules;
		return;
	}
	f->n_lists = (uint8_t)sl_classify_find(
	    f->chain->rest, &w->ctx, &w->lists[w->n_lists]);
	for (unsigned i = 0; i < f->n_lists; i++)
		sl_prefetch(&f->chain->rules[SL_MIN(
		    *w->lists[w->n_lists + i], f->chain->n_rules - 1)]);
	w->n_lists += f->n_lists;
}

/* The lists together are ascending; a rule may be in several. */
static uint32_t
next_listed(struct walk *w, const struct frame *f)
{
	const uint32_t **list = &w->lists[w->n_lists - f->n_lists];
	uint32_t next = SL_CLASSIFY_END;

	for (unsigned i = 0; i < f->n_lists; i++) {
		if (*list[i] < f->next)
			list[i]++;
		next = SL_MIN(next, *list[i]);
	}
	return next;
}

/* One of a long chain: it is likely to match, and likely in no cache. */
static const struct sl_rule *
next_candidate(struct walk *w, struct frame *f)
{
	const struct sl_rule *rule;
	uint32_t next = f->next;

	if (!f->chain->rest)
		return NULL;
	if (!f->is_open)
		open_lists(w, f);
	if (next >= f->n_linear)
		next = next_listed(w, f);
	if (next == SL_CLASSIFY_END)
		return NULL;
	rule = &f->chain->rules[next];
	sl_prefetch_write(&rule->live->slot[sl_role_worker]);
	f->next = next + 1;
	return rule;
}

/* The next rule of the chain that matches; NULL: none is left. */
static const struct sl_rule *
next_match(struct walk *w, struct frame *f)
{
	const struct sl_rule *rule = &f->chain->rules[f->next];
	const struct sl_rule *end = &f->chain->rules[f->n_linear];

	for (; rule < end; rule++) {
		if (sl_match_rule(&w->ctx, rule)) {
			f->next = (uint32_t)(rule - f->chain->rules) + 1;
			return rule;
		}
	}
	f->next = SL_MAX(f->next, f->n_linear);
	do
		rule = next_candidate(w, f);
	while (rule && !sl_match_rule(&w->ctx, rule));
	return rule;
}

void
sl_rule_eval(enum sl_rule_table table, enum sl_hook hook, struct sl_pkt *pkt,
    struct sl_rule_result *result)
{
	struct walk w; /* the stack need not be cleared */
	uint32_t first;

	sl_assert_role(SL_ROLE_WORKER);
	*result = (struct sl_rule_result){.verdict = SL_RULE_ACCEPT};
	w.set = sl_ruleset_rcu();
	if (!w.set)
		return;
	first = w.set->builtin[table][sl_family_index(pkt->family)][hook];
	if (first == SL_CHAIN_NONE)
		return;
	w.table = table;
	w.hook = hook;
	w.pkt = pkt;
	w.result = result;
	w.depth = w.n_lists = 0;
	enter(&w, first);
	sl_match_init(&w.ctx, pkt);
	while (w.depth > 0) {
		struct frame *f = &w.stack[w.depth - 1];
		const struct sl_rule *rule = next_match(&w, f);

		if (!rule)
			leave(&w);
		else if (take(&w, f->chain, rule) == STEP_DONE)
			return;
	}
}
