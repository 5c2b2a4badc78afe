/* SPDX-License-Identifier: Apache-2.0 */
/* From an item of a rule menu to the typed description the compiler takes. */
#include <menu/firewall.h>

#include <base/protocol.h>
#include <mirror/mirror.h>
#include <rule/list_post.h>
#include <rule/mark.h>

#include <string.h>

/* One item under way. */
struct draft {
	struct sl_list_ports *lists;
	const struct sl_firewall_menu *menu;
	const struct sl_item *item;
	struct sl_rule_spec *spec;
	bool six;
};

typedef void (*describe_fn)(struct draft *, const struct sl_value *);

static struct sl_match *
match(struct draft *d, enum sl_match_kind kind, const struct sl_value *v)
{
	struct sl_match *m = sl_spec_match(d->spec, kind);

	m->negate = (v->flags & SL_VALUE_NEGATED) != 0;
	return m;
}

static const char *
text_of(const struct sl_value *v)
{
	return v && v->type == SL_VALUE_STR ? v->str.s : "";
}

/* Matchers. */

static void
src_address(struct draft *d, const struct sl_value *v)
{
	struct sl_match *m = match(d, SL_MATCH_SRC_ADDR, v);

	sl_firewall_range(v, &m->addr.min, &m->addr.max);
}

static void
dst_address(struct draft *d, const struct sl_value *v)
{
	struct sl_match *m = match(d, SL_MATCH_DST_ADDR, v);

	sl_firewall_range(v, &m->addr.min, &m->addr.max);
}

static void
src_list(struct draft *d, const struct sl_value *v)
{
	match(d, SL_MATCH_SRC_LIST, v)->list.name =
	    sl_specs_text(d->spec->specs, text_of(v));
}

static void
dst_list(struct draft *d, const struct sl_value *v)
{
	match(d, SL_MATCH_DST_LIST, v)->list.name =
	    sl_specs_text(d->spec->specs, text_of(v));
}

/* The set of the indices of a list's names. */
static uint32_t
indices(const struct sl_value *v)
{
	uint32_t set = 0;

	for (size_t i = 0; i < sl_array_len(v); i++)
		set |= 1u << sl_array_at(v, i)->index;
	return set;
}

static uint32_t
route_types(const struct draft *d, const struct sl_value *v)
{
	uint32_t set = 0;

	for (size_t i = 0; i < sl_array_len(v); i++)
		set |= 1u << sl_firewall_route_type(
			   d->six, sl_array_at(v, i)->index);
	return set;
}

static void
src_type(struct draft *d, const struct sl_value *v)
{
	match(d, SL_MATCH_SRC_TYPE, v)->set = route_types(d, v);
}

static void
dst_type(struct draft *d, const struct sl_value *v)
{
	match(d, SL_MATCH_DST_TYPE, v)->set = route_types(d, v);
}

static void
connection_state(struct draft *d, const struct sl_value *v)
{
	match(d, SL_MATCH_CONN_STATE, v)->set = indices(v);
}

static void
connection_nat_state(struct draft *d, const struct sl_value *v)
{
	match(d, SL_MATCH_CONN_NAT_STATE, v)->set = indices(v);
}

static void
protocol(struct draft *d, const struct sl_value *v)
{
	struct sl_match *m = match(d, SL_MATCH_PROTOCOL, v);

	m->span.lo = m->span.hi = (uint32_t)sl_protocol_number(text_of(v));
}

static void
set_port(struct draft *d, struct sl_match *m, const char *name)
{
	const struct sl_port *port = sl_port_by_name(name);

	if (port)
		m->ports[port->number / 64] |= 1ull << (port->number % 64);
	else
		sl_spec_set_reason(d->spec, "%s not ready", name);
}

static void
in_interface(struct draft *d, const struct sl_value *v)
{
	set_port(d, match(d, SL_MATCH_IN_PORT, v), text_of(v));
}

static void
out_interface(struct draft *d, const struct sl_value *v)
{
	set_port(d, match(d, SL_MATCH_OUT_PORT, v), text_of(v));
}

static void
set_list(struct draft *d, struct sl_match *m, const char *list)
{
	const uint64_t *ports = sl_list_ports_find(d->lists, list);

	if (ports)
		memcpy(m->ports, ports, sizeof(m->ports));
	else
		d->spec->specs->failed = true;
}

