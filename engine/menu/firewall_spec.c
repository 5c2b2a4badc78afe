/* SPDX-License-Identifier: Apache-2.0 */
/* From an item of a rule menu to the typed description the compiler takes. */
#include <menu/firewall_draft.h>

/* Sources are translated in srcnat and input, destinations in dstnat and output;
 * the last two of each know only one port, and no mappings. */
static bool
is_wrong_chain(const struct sl_rule_spec *s, enum sl_hook hook)
{
	const struct sl_nat_request *nat = &s->nat;

	if (s->action != SL_ACTION_TRANSLATE || hook == SL_HOOK_N)
		return false;
	if ((hook == SL_HOOK_INPUT || hook == SL_HOOK_OUTPUT) &&
	    (s->nat_port_address || nat->way == SL_NAT_EIN))
		return true;
	return !nat->either_side &&
	       (nat->side == SL_NAT_DST) != sl_hook_is_dstnat(hook);
}

/* A translation in the other side's chain, an interface that a chain does not
 * know: the rule could never do what it says. */
static void
describe_place(struct sl_firewall_draft *d)
{
	enum sl_hook hook = sl_hook_by_name(d->spec->table, d->spec->chain);
	bool no_out = hook == SL_HOOK_PREROUTING || hook == SL_HOOK_INPUT ||
		      hook == SL_HOOK_DSTNAT;
	bool no_in = hook == SL_HOOK_OUTPUT;

	if (is_wrong_chain(d->spec, hook))
		sl_spec_set_reason(
		    d->spec, "action is not for chain %s", d->spec->chain);
	if (no_out && (sl_firewall_draft_get(d, FW_OUT_INTERFACE) ||
			  sl_firewall_draft_get(d, FW_OUT_INTERFACE_LIST)))
		sl_spec_set_reason(d->spec,
		    "out-interface matching not possible in chain %s",
		    d->spec->chain);
	if (no_in && (sl_firewall_draft_get(d, FW_IN_INTERFACE) ||
			 sl_firewall_draft_get(d, FW_IN_INTERFACE_LIST)))
		sl_spec_set_reason(d->spec,
		    "in-interface matching not possible in chain %s",
		    d->spec->chain);
}

static void
describe_matchers(struct sl_firewall_draft *d)
{
	const struct sl_firewall_kind *kind = d->menu->kind;

	for (unsigned i = 0; i < d->item->n_values; i++) {
		const struct sl_item_value *iv = &d->item->values[i];
		uint8_t id = kind->ids[iv->prop];
		const struct sl_prop *p = &kind->def->props[iv->prop];

		if (p->flags & SL_PROP_WANTED)
			sl_firewall_set_absent(d->spec, "", p->name);
		else if (sl_firewall_matchers[id])
			sl_firewall_matchers[id](d, &iv->value);
		else if (sl_firewall_header_matchers[id])
			sl_firewall_header_matchers[id](d, &iv->value);
		else if (sl_firewall_payload_matchers[id])
			sl_firewall_payload_matchers[id](d, &iv->value);
	}
}

struct sl_rule_spec *
sl_firewall_describe(
    struct sl_item *item, struct sl_specs *specs, struct sl_list_ports *lists)
{
	struct sl_firewall_menu *menu = item->menu->priv;
	const struct sl_firewall_kind *kind = menu->kind;
	struct sl_firewall_draft d = {
	    .lists = lists,
	    .menu = menu,
	    .item = item,
	    .six = kind->family == SL_IPV6,
	};
	const struct sl_value *v;

	d.spec = sl_specs_add(specs, (enum sl_rule_table)kind->table,
	    kind->family, sl_firewall_text(sl_firewall_get(item, FW_CHAIN)));
	if (!d.spec)
		return NULL;
	d.spec->owner = item;
	d.spec->item = (uint32_t)item->id;
	d.spec->live = sl_rule_counters_want(&menu->counters, item->id);
	if (!d.spec->live) {
		specs->failed = true;
		return NULL;
	}
	v = sl_firewall_draft_get(&d, FW_LOG);
	d.spec->log = v && v->b;
	d.spec->log_prefix = sl_specs_text(
	    specs, sl_firewall_text(sl_firewall_draft_get(&d, FW_LOG_PREFIX)));
	describe_matchers(&d);
	sl_firewall_describe_action(&d);
	describe_place(&d);
	return d.spec;
}
