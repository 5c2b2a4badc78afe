/* SPDX-License-Identifier: Apache-2.0 */
/* From a rule's action and its parameters to what the engine does. */
#include <menu/firewall_draft.h>

#include <rule/list_post.h>
#include <track/settings.h>

#include <string.h>

static void
reject(struct sl_firewall_draft *d)
{
	const struct sl_value *v = sl_firewall_draft_get(d, FW_REJECT_WITH);
	uint8_t family = d->six ? SL_IPV6 : SL_IPV4;

	d->spec->reject =
	    d->six ? SL_REJECT_NO_ROUTE6 : SL_REJECT_NET_UNREACHABLE;
	for (unsigned i = 0; v && i < SL_REJECT_N; i++)
		if (sl_reject_how[i].family == family &&
		    strcmp(sl_reject_how[i].name, sl_firewall_text(v)) == 0)
			d->spec->reject = (uint8_t)i;
}

static void
jump(struct sl_firewall_draft *d)
{
	d->spec->jump_target = sl_specs_text(d->spec->specs,
	    sl_firewall_text(sl_firewall_draft_get(d, FW_JUMP_TARGET)));
}

static void
add_to_list(struct sl_firewall_draft *d)
{
	const struct sl_value *list = sl_firewall_draft_get(d, FW_ADDRESS_LIST);
	const struct sl_value *timeout =
	    sl_firewall_draft_get(d, FW_ADDRESS_LIST_TIMEOUT);

	if (!list) {
		sl_spec_set_reason(d->spec, "address-list is missing");
		return;
	}
	if (list->str.len >= SL_LIST_POST_NAME)
		sl_spec_set_reason(d->spec, "address-list name is too long");
	d->spec->list = sl_specs_text(d->spec->specs, sl_firewall_text(list));
	if (timeout && timeout->type == SL_VALUE_TIME)
		d->spec->list_timeout_ns = (uint64_t)timeout->ns;
	else
		d->spec->list_static =
		    strcmp(sl_firewall_text(timeout), "none-static") == 0;
}

static void
needs_tracking(struct sl_firewall_draft *d)
{
	const struct sl_track_settings *s = sl_track_settings_own();

	if (s && s->enabled == SL_TRACK_OFF)
		sl_spec_set_reason(d->spec, "%s needs connection tracking",
		    sl_firewall_text(sl_firewall_draft_get(d, FW_ACTION)));
}

static const struct sl_firewall_act acts[] = {
    {"accept", SL_ACTION_ACCEPT, NULL},
    {"drop", SL_ACTION_DROP, NULL},
    {"reject", SL_ACTION_REJECT, reject},
    {"jump", SL_ACTION_JUMP, jump},
    {"return", SL_ACTION_RETURN, NULL},
    {"log", SL_ACTION_LOG, NULL},
    {"passthrough", SL_ACTION_PASSTHROUGH, NULL},
    {"add-src-to-address-list", SL_ACTION_ADD_SRC, add_to_list},
    {"add-dst-to-address-list", SL_ACTION_ADD_DST, add_to_list},
    {"tarpit", SL_ACTION_TARPIT, needs_tracking},
    {"fasttrack-connection", SL_ACTION_FASTTRACK, needs_tracking},
    {NULL, 0, NULL},
};

static const struct sl_firewall_act *const tables[] = {
    acts,
    sl_firewall_acts_nat,
};

static const struct sl_firewall_act *
find_act(const char *name)
{
	for (unsigned t = 0; t < SL_COUNT_OF(tables); t++)
		for (const struct sl_firewall_act *a = tables[t]; a->name; a++)
			if (strcmp(a->name, name) == 0)
				return a;
	return NULL;
}

void
sl_firewall_describe_action(struct sl_firewall_draft *d)
{
	const struct sl_value *v = sl_firewall_draft_get(d, FW_ACTION);
	const char *name = v ? sl_firewall_text(v) : "accept";
	const struct sl_firewall_act *act = find_act(name);

	if (act) {
		d->spec->action = act->action;
		if (act->describe)
			act->describe(d);
		return;
	}
	if (sl_firewall_describe_mangle(d, name))
		return;
	d->spec->action = SL_ACTION_PASSTHROUGH;
	sl_firewall_set_absent(d->spec, "action ", name);
}