static void
in_interface_list(struct draft *d, const struct sl_value *v)
{
	set_list(d, match(d, SL_MATCH_IN_LIST, v), text_of(v));
}

static void
out_interface_list(struct draft *d, const struct sl_value *v)
{
	set_list(d, match(d, SL_MATCH_OUT_LIST, v), text_of(v));
}

static void
add_spans(struct draft *d, enum sl_match_kind kind, const struct sl_value *v)
{
	size_t n = sl_array_len(v);
	struct sl_id_span *spans = calloc(SL_MAX(n, (size_t)1), sizeof(*spans));

	if (!spans) {
		d->spec->specs->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const struct sl_value *s = sl_array_at(v, i);

		spans[i].lo = (uint16_t)s->span[0];
		spans[i].hi = (uint16_t)s->span[1];
	}
	sl_spec_set_spans(d->spec, match(d, kind, v), spans, (unsigned)n);
	free(spans);
}

static void
src_port(struct draft *d, const struct sl_value *v)
{
	add_spans(d, SL_MATCH_SRC_ID, v);
}

static void
dst_port(struct draft *d, const struct sl_value *v)
{
	add_spans(d, SL_MATCH_DST_ID, v);
}

static void
any_port(struct draft *d, const struct sl_value *v)
{
	add_spans(d, SL_MATCH_ANY_ID, v);
}

static void
tcp_flags(struct draft *d, const struct sl_value *v)
{
	struct sl_match *m = match(d, SL_MATCH_TCP_FLAGS, v);

	for (size_t i = 0; i < sl_array_len(v); i++) {
		const struct sl_value *flag = sl_array_at(v, i);
		uint8_t bit = (uint8_t)(1u << flag->index);

		if (flag->flags & SL_VALUE_NEGATED)
			m->tcp_flags.clear |= bit;
		else
			m->tcp_flags.set |= bit;
	}
}

static void
icmp_options(struct draft *d, const struct sl_value *v)
{
	struct sl_match *m = match(d, SL_MATCH_ICMP, v);
	struct sl_firewall_icmp icmp = {0};

	sl_firewall_read_icmp(text_of(v), &icmp); /* its type accepted it */
	m->icmp.type = icmp.type;
	m->icmp.code_lo = icmp.code_lo;
	m->icmp.code_hi = icmp.code_hi;
}

static void
packet_size(struct draft *d, const struct sl_value *v)
{
	struct sl_match *m = match(d, SL_MATCH_PACKET_SIZE, v);

	m->span.lo = (uint32_t)v->span[0];
	m->span.hi = (uint32_t)v->span[1];
}

static void
dscp(struct draft *d, const struct sl_value *v)
{
	struct sl_match *m = match(d, SL_MATCH_DSCP, v);

	m->span.lo = m->span.hi = (uint32_t)v->num;
}

static void
ttl(struct draft *d, const struct sl_value *v)
{
	struct sl_match *m = match(d, SL_MATCH_TTL, v);
	struct sl_firewall_ttl read = {0};

	sl_firewall_read_ttl(text_of(v), &read); /* its type accepted it */
	m->span.lo = read.lo;
	m->span.hi = read.hi;
	m->negate = read.negate;
}

static void
fragment(struct draft *d, const struct sl_value *v)
{
	match(d, SL_MATCH_FRAGMENT, v)->yes = v->b;
}

static void
src_mac(struct draft *d, const struct sl_value *v)
{
	memcpy(match(d, SL_MATCH_SRC_MAC, v)->mac, v->mac, 6);
}

static void
set_mark(struct draft *d, enum sl_match_kind kind, const struct sl_value *v)
{
	int number = sl_mark_number(text_of(v));

	if (number < 0)
		sl_spec_set_reason(d->spec, "too many mark names");
	else
		match(d, kind, v)->mark = (uint32_t)number;
}

static void
packet_mark(struct draft *d, const struct sl_value *v)
{
	set_mark(d, SL_MATCH_PACKET_MARK, v);
}

static void
connection_mark(struct draft *d, const struct sl_value *v)
{
	set_mark(d, SL_MATCH_CONN_MARK, v);
}

