/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/peek.h>

#include <rule/match.h>

struct frame {
	const struct sl_chain *chain;
	uint32_t next;
};

/* Is it about the packet alone? */
static bool
is_plain(const struct sl_match *m)
{
	return m->kind < SL_MATCH_CONN_MARK;
}

/* Do the matchers that can be asked hold?  With 'sure', all must be such. */
static bool
holds(struct sl_match_ctx *ctx, const struct sl_rule *rule, bool sure)
{
	for (unsigned i = 0; i < rule->n_matches; i++) {
		const struct sl_match *m = &rule->matches[i];

		if (!is_plain(m) ? sure : !sl_match_one(ctx, m, NULL))
			return false;
	}
	return true;
}

/* Who has no address yet is asking for one, and nothing to hide. */
static bool
translates_source(const struct sl_match_ctx *ctx, const struct sl_rule *rule)
{
	const struct sl_nat_request *nat = rule->nat;

	if (rule->action != SL_ACTION_TRANSLATE)
		return false;
	if (nat->masquerade && !ctx->src.u.q[0] && !ctx->src.u.q[1])
		return false;
	if (nat->way == SL_NAT_EIN && ctx->pkt->l4proto != IPPROTO_UDP)
		return false;
	return nat->either_side || nat->side == SL_NAT_SRC;
}

bool
sl_peek_would_hide_rcu(struct sl_pkt *pkt)
{
	const struct sl_ruleset *set = sl_ruleset_rcu();
	struct frame stack[SL_CHAIN_DEPTH], *f;
	struct sl_match_ctx ctx;
	unsigned depth = 0;
	uint32_t first;

	first = set ? set->builtin[SL_TABLE_NAT][sl_family_index(pkt->family)]
				  [SL_HOOK_SRCNAT]
		    : SL_CHAIN_NONE;
	if (first == SL_CHAIN_NONE)
		return false;
	sl_match_init(&ctx, pkt);
	stack[depth++] = (struct frame){&set->chains[first], 0};
	while (depth > 0) {
		const struct sl_rule *rule;

		f = &stack[depth - 1];
		if (f->next == f->chain->n_rules) {
			depth--;
			continue;
		}
		rule = &f->chain->rules[f->next++];
		if (translates_source(&ctx, rule) && holds(&ctx, rule, false))
			return true;
		if (rule->action == SL_ACTION_ACCEPT && holds(&ctx, rule, true))
			return false;
		if (rule->action == SL_ACTION_RETURN && holds(&ctx, rule, true))
			depth--;
		if (rule->action == SL_ACTION_JUMP && depth < SL_CHAIN_DEPTH &&
		    holds(&ctx, rule, false))
			stack[depth++] =
			    (struct frame){&set->chains[rule->target], 0};
	}
	return false;
}
