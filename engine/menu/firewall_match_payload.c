/* SPDX-License-Identifier: Apache-2.0 */
/* From the values of matchers that look into the payload to what the engine
 * compares. */
#include <menu/firewall_draft.h>

#include <menu/item.h>
#include <menu/layer7.h>
#include <rule/l7.h>

#define CONTENT_MAX 1024 /* longer than any packet is looked at for */

static void
content(struct sl_firewall_draft *d, const struct sl_value *v)
{
	uint32_t len = (uint32_t)v->str.len;

	if (v->str.len > CONTENT_MAX)
		sl_spec_set_reason(
		    d->spec, "content is longer than %d bytes", CONTENT_MAX);
	else
		sl_firewall_match(d, SL_MATCH_CONTENT, v)->bytes =
		    sl_specs_bytes(d->spec->specs, v->str.s, len);
}

static void
layer7_protocol(struct sl_firewall_draft *d, const struct sl_value *v)
{
	const char *name = sl_firewall_text(v);
	const struct sl_value *regexp =
	    sl_layer7_regexp(d->item->menu->model, name);
	bool has = regexp && regexp->type == SL_VALUE_STR;
	int number = sl_l7_number(name);
	struct sl_match *m;

	if (number < 0) {
		sl_spec_set_reason(d->spec, "too many layer7-protocol names");
		return;
	}
	m = sl_firewall_match(d, SL_MATCH_LAYER7, v);
	m->l7_spec.number = (uint16_t)number;
	m->l7_spec.regex = sl_specs_bytes(d->spec->specs,
	    has ? regexp->str.s : "", has ? (uint32_t)regexp->str.len : 0);
}

static void
tls_host(struct sl_firewall_draft *d, const struct sl_value *v)
{
	sl_firewall_match(d, SL_MATCH_TLS_HOST, v)->glob =
	    sl_specs_text(d->spec->specs, sl_firewall_text(v));
}

const sl_firewall_describe_fn sl_firewall_payload_matchers[FW_IDS] = {
    [FW_CONTENT] = content,
    [FW_LAYER7_PROTOCOL] = layer7_protocol,
    [FW_TLS_HOST] = tls_host,
};
