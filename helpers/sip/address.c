/* SPDX-License-Identifier: Apache-2.0 */
#include "address.h"

void
sip_take_space(struct sl_span *at)
{
	while (at->len && (sl_text_is_blank(at->data[0]) ||
			      at->data[0] == '\r' || at->data[0] == '\n'))
		*at = sl_text_after(*at, 1);
}

/* Behind the quoted string that 'text' begins with. */
static uint32_t
quoted_len(struct sl_span text)
{
	uint32_t n = 1;

	while (n < text.len && text.data[n] != '"')
		n += text.data[n] == '\\' ? 2 : 1;
	return n < text.len ? n + 1 : text.len;
}

/* How far it is to one of 'ends' outside of quotes; text.len: there is none. */
static uint32_t
until_any(struct sl_span text, const char *ends)
{
	uint32_t n = 0;

	while (n < text.len) {
		if (text.data[n] == '"')
			n += quoted_len(sl_text_after(text, n));
		else if (text.data[n] && strchr(ends, text.data[n]))
			return n;
		else
			n++;
	}
	return text.len;
}

bool
sip_address_take(struct sl_span *at, struct sip_address *address)
{
	uint32_t n;

	sip_take_space(at);
	while (sl_text_byte(at, ','))
		sip_take_space(at);
	if (!at->len)
		return false;
	n = until_any(*at, "<,");
	if (n < at->len && at->data[n] == '<') {
		*at = sl_text_after(*at, n + 1);
		if (!sl_text_until(at, '>', &address->uri))
			return false;
		*at = sl_text_after(*at, 1);
	} else { /* without brackets, parameters are the header's */
		n = until_any(*at, ";, \t\r\n");
		address->uri = sl_text_first(*at, n);
		*at = sl_text_after(*at, n);
	}
	n = until_any(*at, ",");
	address->params = sl_text_first(*at, n);
	*at = sl_text_after(*at, n);
	return true;
}

bool
sip_place_parse(
    struct sl_span text, uint8_t family, uint16_t port, struct sip_place *place)
{
	struct sl_span at = text, digits;
	uint32_t n = port;

	if (family == SL_IPV6) {
		if (!sl_text_byte(&at, '[') ||
		    !sl_text_ip6(&at, &place->addr) || !sl_text_byte(&at, ']'))
			return false;
	} else if (!sl_text_ip4(&at, &place->addr)) {
		return false;
	}
	digits = at;
	place->has_port = sl_text_byte(&digits, ':') &&
			  sl_text_number(&digits, UINT16_MAX, &n);
	if (place->has_port)
		at = digits;
	/* "192.0.2.1.example" is a name */
	if (at.len && at.data[0] && !strchr(";?>, \t\r\n", at.data[0]))
		return false;
	place->port = (uint16_t)n;
	place->text = sl_text_first(text, sl_text_off(text, at));
	return true;
}

bool
sip_uri_place(struct sl_span uri, uint8_t family, struct sip_place *place)
{
	struct sl_span user;
	uint16_t port = SIP_PORT;

	if (sl_text_take(&uri, "sips:"))
		port = SIP_TLS_PORT;
	else if (!sl_text_take(&uri, "sip:"))
		return false;
	if (sl_text_until(&uri, '@', &user))
		uri = sl_text_after(uri, 1);
	return sip_place_parse(uri, family, port, place);
}

struct sl_span
sip_uri_params(struct sl_span uri)
{
	struct sl_span user;

	if (sl_text_until(&uri, '@', &user))
		uri = sl_text_after(uri, 1);
	uri = sl_text_after(uri, until_any(uri, ";?"));
	return sl_text_first(uri, until_any(uri, "?"));
}

bool
sip_param(struct sl_span params, const char *name, struct sl_span *value)
{
	struct sl_span at;

	while ((params = sl_text_after(params, until_any(params, ";"))).len) {
		params = sl_text_after(params, 1);
		at = params;
		sip_take_space(&at);
		if (!sl_text_take(&at, name))
			continue;
		sip_take_space(&at);
		if (!sl_text_byte(&at, '='))
			continue;
		sip_take_space(&at);
		*value = sl_text_first(at, until_any(at, "; \t\r\n"));
		return true;
	}
	return false;
}
