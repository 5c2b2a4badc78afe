/* SPDX-License-Identifier: Apache-2.0 */
/* From a rule's action and its parameters to what the engine does. */
#include <menu/firewall_draft.h>

#include <rule/list_post.h>

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

/* to-addresses and to-ports into the request.  Zero, as exports of old routers
 * have it, asks for nothing. */
static void
targets(struct sl_firewall_draft *d)
{
	const struct sl_value *addr = sl_firewall_draft_get(d, FW_TO_ADDRESSES);
	const struct sl_value *ports = sl_firewall_draft_get(d, FW_TO_PORTS);
	struct sl_nat_request *nat = &d->spec->nat;

	if (addr) {
		sl_firewall_range(addr, &nat->addr_min, &nat->addr_max);
		nat->has_addr = nat->addr_max.u.q[0] || nat->addr_max.u.q[1];
	}
	if (ports && ports->span[1]) {
		nat->has_port = true;
		nat->port_min = (uint16_t)SL_MAX(ports->span[0], 1);
		nat->port_max = (uint16_t)ports->span[1];
	}
}

static void
src_nat(struct sl_firewall_draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_SRC;
	if (!d->spec->nat.has_addr && !d->spec->nat.has_port)
		sl_spec_set_reason(d->spec, "to-addresses is missing");
}

static void
dst_nat(struct sl_firewall_draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_DST;
	if (!d->spec->nat.has_addr && !d->spec->nat.has_port)
		sl_spec_set_reason(
		    d->spec, "to-addresses or to-ports is missing");
}

static void
masquerade(struct sl_firewall_draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_SRC;
	d->spec->nat.has_addr = false; /* the port's, when the time comes */
	d->spec->nat.masquerade = true;
	d->spec->nat_port_address = true;
}

static void
redirect(struct sl_firewall_draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_DST;
	d->spec->nat.has_addr = false;
	d->spec->nat_port_address = true;
}

static const struct {
	const char *name;
	uint8_t action; /* enum sl_action */
	void (*describe)(struct sl_firewall_draft *);
} actions[] = {
    {"accept", SL_ACTION_ACCEPT, NULL},
    {"drop", SL_ACTION_DROP, NULL},
    {"reject", SL_ACTION_REJECT, reject},
    {"jump", SL_ACTION_JUMP, jump},
    {"return", SL_ACTION_RETURN, NULL},
    {"log", SL_ACTION_LOG, NULL},
    {"passthrough", SL_ACTION_PASSTHROUGH, NULL},
    {"add-src-to-address-list", SL_ACTION_ADD_SRC, add_to_list},
    {"add-dst-to-address-list", SL_ACTION_ADD_DST, add_to_list},
    {"src-nat", SL_ACTION_TRANSLATE, src_nat},
    {"dst-nat", SL_ACTION_TRANSLATE, dst_nat},
    {"masquerade", SL_ACTION_TRANSLATE, masquerade},
    {"redirect", SL_ACTION_TRANSLATE, redirect},
};

void
sl_firewall_describe_action(struct sl_firewall_draft *d)
{
	const struct sl_value *v = sl_firewall_draft_get(d, FW_ACTION);
	const char *name = v ? sl_firewall_text(v) : "accept";

	for (unsigned i = 0; i < SL_COUNT_OF(actions); i++) {
		if (strcmp(actions[i].name, name) != 0)
			continue;
		d->spec->action = actions[i].action;
		if (actions[i].describe)
			actions[i].describe(d);
		return;
	}
	d->spec->action = SL_ACTION_PASSTHROUGH;
	sl_spec_set_reason(d->spec, "action %s is not supported yet", name);
}