static void
limit(struct draft *d, const struct sl_value *v)
{
	struct sl_firewall_limit l = {0};

	sl_firewall_read_limit(text_of(v), &l); /* its type accepted it */
	sl_match_set_limit(
	    match(d, SL_MATCH_LIMIT, v), l.rate, l.time_ns, l.burst, l.bits);
}

/* There is no IPsec here: "none" always holds, "ipsec" never. */
static void
ipsec_policy(struct draft *d, const struct sl_value *v)
{
	if (strstr(text_of(v), ",ipsec"))
		match(d, SL_MATCH_NEVER, v);
}

static const describe_fn describers[FW_IDS] = {
    [FW_CONNECTION_STATE] = connection_state,
    [FW_CONNECTION_NAT_STATE] = connection_nat_state,
    [FW_PROTOCOL] = protocol,
    [FW_SRC_ADDRESS] = src_address,
    [FW_DST_ADDRESS] = dst_address,
    [FW_SRC_ADDRESS_TYPE] = src_type,
    [FW_DST_ADDRESS_TYPE] = dst_type,
    [FW_SRC_ADDRESS_LIST] = src_list,
    [FW_DST_ADDRESS_LIST] = dst_list,
    [FW_IN_INTERFACE] = in_interface,
    [FW_OUT_INTERFACE] = out_interface,
    [FW_IN_INTERFACE_LIST] = in_interface_list,
    [FW_OUT_INTERFACE_LIST] = out_interface_list,
    [FW_SRC_PORT] = src_port,
    [FW_DST_PORT] = dst_port,
    [FW_PORT] = any_port,
    [FW_TCP_FLAGS] = tcp_flags,
    [FW_ICMP_OPTIONS] = icmp_options,
    [FW_PACKET_SIZE] = packet_size,
    [FW_DSCP] = dscp,
    [FW_TTL] = ttl,
    [FW_FRAGMENT] = fragment,
    [FW_SRC_MAC_ADDRESS] = src_mac,
    [FW_PACKET_MARK] = packet_mark,
    [FW_CONNECTION_MARK] = connection_mark,
    [FW_LIMIT] = limit,
    [FW_IPSEC_POLICY] = ipsec_policy,
};

/* Actions. */

static const struct sl_value *
get(const struct draft *d, enum sl_firewall_id id)
{
	return sl_firewall_get(d->item, id);
}

static void
reject(struct draft *d)
{
	const struct sl_value *v = get(d, FW_REJECT_WITH);
	uint8_t family = d->six ? SL_IPV6 : SL_IPV4;

	d->spec->reject =
	    d->six ? SL_REJECT_NO_ROUTE6 : SL_REJECT_NET_UNREACHABLE;
	for (unsigned i = 0; v && i < SL_REJECT_N; i++)
		if (sl_reject_how[i].family == family &&
		    strcmp(sl_reject_how[i].name, text_of(v)) == 0)
			d->spec->reject = (uint8_t)i;
}

static void
jump(struct draft *d)
{
	d->spec->jump_target =
	    sl_specs_text(d->spec->specs, text_of(get(d, FW_JUMP_TARGET)));
}

static void
add_to_list(struct draft *d)
{
	const struct sl_value *list = get(d, FW_ADDRESS_LIST);
	const struct sl_value *timeout = get(d, FW_ADDRESS_LIST_TIMEOUT);

	if (!list) {
		sl_spec_set_reason(d->spec, "address-list is missing");
		return;
	}
	if (list->str.len >= SL_LIST_POST_NAME)
		sl_spec_set_reason(d->spec, "address-list name is too long");
	d->spec->list = sl_specs_text(d->spec->specs, text_of(list));
	if (timeout && timeout->type == SL_VALUE_TIME)
		d->spec->list_timeout_ns = (uint64_t)timeout->ns;
	else
		d->spec->list_static =
		    strcmp(text_of(timeout), "none-static") == 0;
}

/* to-addresses and to-ports into the request.  Zero, as exports of old routers
 * have it, asks for nothing. */
