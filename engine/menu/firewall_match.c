/* SPDX-License-Identifier: Apache-2.0 */
/* From the values of a rule's matchers to what the engine compares. */
#include <menu/firewall_draft.h>

#include <base/protocol.h>
#include <mirror/mirror.h>
#include <rule/mark.h>

#include <string.h>

struct sl_match *
sl_firewall_match(struct sl_firewall_draft *d, enum sl_match_kind kind,
    const struct sl_value *v)
{
	struct sl_match *m = sl_spec_match(d->spec, kind);

	m->negate = (v->flags & SL_VALUE_NEGATED) != 0;
	return m;
}

static void
src_address(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_SRC_ADDR, v);

	sl_firewall_range(v, &m->addr.min, &m->addr.max);
}

static void
dst_address(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_DST_ADDR, v);

	sl_firewall_range(v, &m->addr.min, &m->addr.max);
}

static void
src_list(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_SRC_LIST, v)->list.name =
	    sl_specs_text(d->spec->specs, sl_firewall_text(v));
}

static void
dst_list(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_DST_LIST, v)->list.name =
	    sl_specs_text(d->spec->specs, sl_firewall_text(v));
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
route_types(const struct sl_firewall_draft *d, const struct sl_value *v)
{
	uint32_t set = 0;

	for (size_t i = 0; i < sl_array_len(v); i++)
		set |= 1u << sl_firewall_route_type(
			   d->six, sl_array_at(v, i)->index);
	return set;
}

static void
src_type(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_SRC_TYPE, v)->set = route_types(d, v);
}

static void
dst_type(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_DST_TYPE, v)->set = route_types(d, v);
}

static void
connection_state(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_CONN_STATE, v)->set = indices(v);
}

static void
connection_nat_state(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_CONN_NAT_STATE, v)->set = indices(v);
}

static void
protocol(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_PROTOCOL, v);

	m->span.lo = m->span.hi =
	    (uint32_t)sl_protocol_number(sl_firewall_text(v));
}

static void
set_port(struct sl_firewall_draft *d, struct sl_match *m, const char *name)
{
	const struct sl_port *port = sl_port_by_name(name);

	if (port)
		m->ports[port->number / 64] |= 1ull << (port->number % 64);
	else
		sl_spec_set_reason(d->spec, "%s not ready", name);
}

static void
in_interface(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_port(
	    d, sl_firewall_match(d, SL_MATCH_IN_PORT, v), sl_firewall_text(v));
}

static void
out_interface(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_port(
	    d, sl_firewall_match(d, SL_MATCH_OUT_PORT, v), sl_firewall_text(v));
}

static void
set_list(struct sl_firewall_draft *d, struct sl_match *m, const char *list)
{
	const uint64_t *ports = sl_list_ports_find(d->lists, list);

	if (ports)
		memcpy(m->ports, ports, sizeof(m->ports));
	else
		d->spec->specs->failed = true;
}

static void
in_interface_list(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_list(
	    d, sl_firewall_match(d, SL_MATCH_IN_LIST, v), sl_firewall_text(v));
}

static void
out_interface_list(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_list(
	    d, sl_firewall_match(d, SL_MATCH_OUT_LIST, v), sl_firewall_text(v));
}

static void
add_spans(struct sl_firewall_draft *d, enum sl_match_kind kind,
    const struct sl_value *v)
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
	sl_spec_set_spans(
	    d->spec, sl_firewall_match(d, kind, v), spans, (unsigned)n);
	free(spans);
}

static void
src_port(struct sl_firewall_draft *d, const struct sl_value *v)
{
	add_spans(d, SL_MATCH_SRC_ID, v);
}

static void
dst_port(struct sl_firewall_draft *d, const struct sl_value *v)
{
	add_spans(d, SL_MATCH_DST_ID, v);
}

static void
any_port(struct sl_firewall_draft *d, const struct sl_value *v)
{
	add_spans(d, SL_MATCH_ANY_ID, v);
}

static void
tcp_flags(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_TCP_FLAGS, v);

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
icmp_options(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_ICMP, v);
	struct sl_firewall_icmp icmp = {0};

	sl_firewall_read_icmp(
	    sl_firewall_text(v), &icmp); /* its type accepted it */
	m->icmp.type = icmp.type;
	m->icmp.code_lo = icmp.code_lo;
	m->icmp.code_hi = icmp.code_hi;
}

static void
packet_size(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_PACKET_SIZE, v);

	m->span.lo = (uint32_t)v->span[0];
	m->span.hi = (uint32_t)v->span[1];
}

static void
dscp(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_DSCP, v);

	m->span.lo = m->span.hi = (uint32_t)v->num;
}

static void
ttl(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_TTL, v);
	struct sl_firewall_ttl read = {0};

	sl_firewall_read_ttl(
	    sl_firewall_text(v), &read); /* its type accepted it */
	m->span.lo = read.lo;
	m->span.hi = read.hi;
	m->negate = read.negate;
}

static void
fragment(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_FRAGMENT, v)->yes = v->b;
}

static void
src_mac(struct sl_firewall_draft *d, const struct sl_value *v)
{
	memcpy(sl_firewall_match(d, SL_MATCH_SRC_MAC, v)->mac, v->mac, 6);
}

static void
set_mark(struct sl_firewall_draft *d, enum sl_match_kind kind,
    const struct sl_value *v)
{
	int number = sl_mark_number(
	    kind == SL_MATCH_CONN_MARK ? SL_MARK_CONN : SL_MARK_PACKET,
	    sl_firewall_text(v));

	if (number < 0)
		sl_spec_set_reason(d->spec, "too many mark names");
	else
		sl_firewall_match(d, kind, v)->mark = (uint32_t)number;
}

static void
packet_mark(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_mark(d, SL_MATCH_PACKET_MARK, v);
}

static void
connection_mark(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_mark(d, SL_MATCH_CONN_MARK, v);
}

static void
limit(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_firewall_limit l = {0};

	sl_firewall_read_limit(
	    sl_firewall_text(v), &l); /* its type accepted it */
	sl_match_set_limit(sl_firewall_match(d, SL_MATCH_LIMIT, v), l.rate,
	    l.time_ns, l.burst, l.bits);
}

/* There is no IPsec here: "none" always holds, "ipsec" never. */
static void
ipsec_policy(struct sl_firewall_draft *d, const struct sl_value *v)
{
	if (strstr(sl_firewall_text(v), ",ipsec"))
		sl_firewall_match(d, SL_MATCH_NEVER, v);
}

const sl_firewall_describe_fn sl_firewall_matchers[FW_IDS] = {
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
    [FW_CONNECTION_TYPE] = sl_firewall_connection_type,
    [FW_CONNECTION_BYTES] = sl_firewall_connection_bytes,
    [FW_CONNECTION_RATE] = sl_firewall_connection_rate,
    [FW_CONNECTION_LIMIT] = sl_firewall_connection_limit,
    [FW_PSD] = sl_firewall_psd,
    [FW_DST_LIMIT] = sl_firewall_dst_limit,
    [FW_RANDOM] = sl_firewall_random,
    [FW_NTH] = sl_firewall_nth,
    [FW_PCC] = sl_firewall_pcc,
    [FW_TIME] = sl_firewall_time,
    [FW_LIMIT] = limit,
    [FW_IPSEC_POLICY] = ipsec_policy,
};
