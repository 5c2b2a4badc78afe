/* SPDX-License-Identifier: Apache-2.0 */
/* From the values of matchers on options, marks and priorities to what the engine
 * compares. */
#include <menu/firewall_draft.h>

#include <mirror/mirror.h>
#include <packet/header.h>

static void
set_span(struct sl_firewall_draft *d, enum sl_match_kind kind,
    const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, kind, v);
	bool range = v->type == SL_VALUE_SPAN;

	m->span.lo = (uint32_t)(range ? v->span[0] : v->num);
	m->span.hi = (uint32_t)(range ? v->span[1] : v->num);
}

static void
tcp_mss(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_span(d, SL_MATCH_TCP_MSS, v);
}

static void
ingress_priority(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_span(d, SL_MATCH_INGRESS_PRIORITY, v);
}

static void
priority(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_span(d, SL_MATCH_PRIORITY, v);
}

static void
tos(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_TOS, v);
	struct sl_firewall_tos t = {0};

	sl_firewall_read_tos(
	    sl_firewall_text(v), &t); /* its type accepted it */
	m->tos.value = t.value;
	m->tos.mask = t.mask;
}

/* By index in sl_firewall_options. */
static const struct {
	uint8_t set;
	bool yes;
} options[] = {
    {SL_OPTION_ALL, true},
    {SL_OPTION_ALL, false},
    {SL_OPTION_STRICT_ROUTE, true},
    {SL_OPTION_LOOSE_ROUTE, true},
    {SL_OPTION_STRICT_ROUTE | SL_OPTION_LOOSE_ROUTE, false},
    {SL_OPTION_RECORD_ROUTE, true},
    {SL_OPTION_RECORD_ROUTE, false},
    {SL_OPTION_TIMESTAMP, true},
    {SL_OPTION_TIMESTAMP, false},
    {SL_OPTION_ROUTER_ALERT, true},
    {SL_OPTION_ROUTER_ALERT, false},
};

const char *const sl_firewall_options[SL_COUNT_OF(options) + 1] = {"any",
    "none", "strict-source-routing", "loose-source-routing",
    "no-source-routing", "record-route", "no-record-route", "timestamp",
    "no-timestamp", "router-alert", "no-router-alert"};

static void
ipv4_options(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_OPTIONS4, v);

	m->options.set = options[v->index].set;
	m->options.yes = options[v->index].yes;
}

static void
headers(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_HEADERS6, v);
	struct sl_firewall_headers h = {0};

	/* its type accepted it */
	sl_firewall_read_headers(sl_firewall_text(v), &h);
	m->headers.set = h.set;
	m->headers.exact = h.exact;
}

uint32_t
sl_firewall_table(const struct sl_firewall_draft *d, const struct sl_value *v)
{
	uint32_t number =
	    sl_routing_table_number(d->item->menu->model, sl_firewall_text(v));

	return number == SL_TABLE_MAIN ? 0 : number;
}

static void
routing_mark(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_ROUTING_MARK, v)->mark =
	    sl_firewall_table(d, v);
}

static void
realm(struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_span(d, SL_MATCH_REALM, v);
}

const sl_firewall_describe_fn sl_firewall_header_matchers[FW_IDS] = {
    [FW_TCP_MSS] = tcp_mss,
    [FW_INGRESS_PRIORITY] = ingress_priority,
    [FW_PRIORITY] = priority,
    [FW_TOS] = tos,
    [FW_IPV4_OPTIONS] = ipv4_options,
    [FW_HEADERS] = headers,
    [FW_ROUTING_MARK] = routing_mark,
    [FW_ROUTING_TABLE] = routing_mark,
    [FW_REALM] = realm,
};
