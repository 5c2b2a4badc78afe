/* SPDX-License-Identifier: Apache-2.0 */
#include "transport.h"

#include "message.h"

/* Takes what stands before the next 'end', or all, and that end; what is quoted
 * ends nothing. */
static struct sl_span
take_part(struct sl_span *at, uint8_t end)
{
	struct sl_span part;
	bool quoted = false;
	uint32_t n = 0;

	for (; n < at->len && (quoted || at->data[n] != end); n++)
		quoted ^= at->data[n] == '"';
	part = sl_text_first(*at, n);
	*at = sl_text_after(*at, n + 1);
	return rtsp_trim(part);
}

static void
read_ports(struct sl_span at, struct rtsp_transport *t, struct rtsp_ports *p)
{
	uint32_t first, last;

	t->is_unclear |= p->text.len != 0;
	p->text = at;
	p->ids = 0;
	if (!sl_text_number(&at, UINT16_MAX, &first) || !first)
		return;
	last = first;
	if (at.len && (!sl_text_byte(&at, '-') ||
			  !sl_text_number(&at, UINT16_MAX, &last)))
		return;
	if (at.len || last < first || last > first + 1)
		return;
	p->first = (uint16_t)first;
	p->ids = (uint8_t)(last - first + 1);
}

static void
read_host(struct sl_span at, uint8_t family, struct rtsp_transport *t,
    struct rtsp_host *h)
{
	t->is_unclear |= h->text.len != 0;
	h->text = at;
	if (family == SL_IPV6 && sl_text_byte(&at, '['))
		h->is_known = sl_text_ip6(&at, &h->addr) &&
			      sl_text_byte(&at, ']') && !at.len;
	else
		h->is_known = sl_text_addr(&at, family, &h->addr) && !at.len;
}

static void
read_parameter(struct sl_span at, uint8_t family, struct rtsp_transport *t)
{
	struct sl_span value = at, name = take_part(&value, '=');

	value = rtsp_trim(value);
	if (sl_text_is(name, "multicast") || sl_text_is(name, "interleaved"))
		t->is_udp = false;
	else if (!value.len)
		return;
	else if (sl_text_is(name, "client_port"))
		read_ports(value, t, &t->client);
	else if (sl_text_is(name, "server_port"))
		read_ports(value, t, &t->server);
	else if (sl_text_is(name, "destination"))
		read_host(value, family, t, &t->destination);
	else if (sl_text_is(name, "source"))
		read_host(value, family, t, &t->source);
}

bool
rtsp_transport_take(
    struct sl_span *at, uint8_t family, struct rtsp_transport *t)
{
	struct sl_span spec, profile;

	if (!at->len)
		return false;
	*t = (struct rtsp_transport){0};
	spec = take_part(at, ',');
	profile = take_part(&spec, ';');
	t->is_udp = sl_text_is(profile, "RTP/AVP") ||
		    sl_text_is(profile, "RTP/AVP/UDP");
	while (spec.len)
		read_parameter(take_part(&spec, ';'), family, t);
	return true;
}
