/* SPDX-License-Identifier: Apache-2.0 */
/* From the values of matchers that follow connections, senders and the clock to
 * what the engine compares. */
#include <menu/firewall_draft.h>
#include <menu/firewall_flow.h>
#include <rule/spec.h>

static void
set_span(struct sl_firewall_draft *d, enum sl_match_kind kind,
    const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, kind, v);
	struct sl_flow_span span = {0};

	sl_flow_read_span(sl_firewall_text(v), &span);
	m->wide.lo = span.lo;
	m->wide.hi = span.hi;
}

void
sl_firewall_connection_bytes(
    struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_span(d, SL_MATCH_CONN_BYTES, v);
}

void
sl_firewall_connection_rate(
    struct sl_firewall_draft *d, const struct sl_value *v)
{
	set_span(d, SL_MATCH_CONN_RATE, v);
}

void
sl_firewall_connection_type(
    struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_CONN_TYPE, v);

	for (size_t i = 0; i < sl_array_len(v); i++)
		m->set |= 1u << sl_array_at(v, i)->index;
}

void
sl_firewall_connection_limit(
    struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_CONN_LIMIT, v);
	struct sl_flow_conns conns = {0};

	sl_flow_read_conns(sl_firewall_text(v), &conns);
	m->conns.count = (uint32_t)conns.count;
	m->conns.prefix_len = (uint8_t)conns.prefix_len;
}

void
sl_firewall_psd(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_PSD, v);
	struct sl_flow_scan scan = {0};

	sl_flow_read_scan(sl_firewall_text(v), &scan);
	m->scan.delay_ns = scan.delay_ns;
	m->scan.weight = (uint32_t)scan.weight;
	m->scan.low = (uint32_t)scan.low;
	m->scan.high = (uint32_t)scan.high;
}

void
sl_firewall_dst_limit(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_DST_LIMIT, v);
	struct sl_flow_limit limit = {0};
	struct sl_match bucket;

	sl_flow_read_limit(sl_firewall_text(v), &limit);
	sl_match_set_limit(
	    &bucket, limit.rate, limit.time_ns, limit.burst, false);
	m->flow.cost = bucket.limit.cost;
	m->flow.depth = bucket.limit.depth;
	m->flow.expire_ns = limit.expire_ns;
	m->flow.fields = limit.fields;
}

void
sl_firewall_random(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_RANDOM, v)->percent = (uint32_t)v->num;
}

void
sl_firewall_nth(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_NTH, v);
	struct sl_flow_nth nth = {0};

	sl_flow_read_nth(sl_firewall_text(v), &nth);
	m->nth.every = (uint32_t)nth.every;
	m->nth.packet = (uint32_t)nth.packet;
}

void
sl_firewall_pcc(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_PCC, v);
	struct sl_flow_pcc pcc = {0};

	sl_flow_read_pcc(sl_firewall_text(v), &pcc);
	m->pcc.fields = pcc.fields;
	m->pcc.of = (uint32_t)pcc.of;
	m->pcc.share = (uint32_t)pcc.share;
}

void
sl_firewall_time(struct sl_firewall_draft *d, const struct sl_value *v)
{
	struct sl_match *m = sl_firewall_match(d, SL_MATCH_TIME, v);
	struct sl_flow_time time = {0};

	sl_flow_read_time(sl_firewall_text(v), &time);
	m->time.from_s = (uint32_t)(time.from_ns / SL_NS_PER_SEC);
	m->time.to_s = (uint32_t)(time.to_ns / SL_NS_PER_SEC);
	m->time.days = time.days;
}