static void
targets(struct draft *d)
{
	const struct sl_value *addr = get(d, FW_TO_ADDRESSES);
	const struct sl_value *ports = get(d, FW_TO_PORTS);
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
src_nat(struct draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_SRC;
	if (!d->spec->nat.has_addr && !d->spec->nat.has_port)
		sl_spec_set_reason(d->spec, "to-addresses is missing");
}

static void
dst_nat(struct draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_DST;
	if (!d->spec->nat.has_addr && !d->spec->nat.has_port)
		sl_spec_set_reason(
		    d->spec, "to-addresses or to-ports is missing");
}

static void
masquerade(struct draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_SRC;
	d->spec->nat.has_addr = false; /* the port's, when the time comes */
	d->spec->nat.masquerade = true;
	d->spec->nat_port_address = true;
}

static void
redirect(struct draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_DST;
	d->spec->nat.has_addr = false;
	d->spec->nat_port_address = true;
}

static const struct {
	const char *name;
	uint8_t action; /* enum sl_action */
	void (*describe)(struct draft *);
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

static void
describe_action(struct draft *d)
{
	const struct sl_value *v = get(d, FW_ACTION);
	const char *name = v ? text_of(v) : "accept";

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

/* Chains that RouterOS has and we do not: not the user's. */
static bool
is_missing_chain(const struct sl_rule_spec *s)
{
	return s->table == SL_TABLE_NAT && (strcmp(s->chain, "input") == 0 ||
					       strcmp(s->chain, "output") == 0);
}

/* A translation in the other side's chain, an interface that a chain does not
 * know: the rule could never do what it says. */
static void
describe_place(struct draft *d)
{
	enum sl_hook hook = sl_hook_by_name(d->spec->table, d->spec->chain);
	bool no_out = hook == SL_HOOK_PREROUTING || hook == SL_HOOK_INPUT ||
		      hook == SL_HOOK_DSTNAT;
	bool no_in = hook == SL_HOOK_OUTPUT;
	bool src = d->spec->nat.side == SL_NAT_SRC;

	if (is_missing_chain(d->spec))
		sl_spec_set_reason(d->spec,
		    "chain %s of nat is not supported yet", d->spec->chain);
	if (d->spec->action == SL_ACTION_TRANSLATE &&
	    hook == (src ? SL_HOOK_DSTNAT : SL_HOOK_SRCNAT))
		sl_spec_set_reason(
		    d->spec, "action is not for chain %s", d->spec->chain);
	if (no_out &&
	    (get(d, FW_OUT_INTERFACE) || get(d, FW_OUT_INTERFACE_LIST)))
		sl_spec_set_reason(d->spec,
		    "out-interface matching not possible in chain %s",
		    d->spec->chain);
	if (no_in && (get(d, FW_IN_INTERFACE) || get(d, FW_IN_INTERFACE_LIST)))
		sl_spec_set_reason(d->spec,
		    "in-interface matching not possible in chain %s",
		    d->spec->chain);
}

static void
describe_matchers(struct draft *d)
{
	const struct sl_firewall_kind *kind = d->menu->kind;

	for (unsigned i = 0; i < d->item->n_values; i++) {
		const struct sl_item_value *iv = &d->item->values[i];
		uint8_t id = kind->ids[iv->prop];
		const struct sl_prop *p = &kind->def->props[iv->prop];

		if (p->flags & SL_PROP_WANTED)
			sl_spec_set_reason(
			    d->spec, "%s is not supported yet", p->name);
		else if (describers[id])
			describers[id](d, &iv->value);
	}
}

struct sl_rule_spec *
sl_firewall_describe(
    struct sl_item *item, struct sl_specs *specs, struct sl_list_ports *lists)
{
	struct sl_firewall_menu *menu = item->menu->priv;
	const struct sl_firewall_kind *kind = menu->kind;
	struct draft d = {
	    .lists = lists,
	    .menu = menu,
	    .item = item,
	    .six = kind->family == SL_IPV6,
	};
	const struct sl_value *v;

	d.spec = sl_specs_add(specs, (enum sl_rule_table)kind->table,
	    kind->family, text_of(sl_firewall_get(item, FW_CHAIN)));
	if (!d.spec)
		return NULL;
	d.spec->owner = item;
	d.spec->live = sl_rule_counters_want(&menu->counters, item->id);
	if (!d.spec->live) {
		specs->failed = true;
		return NULL;
	}
	v = get(&d, FW_LOG);
	d.spec->log = v && v->b;
	d.spec->log_prefix =
	    sl_specs_text(specs, text_of(get(&d, FW_LOG_PREFIX)));
	describe_matchers(&d);
	describe_action(&d);
	describe_place(&d);
	return d.spec;
}
